#include "workflow/cleanup_job.hpp"

#include <algorithm>
#include <set>

#include "workflow/liveness.hpp"
#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"
#include "workflow/stored_uploads.hpp"

namespace s3m::workflow {
namespace {

// Grants and Denies alike.
struct Recorded {
  std::set<std::string> dead, alive;  // Sids
};

Result<Recorded> recorded_statements(store::Store& store, const store::BucketRef& bucket) {
  auto grants = store.grants_on(bucket);
  if (!grants) return forward(grants);
  Recorded recorded;
  for (const auto& grant : *grants) {
    (is_at_work(store, grant.job_id) ? recorded.alive : recorded.dead).insert(grant.sid);
  }
  return recorded;
}

bool is_grant(const std::string& sid) {
  return sid.starts_with(grant_sid_prefix);
}

class Cleanup {
 public:
  Cleanup(JobContext& context, Access owner, BucketFacts facts)
      : context_(context),
        owner_(std::move(owner)),
        facts_(std::move(facts)),
        bucket_{service_name(owner_.endpoint), owner_.location.bucket},
        s3_(s3_for(owner_, facts_.region, context.runtime, context.governor)),
        policy_(s3_policy(s3_, bucket_.bucket, facts_.expected_owner)),
        editor_(context.loop, context.store, *policy_, bucket_, context.job_id,
                cancellable_pause(context.cancel)) {}

  net::Task<Result<CleanupResult>> run() {
    CleanupResult result;
    auto statements = co_await remove_statements(result);
    if (!statements) co_return forward(statements);
    auto uploads = co_await abort_uploads(result);
    if (!uploads) co_return forward(uploads);
    co_return result;
  }

 private:
  net::Task<Result<void>> remove_statements(CleanupResult& result) {
    auto recorded = co_await context_.store.run(
        context_.loop, [this](store::Store& store) { return recorded_statements(store, bucket_); });
    if (!recorded) co_return forward(recorded);
    auto policy = co_await policy_->read();
    if (!policy) co_return forward(policy);
    if (*policy) {
      auto standing = find_sids(**policy, {});
      if (!standing) co_return forward(standing);
      for (const auto& statement : *standing) {
        if (auto sid = own_sid_of(statement)) recorded->dead.insert(*std::move(sid));
      }
    }
    for (const auto& sid : recorded->dead) {
      if (recorded->alive.contains(sid)) continue;
      auto removed = co_await editor_.remove(sid);
      if (!removed) co_return forward(removed);
      if (*removed) (is_grant(sid) ? result.removed_grants : result.removed_denies).push_back(sid);
    }
    result.kept.assign(recorded->alive.begin(), recorded->alive.end());
    co_return ok;
  }

  net::Task<Result<void>> abort_uploads(CleanupResult& result) {
    Ground ground;
    ground.source = ground.destination = facts_;
    Sides sides(context_, owner_, owner_, ground, Writer::destination);
    StoredUploads uploads(context_.store, context_.job_id, bucket_.endpoint, bucket_.endpoint);
    auto transfer = sides.context(uploads, [](const FailureEvent&) {});
    auto orphans = co_await transfer::abort_orphans(transfer);
    if (!orphans) co_return forward(orphans);
    result.aborted_uploads = orphans->aborted;
    result.foreign_uploads = orphans->foreign;
    co_return ok;
  }

  JobContext& context_;
  Access owner_;
  BucketFacts facts_;
  store::BucketRef bucket_;
  aws::S3 s3_;
  std::unique_ptr<PolicyAccess> policy_;
  PolicyEditor editor_;
};

}  // namespace

net::Task<Result<CleanupResult>> run_cleanup(JobContext& context, Access owner) {
  auto principal = co_await identify(owner);
  if (!principal) co_return forward(principal);
  std::vector<std::string> notes;
  auto facts = co_await look_at_bucket(owner, *principal, context.runtime, context.governor, notes);
  if (!facts) co_return forward(facts);
  Cleanup cleanup(context, std::move(owner), *std::move(facts));
  co_return co_await cleanup.run();
}

}  // namespace s3m::workflow
