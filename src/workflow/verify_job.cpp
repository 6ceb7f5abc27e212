#include "workflow/verify_job.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "workflow/failure_log.hpp"
#include "workflow/figures.hpp"
#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"
#include "workflow/stored_uploads.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

class VerifyJob {
 public:
  VerifyJob(JobContext& context, Access source, Access destination, CopySpec spec)
      : context_(context),
        source_(std::move(source)),
        destination_(std::move(destination)),
        spec_(std::move(spec)),
        steps_(context.events, {"preflight", "verify", "report"}),
        start_(std::chrono::steady_clock::now()) {}

  net::Task<SummaryEvent> run();

 private:
  net::Task<Result<void>> work();
  net::Task<Result<void>> compare(const Ground& ground);
  SummaryEvent conclude(const Result<void>& worked);
  void report(SummaryEvent& summary);

  JobContext& context_;
  Access source_, destination_;
  CopySpec spec_;
  Steps steps_;
  SteadyTime start_;
  WallTime started_ = system_clock().now();
  std::unique_ptr<FailureLog> failures_;
  transfer::Verification found_;
  bool verified_ = false;
};

net::Task<SummaryEvent> VerifyJob::run() {
  auto worked = co_await work();
  if (!worked && context_.cancel.cancelled()) worked = fail(Errc::cancelled, "interrupted");
  if (!worked) steps_.fail_open(worked.error().describe());
  auto summary = conclude(worked);
  if (failures_) report(summary);
  context_.events.emit(summary);
  co_return summary;
}

net::Task<Result<void>> VerifyJob::work() {
  steps_.begin("preflight", percent_started);
  auto log = FailureLog::open();
  if (!log) co_return forward(log);
  failures_ = std::make_unique<FailureLog>(*std::move(log));
  auto writable = check_writable(report_files(spec_.report));
  if (!writable) co_return writable;
  auto ground = co_await preflight(source_, destination_, context_.runtime, context_.governor,
                                   {.destination_may_be_missing = false});
  if (!ground) co_return forward(ground);
  for (const auto& text : ground->notes) {
    context_.events.emit(NoteEvent{NoteLevel::warning, text});
  }
  steps_.end(StepState::done, percent_started,
             fmt::format("{} and {}", printable(source_.location.uri()),
                         printable(destination_.location.uri())));
  steps_.begin("verify", percent_started);
  auto compared = co_await compare(*ground);
  if (!compared) co_return compared;
  verified_ = true;
  steps_.end(found_.complete() ? StepState::done : StepState::failed, percent_started,
             fmt::format("{} the same ({} by weak proof), {} differ, {} missing, {} extra",
                         human_count(found_.same_strong + found_.same_weak),
                         human_count(found_.same_weak), human_count(found_.mismatched),
                         human_count(found_.missing), human_count(found_.extra)));
  co_return ok;
}

net::Task<Result<void>> VerifyJob::compare(const Ground& ground) {
  Sides sides(context_, source_, destination_, ground, Writer::source);
  StoredUploads uploads(context_.store, context_.job_id, service_name(source_.endpoint),
                        service_name(destination_.endpoint));
  auto transfer = sides.context(uploads, [this](const FailureEvent& failure) {
    failures_->add(failure);
    context_.events.emit(failure);
  });
  StepTicker ticker(context_, steps_, start_, [this] { return figures_of(found_, 0, 0); });
  const transfer::VerifyOptions options{.mode = spec_.verify,
                                        .strict = spec_.strict,
                                        .filter = spec_.copy.filter,
                                        .all_versions = spec_.copy.all_versions};
  std::vector<KeyRange> ranges{KeyRange{}};
  auto verified = co_await transfer::verify(transfer, options, std::move(ranges), found_);
  co_await ticker.stop();
  co_return verified;
}

SummaryEvent VerifyJob::conclude(const Result<void>& worked) {
  const auto& requests = context_.runtime.counters;
  const auto elapsed = std::chrono::steady_clock::now() - start_;
  SummaryEvent summary{.objects = found_.objects,
                       .bytes = found_.bytes,
                       .same_strong = found_.same_strong,
                       .same_weak = found_.same_weak,
                       .mismatched = found_.mismatched,
                       .missing = found_.missing,
                       .extra = found_.extra,
                       .requests = requests.requests,
                       .retried = requests.retried,
                       .throttled = requests.throttled,
                       .all_versions = spec_.copy.all_versions,
                       .version_keys = found_.version_keys,
                       .delete_markers = found_.delete_markers,
                       .elapsed_seconds = std::chrono::duration<double>(elapsed).count(),
                       .digest = verified_ ? found_.digest : ""};
  judge({.fatal = worked ? nullptr : &worked.error(),
         .grant_left = nullptr,
         .granted_bucket = {},
         .failed = 0,
         .verified = verified_,
         .verification = found_,
         .mode = spec_.verify,
         .strict = spec_.strict,
         .reported = !spec_.report.empty(),
         .how_to_mend = spec_.copy.all_versions ? mend_histories : "s3migrator copy copies them",
         .resume_command = context_.resume_command,
         .all_versions = spec_.copy.all_versions},
        summary);
  return summary;
}

void VerifyJob::report(SummaryEvent& summary) {
  const int percent = summary.exit_code == exit_verified ? percent_finished : percent_started;
  if (spec_.report.empty() && !verified_) return;
  steps_.begin("report", percent_started);
  Result<void> written = ok;
  if (!spec_.report.empty()) {
    Report document{.program = context_.program,
                    .job = context_.job_id,
                    .spec = to_json(spec_, source_, destination_),
                    .started = started_,
                    .ended = system_clock().now(),
                    .steps = steps_.records(),
                    .summary = summary};
    document.steps.pop_back();
    written = write_report(report_files(spec_.report), document, *failures_);
  }
  if (written) {
    steps_.end(StepState::done, percent, printable(spec_.report));
    return;
  }
  steps_.end(StepState::failed, percent_started, written.error().describe());
  summary.message += ". " + written.error().describe();
  if (summary.exit_code == exit_verified) summary.exit_code = exit_fatal;
}

}  // namespace

net::Task<SummaryEvent> run_verify(JobContext& context, Access source, Access destination,
                                   CopySpec spec) {
  VerifyJob job(context, std::move(source), std::move(destination), std::move(spec));
  co_return co_await job.run();
}

}  // namespace s3m::workflow
