#include "workflow/undo_job.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/empty.hpp"
#include "transfer/mirror.hpp"
#include "workflow/configuration/suspend.hpp"
#include "workflow/migration_plan.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/temporary_bucket.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

// The temporary bucket as the side that is emptied, and the living source as the proof.
std::unique_ptr<Hop> way_back(Migration& m) {
  Ground ground{.source_principal = m.destination_principal,
                .destination_principal = m.source_principal,
                .source = Migration::facts_of(m.temporary_bucket()),
                .destination = m.source_facts};
  auto& out = m.outward();
  return make_hop(m.context, out.to, out.from, std::move(ground), Writer::destination,
                  m.copy_options(), [&m](const FailureEvent& failure) { m.failed(failure); });
}

}  // namespace

UndoJob::UndoJob(JobContext& context, Access source, Access destination, MigrationSpec spec)
    : context_(context),
      steps_(context.events, {"look", "discard", "open-source"}),
      migration_(context, steps_, std::move(source), std::move(destination), std::move(spec),
                 nullptr) {}

UndoJob::~UndoJob() = default;

net::Task<SummaryEvent> UndoJob::run() {
  auto worked = co_await work();
  if (!worked && context_.cancel.cancelled()) worked = fail(stop_error(context_));
  if (!worked) steps_.fail_open(worked.error().describe());
  auto summary = migration_.summary();
  const bool stopped = !worked && worked.error().code() == Errc::cancelled;
  summary.outcome = worked ? "undone" : stopped ? "interrupted" : "fatal";
  summary.exit_code = worked ? exit_verified : stopped ? exit_interrupted : exit_fatal;
  summary.message =
      worked ? fmt::format("s3://{} is as it was before the migration",
                           printable(migration_.source.location.bucket))
             : fmt::format("{}. Run the same command again to go on", worked.error().describe());
  context_.events.emit(summary);
  co_return summary;
}

net::Task<Result<void>> UndoJob::work() {
  auto records = co_await migration_.stored.load();
  if (!records) co_return forward(records);
  if (regime_of(*records) != Regime::untouched) {
    co_return fail(
        Errc::refused,
        fmt::format("objects of s3://{} may have been deleted already, so that only "
                    "forward is safe: {}",
                    printable(migration_.source.location.bucket), context_.resume_command));
  }
  auto known = co_await migration_.begin(Regime::untouched);
  if (!known) co_return known;
  auto looked = co_await take("look", &UndoJob::look);
  if (!looked) co_return looked;
  auto discarded = co_await take("discard", &UndoJob::discard_temporary);
  if (!discarded) co_return discarded;
  co_return co_await take("open-source", &UndoJob::open_source);
}

net::Task<Result<void>> UndoJob::take(const char* step, Told (UndoJob::*act)()) {
  steps_.begin(step, steps_.percent().value());
  auto told = co_await (this->*act)();
  if (!told) co_return forward(told);
  steps_.end(StepState::done, steps_.percent().value(), *std::move(told));
  co_return ok;
}

UndoJob::Told UndoJob::look() {
  auto ground = co_await migration_ground(migration_.source, migration_.destination,
                                          context_.runtime, context_.governor);
  if (!ground) co_return forward(ground);
  migration_.source_principal = ground->source_principal;
  migration_.destination_principal = ground->destination_principal;
  migration_.source_facts = ground->source;
  migration_.region = ground->destination_region;
  co_return fmt::format("s3://{} is there, in account {}",
                        printable(migration_.source.location.bucket),
                        migration_.source_facts.expected_owner);
}

// While the source is still closed to others, so that what was copied of it is the same.
UndoJob::Told UndoJob::discard_temporary() {
  auto& m = migration_;
  if (m.temporary_name.empty()) co_return "there is no temporary bucket";
  auto owner = m.destination_owner();
  const auto bucket = m.temporary_bucket();
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  if (seen->standing != Standing::ours) {
    co_return fmt::format("s3://{} is not there (any more)", printable(m.temporary_name));
  }
  // What changed at the source since it was copied is of no use to anybody.
  transfer::Mirrored mirrored;
  auto mirror = co_await transfer::mirror(
      *m.outward().transfer, {.all_versions = m.all_versions, .source_may_be_empty = true},
      {KeyRange{}}, mirrored);
  if (!mirror) co_return forward(mirror);
  auto back = way_back(m);
  transfer::Emptying emptying;
  auto emptied = co_await transfer::empty_source(
      *back->transfer,
      {.all_versions = m.all_versions, .accept_weak = true, .accept_unpinned = true}, {KeyRange{}},
      emptying);
  if (!emptied) co_return forward(emptied);
  auto removed = co_await remove_temporary(owner, bucket, m.pause());
  if (!removed) co_return forward(removed);
  auto forgotten =
      co_await acts::forget_policy(m, service_name(m.destination.endpoint), m.temporary_name);
  if (!forgotten) co_return forward(forgotten);
  co_return fmt::format("s3://{} is gone; each of its {} objects was seen to be in s3://{}",
                        printable(m.temporary_name),
                        human_count(emptying.deleted + emptying.deleted_markers),
                        printable(m.source.location.bucket));
}

UndoJob::Told UndoJob::open_source() {
  auto& m = migration_;
  const auto& bucket = m.source.location.bucket;
  TemporaryDeny freeze(
      m.context, m.source, m.source_facts,
      DenyTerms{.kind = DenyKind::freeze, .bucket = bucket, .spared = {m.source_principal}});
  auto open = co_await freeze.remove();
  if (!open) co_return forward(open);
  const auto mode = m.spec.copy.grant.value_or(GrantMode::destination_policy);
  if (mode == GrantMode::source_policy) {
    auto& hop = m.outward();
    TemporaryGrant grant(m.context, hop.from, hop.to, hop.ground, mode);
    auto revoked = co_await grant.revoke();
    if (!revoked) co_return forward(revoked);
  }
  if (m.configuration.items.empty()) co_return "nothing was switched off";
  auto owner = m.source_owner();
  auto restored =
      co_await restore_suspended(owner, bucket, m.source_facts.expected_owner, m.configuration,
                                 {"lifecycle", "notification", "replication"}, m.pause());
  if (!restored) co_return forward(restored);
  co_return fmt::format(
      "s3://{} takes writes again; lifecycle, notifications and replication are as "
      "they were",
      printable(bucket));
}

}  // namespace s3m::workflow
