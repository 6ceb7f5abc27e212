#include "workflow/cleanup_job.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "workflow/bucket_record.hpp"
#include "workflow/liveness.hpp"
#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"
#include "workflow/stored_uploads.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

// Grants and Denies alike.
struct Recorded {
  std::set<std::string> dead, alive;  // Sids
};

// Whose statements and uploads go.
enum class Whose : std::uint8_t { all_dead_jobs, own };

Result<Recorded> recorded_statements(store::Store& store, const store::BucketRef& bucket) {
  auto grants = store.grants_on(bucket);
  if (!grants) return forward(grants);
  Recorded recorded;
  for (const auto& grant : *grants) {
    (is_at_work(store, grant.job_id) ? recorded.alive : recorded.dead).insert(grant.sid);
  }
  return recorded;
}

Result<Recorded> recorded_of(store::Store& store, const store::BucketRef& bucket,
                             const std::string& job_id) {
  auto grants = store.grants_on(bucket);
  if (!grants) return forward(grants);
  Recorded recorded;
  for (const auto& grant : *grants)
    if (grant.job_id == job_id) recorded.dead.insert(grant.sid);
  return recorded;
}

bool is_of(const std::string& sid, const std::string& job_id) {
  constexpr std::array prefixes{grant_sid_prefix, freeze_sid_prefix, closed_sid_prefix,
                                protect_sid_prefix, trial_sid_prefix};
  return std::ranges::any_of(
      prefixes, [&](std::string_view prefix) { return sid == own_sid(prefix, job_id); });
}

bool is_grant(const std::string& sid) {
  return sid.starts_with(grant_sid_prefix);
}

bool is_protection(const std::string& sid) {
  return sid.starts_with(protect_sid_prefix);
}

// Named are the states in which another bucket surely has all: one that is not known is none.
bool may_hold_the_only_copy(const BucketRecord& record) {
  constexpr std::array harmless = std::to_array<std::string_view>({"copying", "proven", "opened"});
  return std::ranges::find(harmless, record.state) == harmless.end();
}

Error only_copy(const std::string& bucket, const BucketRecord& record) {
  const auto job = printable(record.job_id);
  return Error(
      Errc::refused,
      fmt::format(
          "s3://{0} is the temporary bucket of job {1}, which moves s3://{2} and has not "
          "come to its end: it may be the only copy. Nothing was changed. Go on with: "
          "s3migrator jobs resume {1}, where the job is known; or, where its store is lost: "
          "s3migrator adopt s3://{0}. Whoever takes its protection off all the same names "
          "it: --confirm-delete {0}",
          printable(bucket), job, printable(record.source.bucket)));
}

class Cleanup {
 public:
  Cleanup(JobContext& context, Access owner, BucketFacts facts, Whose whose,
          std::string confirmed = {})
      : context_(context),
        whose_(whose),
        confirmed_(std::move(confirmed)),
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
    if (whose_ == Whose::all_dead_jobs) {
      auto settings = co_await restore_settings(context_, s3_, bucket_, facts_.expected_owner,
                                                std::move(denies_));
      if (!settings) co_return forward(settings);
      result.settings = *std::move(settings);
    }
    auto uploads = co_await abort_uploads(result);
    if (!uploads) co_return forward(uploads);
    co_return result;
  }

 private:
  net::Task<Result<void>> remove_statements(CleanupResult& result) {
    auto recorded = co_await context_.store.run(context_.loop, [this](store::Store& store) {
      return whose_ == Whose::own ? recorded_of(store, bucket_, context_.job_id)
                                  : recorded_statements(store, bucket_);
    });
    if (!recorded) co_return forward(recorded);
    auto policy = co_await policy_->read();
    if (!policy) co_return forward(policy);
    if (*policy) {
      auto standing = find_sids(**policy, {});
      if (!standing) co_return forward(standing);
      auto denies = own_denies(**policy);
      if (!denies) co_return forward(denies);
      denies_ = *std::move(denies);
      for (const auto& statement : *standing) {
        auto sid = own_sid_of(statement);
        const bool goes = sid && (whose_ == Whose::all_dead_jobs || is_of(*sid, context_.job_id));
        if (goes) recorded->dead.insert(*std::move(sid));
      }
    }
    auto may = co_await may_go(*recorded);
    if (!may) co_return may;
    for (const auto& sid : recorded->dead) {
      if (recorded->alive.contains(sid)) continue;
      auto removed = co_await editor_.remove(sid);
      if (!removed) co_return forward(removed);
      if (*removed) (is_grant(sid) ? result.removed_grants : result.removed_denies).push_back(sid);
    }
    result.kept.assign(recorded->alive.begin(), recorded->alive.end());
    co_return ok;
  }

  // Which job a temporary bucket belongs to, and how far that is, is for its own record to say: the
  // store of that job may be another one.
  net::Task<Result<void>> may_go(Recorded statements) {
    const bool protects = std::ranges::any_of(statements.dead, [&](const std::string& sid) {
      return is_protection(sid) && !statements.alive.contains(sid);
    });
    const auto& name = bucket_.bucket;
    if (whose_ == Whose::own || !protects || confirmed_ == name) co_return ok;
    auto record = co_await read_record(s3_, {.name = name,
                                             .region = facts_.region,
                                             .expected_owner = facts_.expected_owner,
                                             .job_id = {}});
    if (record) {
      if (may_hold_the_only_copy(*record)) co_return fail(only_copy(name, *record));
      co_return ok;
    }
    if (record.error().code() == Errc::not_found) co_return ok;
    record.error().context(
        fmt::format("whether s3://{0} is the only copy that a migration has cannot be told, and "
                    "nothing was changed; whoever knows names it: --confirm-delete {0}",
                    printable(name)));
    co_return forward(record);
  }

  net::Task<Result<void>> abort_uploads(CleanupResult& result) {
    Ground ground;
    ground.source = ground.destination = facts_;
    Sides sides(context_, owner_, owner_, ground, Writer::destination);
    StoredUploads uploads(context_.store, context_.job_id, bucket_.endpoint, bucket_.endpoint,
                          whose_ == Whose::own ? OthersUploads::none : OthersUploads::of_dead_jobs);
    if (whose_ == Whose::own) {
      // Where the job has none, it may have no right to list those of others either.
      auto recorded = uploads.recorded(bucket_.bucket, owner_.location.prefix);
      if (!recorded) co_return forward(recorded);
      if (recorded->empty()) co_return ok;
    }
    auto transfer = sides.context(uploads, [](const FailureEvent&) {});
    auto orphans = co_await transfer::abort_orphans(transfer);
    if (!orphans) co_return forward(orphans);
    result.aborted_uploads = orphans->aborted;
    result.foreign_uploads = orphans->foreign;
    co_return ok;
  }

  JobContext& context_;
  Whose whose_;
  std::string confirmed_;
  Access owner_;
  BucketFacts facts_;
  store::BucketRef bucket_;
  aws::S3 s3_;
  std::unique_ptr<PolicyAccess> policy_;
  PolicyEditor editor_;
  std::vector<OwnDeny> denies_;  // in the policy as it was found
};

void add(CleanupResult& all, CleanupResult one) {
  std::ranges::move(one.removed_grants, std::back_inserter(all.removed_grants));
  std::ranges::move(one.removed_denies, std::back_inserter(all.removed_denies));
  std::ranges::move(one.kept, std::back_inserter(all.kept));
  all.aborted_uploads += one.aborted_uploads;
  all.foreign_uploads += one.foreign_uploads;
}

// What is recorded of this job in a bucket that is no more.
Result<void> forget_all(store::Store& store, const store::BucketRef& bucket,
                        const std::string& job_id) {
  auto grants = store.grants_on(bucket);
  if (!grants) return forward(grants);
  for (const auto& grant : *grants) {
    if (grant.job_id != job_id) continue;
    if (auto forgotten = store.forget_grant(bucket, grant.sid); !forgotten) return forgotten;
  }
  auto uploads = store.uploads_for(bucket, "");
  if (!uploads) return forward(uploads);
  for (const auto& upload : *uploads) {
    if (upload.job_id != job_id) continue;
    auto forgotten = store.forget_upload(bucket, upload.key, upload.upload_id);
    if (!forgotten) return forgotten;
  }
  return ok;
}

// Of the context's own job, in a bucket that may be gone.
net::Task<Result<CleanupResult>> clean_up_side(JobContext& context, Access owner) {
  auto principal = co_await identify(owner);
  if (!principal) co_return forward(principal);
  std::vector<std::string> notes;
  auto facts = co_await look_at_bucket(owner, *principal, context.runtime, context.governor, notes);
  if (facts) co_return co_await clean_up_own(context, std::move(owner), *std::move(facts));
  if (facts.error().code() != Errc::no_such_bucket) co_return forward(facts);
  const store::BucketRef gone{service_name(owner.endpoint), owner.location.bucket};
  auto forgotten = co_await context.store.run(
      context.loop, [&](store::Store& store) { return forget_all(store, gone, context.job_id); });
  if (!forgotten) co_return forward(forgotten);
  co_return CleanupResult{};
}

net::Task<Result<bool>> has_statement(JobContext& context, const Access& owner) {
  const store::BucketRef bucket{service_name(owner.endpoint), owner.location.bucket};
  auto recorded = co_await context.store.run(context.loop, [&](store::Store& store) {
    return recorded_of(store, bucket, context.job_id);
  });
  if (!recorded) co_return forward(recorded);
  co_return !recorded->dead.empty();
}

}  // namespace

net::Task<Result<CleanupResult>> run_cleanup(JobContext& context, Access owner,
                                             std::string confirmed) {
  auto principal = co_await identify(owner);
  if (!principal) co_return forward(principal);
  std::vector<std::string> notes;
  auto facts = co_await look_at_bucket(owner, *principal, context.runtime, context.governor, notes);
  if (!facts) co_return forward(facts);
  Cleanup cleanup(context, std::move(owner), *std::move(facts), Whose::all_dead_jobs,
                  std::move(confirmed));
  co_return co_await cleanup.run();
}

net::Task<Result<CleanupResult>> clean_up_own(JobContext& context, Access owner,
                                              BucketFacts facts) {
  Cleanup cleanup(context, std::move(owner), std::move(facts), Whose::own);
  co_return co_await cleanup.run();
}

net::Task<Result<CleanupResult>> clean_up_copy(JobContext& context, Access source,
                                               Access destination, GrantMode mode) {
  CleanupResult all;
  // The source's policy is edited by one mode alone; its role may not even read it otherwise.
  auto recorded = co_await has_statement(context, source);
  if (!recorded) co_return forward(recorded);
  if (*recorded || mode == GrantMode::source_policy) {
    auto cleaned = co_await clean_up_side(context, std::move(source));
    if (!cleaned) co_return cleaned;
    add(all, *std::move(cleaned));
  }
  auto cleaned = co_await clean_up_side(context, std::move(destination));
  if (!cleaned) co_return cleaned;
  add(all, *std::move(cleaned));
  co_return all;
}

SummaryEvent tell_cleanup(EventSink& events, const CleanupResult& result) {
  for (const auto& sid : result.removed_grants) {
    events.emit(NoteEvent{NoteLevel::info, "took the statement " + sid + " out of the policy"});
  }
  for (const auto& sid : result.removed_denies) {
    events.emit(NoteEvent{NoteLevel::info, "took the statement " + sid +
                                               " out of the policy: others may write there again"});
  }
  for (const auto& sid : result.kept) {
    events.emit(NoteEvent{NoteLevel::warning, sid + " stays: its job is still running"});
  }
  for (const auto& restored : result.settings.restored)
    events.emit(NoteEvent{NoteLevel::info, "put back: " + restored});
  for (const auto& left : result.settings.left)
    events.emit(NoteEvent{NoteLevel::warning, left});
  for (const auto& failed : result.settings.failed)
    events.emit(NoteEvent{NoteLevel::error, "could not be put back: " + failed});
  SummaryEvent summary;
  summary.outcome = "cleaned";
  summary.message = fmt::format(
      "{} grants taken out, {} freezes and other denials taken out, {} unfinished uploads aborted, "
      "{} of others left alone",
      result.removed_grants.size(), result.removed_denies.size(), result.aborted_uploads,
      result.foreign_uploads);
  if (!result.settings.failed.empty()) {
    summary.exit_code = exit_fatal;
    summary.message += fmt::format(". Not put back: {}", fmt::join(result.settings.failed, "; "));
  }
  events.emit(summary);
  return summary;
}

}  // namespace s3m::workflow
