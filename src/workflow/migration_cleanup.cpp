#include "workflow/migration_cleanup.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/discard_temporary.hpp"
#include "workflow/migration_facts.hpp"
#include "workflow/migration_settings.hpp"
#include "workflow/undo_return.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

bool ended_well(const store::JobRecord& job) {
  return job.state == store::JobState::done && job.exit_code == exit_verified;
}

}  // namespace

MigrationCleanup::MigrationCleanup(JobContext& context, store::JobRecord job, Access source,
                                   Access destination, MigrationSpec spec, ConfirmDiscard confirm)
    : context_(context),
      job_(std::move(job)),
      steps_(context.events, {"look", "discard", "statements"}),
      migration_(context, steps_, std::move(source), std::move(destination), std::move(spec),
                 nullptr),
      confirm_(std::move(confirm)) {}

MigrationCleanup::~MigrationCleanup() = default;

net::Task<SummaryEvent> MigrationCleanup::run() {
  auto worked = co_await work();
  if (worked) co_return tell_cleanup(context_.events, result_);
  if (context_.cancel.cancelled()) worked = fail(stop_error(context_));
  steps_.fail_open(worked.error().describe());
  SummaryEvent summary;
  const bool stopped = worked.error().code() == Errc::cancelled;
  summary.outcome = stopped ? "interrupted" : "fatal";
  summary.exit_code = stopped ? exit_interrupted : exit_fatal;
  summary.message = worked.error().describe();
  context_.events.emit(summary);
  co_return summary;
}

net::Task<Result<void>> MigrationCleanup::work() {
  auto records = co_await migration_.stored.load();
  if (!records) co_return forward(records);
  records_ = *std::move(records);
  auto may = judge(records_);
  if (!may) co_return may;
  auto known = co_await migration_.begin(moved_ ? Regime::handed_over : Regime::untouched);
  if (!known) co_return known;
  auto looked = co_await take("look", &MigrationCleanup::look);
  if (!looked) co_return looked;
  auto discarded = co_await take("discard", &MigrationCleanup::discard);
  if (!discarded) co_return discarded;
  auto removed = co_await take("statements", &MigrationCleanup::statements);
  if (!removed) co_return removed;
  co_return co_await close_job();
}

net::Task<Result<void>> MigrationCleanup::take(const char* step, Told (MigrationCleanup::*act)()) {
  steps_.begin(step, steps_.percent().value());
  auto told = co_await (this->*act)();
  if (!told) co_return forward(told);
  steps_.end(StepState::done, steps_.percent().value(), *std::move(told));
  co_return ok;
}

Result<void> MigrationCleanup::judge(const MigrationRecords& records) {
  const auto regime = regime_of(records);
  moved_ = !position(migration_order(migration_.spec.freeze), records).next;
  const bool undone = !moved_ && regime != Regime::handed_over && ended_well(job_);
  ended_ = moved_ || undone || job_.state == store::JobState::cancelled;
  if (moved_ || undone || regime == Regime::untouched) return ok;
  const auto id = printable(context_.job_id);
  const auto undo = regime == Regime::handed_over
                        ? std::string()
                        : fmt::format("; or take it back with: s3migrator undo {}", id);
  return fail(Errc::refused,
              fmt::format("job {} has deleted from s3://{} and has not come to its end, so its "
                          "temporary bucket holds what is nowhere else; nothing of it is taken "
                          "away. Go on with: s3migrator jobs resume {}{}",
                          id, printable(migration_.source.location.bucket), id, undo));
}

std::string MigrationCleanup::living_name() const {
  return moved_ ? migration_.final_name() : migration_.source.location.bucket;
}

MigrationCleanup::Told MigrationCleanup::look() {
  return moved_ ? look_at_final() : look_at_source();
}

MigrationCleanup::Told MigrationCleanup::look_at_source() {
  auto& m = migration_;
  auto ground =
      co_await migration_ground(m.source, m.destination, context_.runtime, context_.governor);
  if (!ground) co_return forward(ground);
  m.source_principal = ground->source_principal;
  m.destination_principal = ground->destination_principal;
  m.source_facts = ground->source;
  m.region = ground->destination_region;
  co_return fmt::format("nothing was deleted from s3://{}; it is there, in account {}",
                        printable(m.source.location.bucket), m.source_facts.expected_owner);
}

// The mark went with the last step: account and region are what is left to know it by.
MigrationCleanup::Told MigrationCleanup::look_at_final() {
  auto& m = migration_;
  auto owner = m.destination_owner();
  const auto bucket = m.final_bucket();
  auto seen = co_await look_at(owner, bucket);
  if (!seen) co_return forward(seen);
  if (is_living(*seen)) co_return m.where_it_is();
  co_return fail(
      Errc::refused,
      fmt::format("{}, but it is not there (any more): {}. The temporary bucket stays, as it may "
                  "hold the only copy",
                  m.where_it_is(),
                  seen->standing == Standing::absent ? "there is no bucket of that name"
                                                     : not_ours(bucket, *seen)));
}

net::Task<Result<void>> MigrationCleanup::ask() {
  const auto& asked = migration_.spec.confirm_delete;
  const auto& name = migration_.temporary_name;
  if (!asked.empty() && asked != name) {
    co_return fail(Errc::refused,
                   fmt::format("--confirm-delete names \"{}\", but the temporary bucket of job {} "
                               "is s3://{}; nothing was changed",
                               printable(asked), printable(context_.job_id), printable(name)));
  }
  if (!asked.empty()) co_return ok;
  if (confirm_ && confirm_({.temporary_bucket = name, .living_bucket = living_name()}))
    co_return ok;
  co_return fail(Errc::cancelled,
                 fmt::format("s3://{} is only deleted by its name, which was not given; nothing "
                             "was changed. To delete it, each object of it first seen in s3://{}: "
                             "{} --confirm-delete {}",
                             printable(name), printable(living_name()), context_.resume_command,
                             printable(name)));
}

net::Task<Result<void>> MigrationCleanup::forget_steps() {
  if (ended_) co_return ok;
  for (const auto step : migration_order(migration_.spec.freeze)) {
    if (step == MigrationStep::preflight || !records_.has(step)) continue;
    auto undone = co_await migration_.stored.begun(step);
    if (!undone) co_return undone;
  }
  co_return ok;
}

// Before the freeze goes, so that what was copied of the source is still the same.
MigrationCleanup::Told MigrationCleanup::discard() {
  auto& m = migration_;
  if (m.temporary_name.empty()) co_return "there is no temporary bucket";
  auto owner = m.destination_owner();
  auto seen = co_await look_at(owner, m.temporary_bucket());
  if (!seen) co_return forward(seen);
  if (seen->standing == Standing::ours) {
    auto asked = co_await ask();
    if (!asked) co_return forward(asked);
    auto forgotten = co_await forget_steps();
    if (!forgotten) co_return forward(forgotten);
  } else if (seen->standing == Standing::foreign) {
    m.note(NoteLevel::warning, not_ours(m.temporary_bucket(), *seen));
  }
  auto back = moved_ ? nullptr : way_back(m);
  auto& living = moved_ ? m.homeward() : *back;
  auto discarded =
      co_await discard_temporary(m, living, moved_ ? Doubt::as_asked : Doubt::accepted);
  if (discarded) co_return discarded_text(m, living, *discarded);
  if (discarded.error().code() == Errc::mismatch) {
    discarded.error().context(fmt::format(
        "s3://{0} stays, with this object and what follows it: s3://{1} has changed since it was "
        "copied. If nothing of it is needed, s3migrator cleanup s3://{0} opens it to its owner, "
        "who can then delete it",
        printable(m.temporary_name), printable(living_name())));
  }
  co_return forward(discarded);
}

MigrationCleanup::Told MigrationCleanup::statements() {
  auto& m = migration_;
  auto owner = moved_ ? m.homeward().to : m.source;
  auto facts = moved_ ? Migration::facts_of(m.final_bucket()) : m.source_facts;
  auto cleaned = co_await clean_up_own(context_, std::move(owner), std::move(facts));
  if (!cleaned) co_return forward(cleaned);
  result_ = *std::move(cleaned);
  if (!ended_) co_await restore();
  const auto taken = result_.removed_grants.size() + result_.removed_denies.size();
  co_return taken == 0 ? fmt::format("no statement of this job is in the policy of s3://{}",
                                     printable(living_name()))
                       : fmt::format("{} statements taken out of the policy of s3://{}", taken,
                                     printable(living_name()));
}

// What the owner set otherwise since then stays.
net::Task<void> MigrationCleanup::restore() {
  auto restored = co_await acts::switch_on_again(migration_);
  if (!restored) migration_.note(NoteLevel::warning, restored.error().describe());
}

net::Task<Result<void>> MigrationCleanup::close_job() {
  if (ended_) co_return ok;
  co_return co_await context_.store.run(context_.loop, [this](store::Store& store) {
    return store.set_job_state(context_.job_id, store::JobState::cancelled, exit_interrupted);
  });
}

}  // namespace s3m::workflow
