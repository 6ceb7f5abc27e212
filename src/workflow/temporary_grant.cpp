#include "workflow/temporary_grant.hpp"

#include "base/log.hpp"
#include "workflow/liveness.hpp"

namespace s3m::workflow {
namespace {

Result<std::vector<std::string>> dead_grants(store::Store& store, const store::BucketRef& bucket,
                                             const std::string& own_job) {
  auto grants = store.grants_on(bucket);
  if (!grants) return forward(grants);
  std::vector<std::string> dead;
  for (const auto& grant : *grants) {
    // A freeze outlives the process of its job: the job goes on under it.
    if (!grant.sid.starts_with(grant_sid_prefix)) continue;
    if (grant.job_id != own_job && is_over(store, grant.job_id)) dead.push_back(grant.sid);
  }
  return dead;
}

}  // namespace

TemporaryGrant::TemporaryGrant(JobContext& context, const Access& source, const Access& destination,
                               const Ground& ground, GrantMode mode)
    : context_(context),
      ground_(ground),
      mode_(mode),
      owner_(mode == GrantMode::source_policy ? source : destination),
      grantee_(mode == GrantMode::source_policy ? destination : source),
      facts_(mode == GrantMode::source_policy ? ground.source : ground.destination),
      owner_s3_(s3_for(owner_, facts_.region, context.runtime, context.governor)),
      // The request goes where the bucket is, whoever signs it.
      grantee_s3_([&] {
        auto access = grantee_;
        access.endpoint = owner_.endpoint;
        return s3_for(access, facts_.region, context.runtime, context.governor);
      }()),
      aftermath_s3_(s3_for(owner_, facts_.region, context.aftermath, aws::unlimited_admission())) {
  const store::BucketRef bucket_ref{service_name(owner_.endpoint), bucket()};
  policy_ = s3_policy(owner_s3_, bucket(), facts_.expected_owner);
  aftermath_policy_ = s3_policy(aftermath_s3_, bucket(), facts_.expected_owner);
  editor_ = std::make_unique<PolicyEditor>(context.loop, context.store, *policy_, bucket_ref,
                                           context.job_id, cancellable_pause(context.cancel));
  aftermath_editor_ = std::make_unique<PolicyEditor>(
      context.loop, context.store, *aftermath_policy_, bucket_ref, context.job_id, plain_pause());
}

TemporaryGrant::~TemporaryGrant() = default;

bool TemporaryGrant::placed() const {
  return grant_ && grant_->placed();
}

net::Task<void> TemporaryGrant::settle_dead_grants() {
  const store::BucketRef bucket_ref{service_name(owner_.endpoint), bucket()};
  auto dead = co_await context_.store.run(context_.loop, [&](store::Store& store) {
    return dead_grants(store, bucket_ref, context_.job_id);
  });
  if (!dead) co_return;
  for (const auto& sid : *dead) {
    auto removed = co_await editor_->remove(sid);
    if (removed) {
      log::info("took out {}, left by a job that is over", sid);
    } else {
      log::warning("{} stays: {}", sid, removed.error().describe());
    }
  }
}

net::Task<Result<GrantResult>> TemporaryGrant::place(
    Carries carries, std::optional<std::chrono::milliseconds> timeout, Warn warn) {
  co_await settle_dead_grants();
  const bool to_destination = mode_ == GrantMode::destination_policy;
  GrantRequest request{
      .terms = {.mode = mode_,
                .bucket = bucket(),
                .sid = grant_sid(context_.job_id),
                .with_acl = !carries.acl.empty() || carries.grants,
                .with_lock = carries.locks},
      .principal = to_destination ? ground_.source_principal : ground_.destination_principal,
      .job_id = context_.job_id,
      .aws = is_aws(owner_.endpoint),
      .tls = uses_tls(owner_.endpoint),
      .timeout = timeout};
  const ProbeTarget target{bucket(), facts_.expected_owner, std::move(carries.acl)};
  probe_ = to_destination ? write_probe(grantee_s3_, owner_s3_, target)
                          : read_probe(grantee_s3_, target);
  grant_ = std::make_unique<Grant>(std::move(request), *policy_, *editor_, *probe_,
                                   cancellable_pause(context_.cancel), std::move(warn));
  co_return co_await grant_->place();
}

net::Task<Result<bool>> TemporaryGrant::revoke() {
  co_return co_await aftermath_editor_->remove(grant_sid(context_.job_id));
}

}  // namespace s3m::workflow
