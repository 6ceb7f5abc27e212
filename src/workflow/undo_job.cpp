#include "workflow/undo_job.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/mirror.hpp"
#include "workflow/discard_temporary.hpp"
#include "workflow/migration_plan.hpp"
#include "workflow/migration_proof.hpp"
#include "workflow/migration_settings.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {

UndoJob::UndoJob(JobContext& context, Access source, Access destination, MigrationSpec spec)
    : context_(context),
      steps_(std::in_place, context.events, std::vector<std::string>()),
      migration_(context, *steps_, std::move(source), std::move(destination), std::move(spec),
                 nullptr),
      return_(migration_) {}

UndoJob::~UndoJob() = default;

net::Task<SummaryEvent> UndoJob::run() {
  auto worked = co_await work();
  if (!worked && context_.cancel.cancelled()) worked = fail(stop_error(context_));
  if (!worked) steps_->fail_open(worked.error().describe());
  auto summary = conclude(worked);
  context_.events.emit(summary);
  co_return summary;
}

SummaryEvent UndoJob::conclude(const Result<void>& worked) const {
  auto summary = migration_.summary();
  const auto bucket = printable(migration_.source.location.bucket);
  if (worked) {
    summary.outcome = "undone";
    summary.exit_code = exit_verified;
    summary.message =
        loss_.empty()
            ? fmt::format("s3://{} is as it was before the migration", bucket)
            : fmt::format("s3://{} has all its objects again and takes writes: {}", bucket, loss_);
    return summary;
  }
  const bool stopped = worked.error().code() == Errc::cancelled;
  summary.outcome = stopped ? "interrupted" : "fatal";
  summary.exit_code = stopped ? exit_interrupted : exit_fatal;
  summary.message =
      too_late_ ? worked.error().describe()
                : fmt::format("{}. Run the same command again to go on", worked.error().describe());
  return summary;
}

net::Task<Result<void>> UndoJob::work() {
  auto records = co_await migration_.stored.load();
  if (!records) co_return forward(records);
  const auto order = undo_order(*records);
  too_late_ = order.empty();
  if (too_late_) {
    co_return fail(
        Errc::refused,
        fmt::format("s3://{} is being deleted or is gone, and its name may be another's "
                    "by now: nothing can be put back there, only forward is safe: {}. "
                    "Once it has arrived, another migration can bring it back",
                    printable(migration_.source.location.bucket), context_.resume_command));
  }
  std::vector<std::string> names;
  for (const auto step : order)
    names.emplace_back(name(step));
  steps_.emplace(context_.events, std::move(names));
  migration_.giving = records->giving;
  auto known = co_await migration_.begin(regime_of(*records));
  if (!known) co_return known;
  for (const auto step : order) {
    auto taken = co_await take(step);
    if (!taken) co_return taken;
  }
  co_return ok;
}

net::Task<Result<void>> UndoJob::take(UndoStep step) {
  steps_->begin(name(step), steps_->percent().value());
  auto told = co_await act(step);
  if (!told) co_return forward(told);
  steps_->end(StepState::done, steps_->percent().value(), *std::move(told));
  co_return ok;
}

UndoJob::Told UndoJob::act(UndoStep step) {
  switch (step) {
    case UndoStep::look:
      return look();
    case UndoStep::check:
      return return_.check();
    case UndoStep::close:
      return return_.close();
    case UndoStep::clear:
      return return_.clear();
    case UndoStep::copy_back:
      return return_.copy();
    case UndoStep::verify:
      return return_.prove();
    case UndoStep::discard:
      return discard_temporary();
    case UndoStep::open_source:
      return open_source();
  }
  std::unreachable();
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
  auto seen = co_await look_at(owner, m.temporary_bucket());
  if (!seen) co_return forward(seen);
  // What changed at the source since it was copied is of no use to anybody. Once objects were
  // deleted from the source that cannot be told from what was deleted by this job.
  if (seen->standing == Standing::ours && !m.first_delete) {
    // A store that lost the job to another must not mirror what that one empties. The record is the
    // last to go.
    auto held = co_await acts::still_ours(m);
    if (!held && held.error().code() != Errc::not_found) co_return forward(held);
    transfer::Mirrored mirrored;
    auto mirror = co_await transfer::mirror(
        *m.outward().transfer, {.all_versions = m.all_versions, .source_may_be_empty = true},
        {KeyRange{}}, mirrored);
    if (!mirror) co_return forward(mirror);
  }
  auto back = way_back(m);
  auto discarded = co_await workflow::discard_temporary(m, *back, Doubt::accepted);
  if (!discarded) co_return forward(discarded);
  co_return discarded_text(m, *back, *discarded);
}

UndoJob::Told UndoJob::open_source() {
  auto& m = migration_;
  const auto& bucket = m.source.location.bucket;
  if (m.giving == Giving::given) {
    auto settled = co_await return_.settle();
    if (!settled) co_return forward(settled);
    auto loss = co_await return_.loss();
    if (!loss) co_return forward(loss);
    loss_ = *std::move(loss);
  }
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
  auto restored = co_await acts::switch_on_again(m);
  if (!restored) co_return forward(restored);
  if (!*restored) co_return fmt::format("s3://{} takes writes again", printable(bucket));
  co_return fmt::format(
      "s3://{} takes writes again; lifecycle, notifications and replication are as "
      "they were",
      printable(bucket));
}

}  // namespace s3m::workflow
