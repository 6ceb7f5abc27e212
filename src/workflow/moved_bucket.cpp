#include "workflow/moved_bucket.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

// Far more than anybody has.
constexpr std::size_t looked_through = 1000;

// What the store knows of a migration that has come to its end.
struct Ended {
  std::string job_id;
  WallTime when;
  std::string source_owner, source_region, region, name;
};

bool same_source(const std::string& before, const std::string& now) {
  for (const auto* const field : {"location", "endpoint"}) {
    if (spec_field(before, "source", field) != spec_field(now, "source", field)) return false;
  }
  return true;
}

// An undone one has ended well, too, and has not reported.
Result<std::optional<Ended>> ended(store::Store& store, const store::JobRecord& job) {
  const std::pair<std::string, std::string Ended::*> wanted[] = {
      {fact::source_owner, &Ended::source_owner},
      {fact::source_region, &Ended::source_region},
      {fact::region, &Ended::region},
      {fact::renamed, &Ended::name}};
  auto reported = store.fact(job.id, step_fact(MigrationStep::report));
  if (!reported) return forward(reported);
  if (*reported != step_is_done) return std::nullopt;
  Ended found{.job_id = job.id, .when = job.updated_at};
  for (const auto& [name, member] : wanted) {
    auto kept = store.fact(job.id, name);
    if (!kept) return forward(kept);
    found.*member = kept->value_or("");
  }
  return found;
}

// The latest one.
Result<std::optional<Ended>> find_ended(store::Store& store, const std::string& spec) {
  auto jobs = store.jobs(looked_through);
  if (!jobs) return forward(jobs);
  for (const auto& job : *jobs) {
    const bool well = job.state == store::JobState::done && job.exit_code == exit_verified;
    if (job.kind != "migrate" || !well || !same_source(job.spec, spec)) continue;
    auto found = ended(store, job);
    if (!found || *found) return found;
  }
  return std::nullopt;
}

bool is_gone(Errc code) noexcept {
  return code == Errc::no_such_bucket || code == Errc::access_denied || code == Errc::wrong_region;
}

// Whether nothing at the old place answers as the source did.
net::Task<Result<bool>> has_left(JobContext& context, const Access& source, const Ended& ended) {
  auto owner = s3_for(source, ended.source_region, context.runtime, context.governor);
  auto head = co_await owner.head_bucket(source.location.bucket, ended.source_owner);
  if (!head && !is_gone(head.error().code())) co_return forward(head);
  // Moved inside one account it answers from its new region.
  const bool elsewhere = head && ended.region != ended.source_region && !head->region.empty() &&
                         head->region == ended.region;
  co_return !head || elsewhere;
}

}  // namespace

net::Task<Result<std::optional<MovedBucket>>> moved_before(JobContext& context,
                                                           const Access& source,
                                                           const Access& destination,
                                                           std::string spec) {
  auto found = co_await context.store.run(
      context.loop, [&spec](store::Store& store) { return find_ended(store, spec); });
  if (!found) co_return forward(found);
  if (!*found) co_return std::nullopt;
  const auto ended = **std::move(found);
  auto from = co_await identify(source);
  if (!from) co_return forward(from);
  // Whose is it now, may want it moved on.
  if (from->account != ended.source_owner) co_return std::nullopt;
  auto left = co_await has_left(context, source, ended);
  if (!left) co_return forward(left);
  if (!*left) co_return std::nullopt;
  auto to = co_await identify(destination);
  if (!to) co_return forward(to);
  MovedBucket moved{.job_id = ended.job_id,
                    .when = ended.when,
                    .name = ended.name.empty() ? source.location.bucket : ended.name,
                    .account = to->account,
                    .region = ended.region};
  auto owner = s3_for(destination, ended.region, context.runtime, context.governor);
  auto head = co_await owner.head_bucket(moved.name, moved.account);
  if (!head && !is_gone(head.error().code())) co_return forward(head);
  moved.there = head.has_value();
  co_return moved;
}

std::string moved_text(const std::string& bucket, const MovedBucket& moved) {
  const auto job =
      fmt::format("by job {} on {}", printable(moved.job_id), iso8601_seconds(moved.when));
  if (moved.there) {
    return fmt::format(
        "s3://{} has moved already, {}: it is s3://{} in account {}, {}, now; there "
        "is nothing left to do",
        printable(bucket), job, printable(moved.name), moved.account, printable(moved.region));
  }
  return fmt::format(
      "s3://{} has moved already, {}, to s3://{} in {}, but does not answer there in "
      "account {}: give the destination that it was moved to, or look for the "
      "bucket there; nothing was changed",
      printable(bucket), job, printable(moved.name), printable(moved.region), moved.account);
}

}  // namespace s3m::workflow
