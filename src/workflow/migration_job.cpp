#include "workflow/migration_job.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/migration_acts.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

// A source that still changes after so many passes is not frozen.
constexpr int most_rounds = 5;

std::vector<std::string> step_names(const std::vector<MigrationStep>& order) {
  std::vector<std::string> names;
  for (const auto step : order)
    names.emplace_back(name(step));
  return names;
}

using Act = acts::Told (*)(Migration& migration);

Act act_of(MigrationStep step) noexcept {
  switch (step) {
    case MigrationStep::preflight:
      return acts::preflight;
    case MigrationStep::temporary_bucket:
      return acts::temporary_bucket;
    case MigrationStep::grant:
      return acts::grant;
    case MigrationStep::copy:
      return acts::copy;
    case MigrationStep::freeze:
      return acts::freeze;
    case MigrationStep::delta:
      return acts::delta;
    case MigrationStep::prove:
      return acts::prove;
    case MigrationStep::confirm:
      return acts::confirm;
    case MigrationStep::silence:
      return acts::silence;
    case MigrationStep::empty:
      return acts::empty;
    case MigrationStep::delete_source:
      return acts::delete_source;
    case MigrationStep::take_name:
      return acts::take_name;
    case MigrationStep::configuration:
      return acts::configuration;
    case MigrationStep::copy_back:
      return acts::copy_back;
    case MigrationStep::verify:
      return acts::verify;
    case MigrationStep::last_configuration:
      return acts::last_configuration;
    case MigrationStep::open:
      return acts::open;
    case MigrationStep::discard:
      return acts::discard;
    case MigrationStep::report:
      return acts::report;
  }
  std::unreachable();
}

bool is_change(const Error& error) noexcept {
  return error.code() == Errc::mismatch || error.code() == Errc::precondition_failed ||
         error.code() == Errc::bucket_not_empty;
}

}  // namespace

MigrationJob::MigrationJob(JobContext& context, Access source, Access destination,
                           MigrationSpec spec, Confirm confirm)
    : context_(context),
      started_(system_clock().now()),
      order_(migration_order(spec.freeze)),
      steps_(context_.events, step_names(order_)),
      migration_(context_, steps_, std::move(source), std::move(destination), std::move(spec),
                 std::move(confirm)) {
  steps_.percent().raise(context.percent);
}

MigrationJob::~MigrationJob() = default;

net::Task<SummaryEvent> MigrationJob::run() {
  auto worked = co_await work();
  // Whatever a request in flight said when it was abandoned, what ended the job is the user.
  if (!worked && context_.cancel.cancelled()) worked = fail(stop_error(context_));
  if (!worked) leave_step(worked.error());
  auto summary = conclude(worked);
  co_await write_files(summary);
  context_.events.emit(summary);
  co_return summary;
}

// A step that was interrupted, or waits for a word, has not failed: the summary says what it is.
void MigrationJob::leave_step(const Error& why) {
  if (why.code() == Errc::cancelled) {
    steps_.leave_open(why.describe());
  } else {
    steps_.fail_open(why.describe());
  }
}

net::Task<Result<void>> MigrationJob::work() {
  auto records = co_await migration_.stored.load();
  if (!records) co_return forward(records);
  records_ = *std::move(records);
  auto writable = check_writable(report_files(migration_.spec.copy.report));
  if (!writable) co_return writable;
  migration_.giving = records_.giving;
  auto asked = co_await forget_words_of_others();
  if (!asked) co_return asked;
  if (!may_go_forward(records_)) {
    co_return fail(Errc::refused, fmt::format("job {} is being undone and does not go forward",
                                              printable(context_.job_id)));
  }
  auto known = co_await migration_.begin(regime_of(records_));
  if (!known) co_return known;
  recalled_ = true;
  for (;;) {
    const auto place = position(order_, records_);
    if (!place.next) co_return ok;
    auto renewed = co_await renew(place.renew);
    if (!renewed) co_return renewed;
    auto taken = co_await take(*place.next);
    if (!taken) taken = co_await go_back(*place.next, std::move(taken.error()));
    if (!taken) co_return taken;
    if (context_.cancel.cancelled()) co_return fail(stop_error(context_));
  }
}

net::Task<Result<void>> MigrationJob::forget_words_of_others() {
  const auto& how = migration_.spec.confirmed_how;
  if (how.empty() || regime_of(records_) != Regime::untouched) co_return ok;
  auto kept = co_await migration_.stored.kept(fact::confirmed_how);
  if (!kept) co_return forward(kept);
  if (!*kept || **kept == how) co_return ok;
  auto forgotten = co_await migration_.stored.keep(fact::confirmed, "");
  if (!forgotten) co_return forgotten;
  co_return co_await undone_from(MigrationStep::confirm);
}

net::Task<Result<void>> MigrationJob::undone_from(MigrationStep step) {
  for (auto again = std::ranges::find(order_, step); again != order_.end(); ++again) {
    if (!records_.has(*again)) continue;
    auto undone = co_await migration_.stored.begun(*again);
    if (!undone) co_return undone;
    records_.done[*again] = false;
  }
  co_return ok;
}

net::Task<Result<void>> MigrationJob::renew(std::vector<MigrationStep> steps) {
  for (const auto step : steps) {
    if (standing_.contains(step)) continue;
    steps_.begin(name(step), percent_of(step).first);
    auto made = co_await act_of(step)(migration_);
    if (!made) co_return forward(made);
    steps_.end(StepState::done, percent_after(step), *std::move(made));
    standing_.insert(step);
  }
  co_return ok;
}

net::Task<Result<void>> MigrationJob::take(MigrationStep step) {
  auto begun = co_await migration_.stored.begun(step);
  if (!begun) co_return begun;
  records_.done[step] = false;
  steps_.begin(name(step), percent_of(step).first);
  auto acted = co_await act_of(step)(migration_);
  records_.first_delete = migration_.first_delete;
  records_.source_delete = migration_.source_delete;
  if (!acted) co_return forward(acted);
  auto done = co_await migration_.stored.done(step);
  if (!done) co_return done;
  records_.done[step] = true;
  standing_.insert(step);
  steps_.end(StepState::done, percent_after(step), *std::move(acted));
  co_return ok;
}

// With --freeze early the copy is still to come, which begins at 6.
int MigrationJob::percent_after(MigrationStep step) const {
  const bool before_copy = step == MigrationStep::freeze && !records_.has(MigrationStep::copy);
  return before_copy ? percent_of(step).first : percent_of(step).last;
}

net::Task<Result<void>> MigrationJob::go_back(MigrationStep step, Error why) {
  const auto back = is_change(why) ? after_change(step, regime_of(records_)) : std::nullopt;
  if (!back && is_change(why) && regime_of(records_) == Regime::emptying) {
    why.context(fmt::format(
        "the source is not what was confirmed, and deleting has begun. s3://{} has what was "
        "confirmed and not what was written since: leave it as it is. Save elsewhere what is new "
        "or changed in s3://{}, take it out of there{}, and go on",
        printable(migration_.temporary_name), printable(migration_.source.location.bucket),
        migration_.freeze == nullptr
            ? ""
            : fmt::format(" (after the statements {} of its policy, which keep everybody from it; "
                          "they are put again)",
                          migration_.freeze->sid())));
  }
  if (!back || ++rounds_ > most_rounds) co_return fail(std::move(why));
  steps_.fail_open(why.describe());
  migration_.note(NoteLevel::warning,
                  fmt::format("back to step {}: {}", name(*back), why.describe()));
  // What stood against this round is looked at again in the next.
  auto failures = FailureLog::open();
  if (!failures) co_return forward(failures);
  migration_.failures = std::make_unique<FailureLog>(*std::move(failures));
  co_return co_await undone_from(*back);
}

net::Task<void> MigrationJob::write_files(SummaryEvent& summary) {
  const auto& name = migration_.spec.copy.report;
  if (name.empty() || !migration_.failures) co_return;
  auto story = co_await context_.store.run(context_.loop, [this](store::Store& store) {
    return read_migration_story(store, context_.job_id);
  });
  Result<void> written = ok;
  if (story) {
    const Report document{
        .program = context_.program,
        .job = context_.job_id,
        .spec = to_json(migration_.spec.copy, migration_.source, migration_.destination),
        .started = started_,
        .ended = system_clock().now(),
        .steps = steps_.records(),
        .summary = summary,
        .migration = *std::move(story)};
    written = write_report(report_files(name), document, *migration_.failures);
  } else {
    written = forward(story);
  }
  if (written) co_return;
  summary.message += ". " + written.error().describe();
  if (summary.exit_code == exit_verified) summary.exit_code = exit_fatal;
}

std::string MigrationJob::what_stands(const Error& why) const {
  const auto& m = migration_;
  // This job takes it away at its very end: then it fails no more.
  const bool temporary_is_gone =
      why.code() == Errc::no_such_bucket && why.bucket() == m.temporary_name;
  if (temporary_is_gone && m.source_delete) {
    return fmt::format(
        "s3://{0} was the copy that this job goes on from, and it is not there any more: another "
        "process has taken the job over (s3migrator adopt s3://{0}) and ended it, or somebody has "
        "deleted the bucket. This one changes nothing more. Look at s3://{1} in account {2}",
        printable(m.temporary_name), printable(m.final_name()), m.destination_principal.account);
  }
  if (records_.has(MigrationStep::verify) && !m.opened) {
    return fmt::format(
        "s3://{0} has everything, proven, but it is still closed to everybody but this job. "
        "Put right what is said above, then run the job again: it goes on from there and opens it. "
        "s3://{1} has everything as well",
        printable(m.final_name()), printable(m.temporary_name));
  }
  return m.what_stands();
}

SummaryEvent MigrationJob::conclude(const Result<void>& worked) {
  auto summary = migration_.summary();
  if (worked) {
    summary.outcome = "verified";
    summary.exit_code = exit_verified;
    summary.message = migration_.where_it_is();
    return summary;
  }
  const bool paused = worked.error().code() == Errc::cancelled;
  summary.outcome = paused ? "interrupted" : "fatal";
  summary.exit_code = paused ? exit_interrupted : exit_fatal;
  summary.message = fmt::format("{}. {}", worked.error().describe(), what_stands(worked.error()));
  summary.awaits_confirmation = migration_.awaits_confirmation;
  // Where nothing was made the same command begins anew.
  const bool stands = recalled_ ? !migration_.temporary_name.empty()
                                : records_.done.contains(MigrationStep::temporary_bucket);
  if (!stands && !paused) return summary;
  if (!migration_.is_undone()) summary.go_on = context_.resume_command;
  // What is not frozen is confirmed on a terminal alone.
  if (summary.awaits_confirmation && migration_.frozen) {
    summary.go_on += " --confirm-delete " + printable(migration_.source.location.bucket);
  }
  if (stands && migration_.can_be_undone()) summary.take_back = context_.undo_command;
  return summary;
}

}  // namespace s3m::workflow
