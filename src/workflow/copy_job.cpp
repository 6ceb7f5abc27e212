#include "workflow/copy_job.hpp"

#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

std::vector<std::string> step_names(const CopySpec& spec) {
  std::vector<std::string> names{"preflight", "destination", "grant"};
  if (spec.copy.restore) names.emplace_back("restore");
  names.emplace_back("copy");
  if (spec.copy.restore) names.emplace_back("await");
  if (spec.delete_extra) names.emplace_back("delete");
  names.insert(names.end(), {"verify", "revoke", "report"});
  return names;
}

std::string how_to_mend(const transfer::CopyOptions& options) {
  if (options.all_versions) return mend_histories;
  return options.if_exists == transfer::IfExists::skip
             ? "Without --if-exists skip the same command copies them"
             : "Run the same command again to copy them";
}

bool looks_at_objects(const transfer::AttributeRules& rules) {
  return rules.look || rules.read_acl;
}

}  // namespace

CopyJob::CopyJob(JobContext& context, Access source, Access destination, CopySpec spec)
    : context_(context),
      source_(std::move(source)),
      destination_(std::move(destination)),
      spec_(std::move(spec)),
      steps_(context.events, step_names(spec_)),
      started_(system_clock().now()),
      steady_start_(std::chrono::steady_clock::now()),
      uploads_(context.store, context.job_id, service_name(source_.endpoint),
               service_name(destination_.endpoint)) {
  steps_.percent().raise(context.percent);
}

CopyJob::~CopyJob() = default;

net::Task<SummaryEvent> CopyJob::run() {
  auto begun = co_await begin();
  Result<void> worked = begun ? co_await work() : std::move(begun);
  // Whatever a request in flight said when it was abandoned, what ended the job is the user.
  if (!worked && context_.cancel.cancelled()) worked = fail(stop_error(context_));
  if (!worked) steps_.fail_open(worked.error().describe());
  tell_losses();
  const auto revoked = co_await revoke_grant();
  auto summary = conclude(worked, revoked);
  co_await report(summary);
  context_.events.emit(summary);
  co_return summary;
}

net::Task<Result<void>> CopyJob::begin() {
  auto log = FailureLog::open();
  if (!log) co_return forward(log);
  failures_ = std::make_unique<FailureLog>(*std::move(log));
  auto losses = FailureLog::open();
  if (!losses) co_return forward(losses);
  losses_ = std::make_unique<FailureLog>(*std::move(losses));
  auto writable = check_writable(report_files(spec_.report));
  reports_ = writable.has_value();
  leave_what_was_not_chosen();
  co_return writable;
}

void CopyJob::leave_what_was_not_chosen() {
  const auto& chosen = context_.chosen;
  if (chosen.tried.empty()) return;
  spec_.copy.left = std::make_shared<transfer::LeftFailures>(
      left_by_key(chosen, source_.location, destination_.location));
  note(NoteLevel::info,
       fmt::format("{} tried again, as was asked; {} left as they were",
                   counted(chosen.tried.size(), "failure"), counted(chosen.left.size(), "other")));
}

net::Task<Result<void>> CopyJob::work() {
  using Step = net::Task<Result<void>> (CopyJob::*)();
  static constexpr std::initializer_list<Step> order = {
      &CopyJob::look,           &CopyJob::prepare_destination, &CopyJob::arrange_access,
      &CopyJob::judge_deletion, &CopyJob::request_restores,    &CopyJob::copy_objects,
      &CopyJob::await_restores, &CopyJob::delete_extra,        &CopyJob::verify};
  for (const auto step : order) {
    auto done = co_await (this->*step)();
    if (!done) co_return done;
    if (context_.cancel.cancelled()) co_return fail(stop_error(context_));
  }
  co_return ok;
}

void CopyJob::note(NoteLevel level, std::string message) {
  context_.events.emit(NoteEvent{level, std::move(message)});
}

void CopyJob::failed(const FailureEvent& failure) {
  failures_->add(failure);
  context_.events.emit(failure);
}

// What copies lack, by kind, each with an example.
void CopyJob::tell_losses() {
  if (!losses_) return;
  for (const auto& group : losses_->groups()) {
    note(NoteLevel::warning,
         fmt::format("not carried: {} of {}, as of {}: {}", group.example.code,
                     counted(group.count, spec_.copy.all_versions ? "version" : "object"),
                     printable(group.example.key), group.example.message));
  }
  if (!looks_at_objects(spec_.copy.attributes) || counters_.skipped == 0) return;
  note(NoteLevel::info,
       told_before(counters_.skipped) + "; --if-exists overwrite copies and looks at them again");
}

SummaryEvent CopyJob::conclude(const Result<void>& worked, const Result<void>& revoked) {
  const auto& requests = context_.runtime.counters;
  SummaryEvent summary{
      .objects = counters_.source_objects,
      .bytes = counters_.source_bytes,
      .copied = counters_.copied,
      .copied_bytes = counters_.copied_bytes,
      .skipped = counters_.skipped,
      .deleted = deletion_.deleted,
      .failed = counters_.failed + deletion_.failed,
      .same_strong = verification_.same_strong,
      .same_weak = verification_.same_weak,
      .mismatched = verification_.mismatched,
      .missing = verification_.missing,
      .extra = verification_.extra,
      .requests = requests.requests + context_.aftermath.counters.requests,
      .retried = requests.retried,
      .throttled = requests.throttled,
      .all_versions = spec_.copy.all_versions,
      .version_keys = counters_.version_keys,
      .delete_markers = counters_.source_markers,
      .copied_markers = counters_.copied_markers,
      .elapsed_seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - steady_start_).count(),
      .not_carried = counters_.not_carried,
      .not_looked_at = looks_at_objects(spec_.copy.attributes) ? counters_.skipped : 0,
      .digest = verified_ ? verification_.digest : ""};
  judge(
      {.fatal = worked ? nullptr : &worked.error(),
       .stop = context_.stop,
       .grant_left = revoked ? nullptr : &revoked.error(),
       .granted_bucket = grant_ ? grant_->bucket() : "",
       .failed = counters_.failed + deletion_.failed,
       .verified = verified_,
       .verification = verification_,
       .mode = spec_.verify,
       .strict = spec_.strict,
       .reported = !spec_.report.empty(),
       .how_to_mend = how_to_mend(spec_.copy),
       .cleanup_command = mode_ == GrantMode::source_policy ? context_.source_cleanup_command
                                                            : context_.destination_cleanup_command,
       .resume_command = context_.resume_command,
       .not_carried = counters_.not_carried,
       .not_looked_at = summary.not_looked_at,
       .all_versions = spec_.copy.all_versions},
      summary);
  return summary;
}

net::Task<void> CopyJob::report(SummaryEvent& summary) {
  const auto files = report_files(spec_.report);
  const int percent =
      summary.exit_code == exit_verified ? percent_finished : steps_.percent().value();
  if (spec_.report.empty() && !transfer_) co_return;
  steps_.begin("report", steps_.percent().value());
  if (spec_.report.empty() || !failures_ || !reports_) {
    steps_.end(StepState::done, percent, "no file was asked for");
    co_return;
  }
  Report document{.program = context_.program,
                  .job = context_.job_id,
                  .spec = to_json(spec_, source_, destination_),
                  .started = started_,
                  .ended = system_clock().now(),
                  .steps = steps_.records(),
                  .summary = summary};
  document.steps.pop_back();  // this one
  const auto written = write_report(files, document, *failures_, losses_.get());
  if (!written) {
    steps_.end(StepState::failed, steps_.percent().value(), written.error().describe());
    summary.message += ". " + written.error().describe();
    if (summary.exit_code == exit_verified) summary.exit_code = exit_fatal;
    co_return;
  }
  std::string names;
  for (const auto& file : {files.json, files.csv, files.html})
    if (!file.empty()) names += (names.empty() ? "" : ", ") + printable(file);
  steps_.end(StepState::done, percent, names);
}

}  // namespace s3m::workflow
