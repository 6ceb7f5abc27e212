#include "workflow/temporary_deny.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

// A write by the other session. That it cannot be assumed must not be taken for a refused write.
class StrangerProbe final : public GrantProbe {
 public:
  StrangerProbe(const Access& owner, std::unique_ptr<GrantProbe> write)
      : identity_(owner.stranger), role_arn_(owner.role_arn), write_(std::move(write)) {}

  net::Task<Result<void>> use() override {
    auto assumed = co_await identity_->get();
    if (assumed) co_return co_await write_->use();
    if (assumed.error().code() != Errc::access_denied) co_return forward(assumed);
    co_return fail(Errc::refused,
                   fmt::format("whether a Deny spares one session alone is proven by another "
                               "session of {}, and that cannot be assumed: {}. Let its trust "
                               "policy accept session names that begin with s3migrator-",
                               printable(role_arn_), assumed.error().describe()));
  }

 private:
  std::shared_ptr<aws::Identity> identity_;
  std::string role_arn_;
  std::unique_ptr<GrantProbe> write_;
};

aws::S3 stranger_s3(const Access& owner, const std::string& region, JobContext& context) {
  auto access = owner;
  access.identity = owner.stranger;
  return s3_for(access, region, context.runtime, context.governor);
}

}  // namespace

TemporaryDeny::TemporaryDeny(JobContext& context, const Access& owner, BucketFacts facts,
                             DenyTerms terms)
    : context_(context),
      owner_(owner),
      facts_(std::move(facts)),
      terms_(std::move(terms)),
      owner_s3_(s3_for(owner, facts_.region, context.runtime, context.governor)),
      aftermath_s3_(s3_for(owner, facts_.region, context.aftermath, aws::unlimited_admission())),
      policy_(s3_policy(owner_s3_, terms_.bucket, facts_.expected_owner)),
      aftermath_policy_(s3_policy(aftermath_s3_, terms_.bucket, facts_.expected_owner)) {
  const ProbeTarget target{
      .bucket = terms_.bucket, .expected_owner = facts_.expected_owner, .acl = {}};
  own_ = write_probe(owner_s3_, owner_s3_, target);
  if (owner.stranger) {
    stranger_s3_ = std::make_unique<aws::S3>(stranger_s3(owner, facts_.region, context));
    stranger_ =
        std::make_unique<StrangerProbe>(owner, write_probe(*stranger_s3_, owner_s3_, target));
  }
  const store::BucketRef bucket_ref{service_name(owner.endpoint), terms_.bucket};
  editor_ = std::make_unique<PolicyEditor>(context.loop, context.store, *policy_, bucket_ref,
                                           context.job_id, cancellable_pause(context.cancel));
  aftermath_editor_ = std::make_unique<PolicyEditor>(
      context.loop, context.store, *aftermath_policy_, bucket_ref, context.job_id, plain_pause());
}

TemporaryDeny::~TemporaryDeny() = default;

Deny TemporaryDeny::make(std::optional<std::chrono::milliseconds> patience, Warn warn,
                         std::optional<DenyDialect> proven_as) {
  return {{.terms = terms_,
           .job_id = context_.job_id,
           .aws = is_aws(owner_.endpoint),
           .patience = patience,
           .proven_as = proven_as},
          *policy_,
          *editor_,
          *own_,
          stranger_.get(),
          cancellable_pause(context_.cancel),
          std::move(warn)};
}

net::Task<Result<DenyResult>> TemporaryDeny::place(
    std::optional<std::chrono::milliseconds> patience, Warn warn,
    std::optional<DenyDialect> proven_as) {
  auto deny = make(patience, std::move(warn), proven_as);
  co_return co_await deny.place();
}

net::Task<Result<void>> TemporaryDeny::prove() {
  auto deny = make(std::nullopt, [](const std::string&) {});
  co_return co_await deny.prove();
}

net::Task<Result<bool>> TemporaryDeny::stands() {
  auto deny = make(std::nullopt, [](const std::string&) {});
  co_return co_await deny.stands();
}

bool TemporaryDeny::placed() const {
  return editor_->may_stand();
}

bool TemporaryDeny::cannot_be_had(const Error& error) const {
  return !placed() && (error.code() == Errc::access_denied || error.code() == Errc::refused);
}

net::Task<Result<bool>> TemporaryDeny::remove() {
  co_return co_await aftermath_editor_->remove(sid());
}

}  // namespace s3m::workflow
