#include "workflow/job_story.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/event_reader.hpp"
#include "base/text.hpp"
#include "workflow/job_recorder.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

StepRecord record_of(const store::JobStep& step) {
  StepRecord record{
      .step = step.name, .state = step.state, .started = step.started_at, .message = step.message};
  if (step.ended_at) {
    record.seconds = std::chrono::duration<double>(*step.ended_at - step.started_at).count();
  }
  return record;
}

// Of a job that ended without a word.
SummaryEvent unfinished(const JobStory& story) {
  SummaryEvent summary{.outcome = std::string(story.view.state()),
                       .exit_code = story.view.job.exit_code.value_or(exit_interrupted)};
  if (story.progress) {
    summary.copied = story.progress->copied;
    summary.skipped = story.progress->skipped;
    summary.failed = story.progress->failed;
    summary.requests = story.progress->requests;
    summary.elapsed_seconds = story.progress->elapsed_seconds;
  }
  summary.message = fmt::format(
      "The process that ran the job ended without a word; the figures are "
      "its last. Go on with: s3migrator jobs resume {}",
      printable(story.view.job.id));
  return summary;
}

}  // namespace

Result<JobStory> read_story(store::Store& store, const std::string& id) {
  auto view = view_job(store, id);
  if (!view) return forward(view);
  JobStory story{.view = *std::move(view), .intents = {}, .progress = {}, .summary = {}};
  auto intents = store.intents_of(id);
  if (!intents) return forward(intents);
  story.intents = *std::move(intents);
  auto progress = store.fact(id, progress_fact);
  if (!progress) return forward(progress);
  if (*progress) story.progress = read_progress(**progress);
  auto summary = store.fact(id, summary_fact);
  if (!summary) return forward(summary);
  if (*summary) story.summary = read_summary(**summary);
  auto earlier = earlier_runs(store, id);
  if (!earlier) return forward(earlier);
  story.earlier = *earlier;
  auto failures = failures_that_count(store, id, 1, 0);
  if (!failures) return forward(failures);
  story.has_failures = !failures->empty();
  if (story.view.job.kind == "migrate") {
    auto migration = read_migration_story(store, id);
    if (!migration) return forward(migration);
    story.migration = *std::move(migration);
  }
  return story;
}

Result<Report> report_of(const JobStory& story, std::string program) {
  const auto& job = story.view.job;
  if (story.view.at_work) {
    return fail(Errc::refused, fmt::format("job {} is running; its report is made when it has "
                                           "ended. s3migrator jobs show {} tells how far it is",
                                           printable(job.id), printable(job.id)));
  }
  Report report{.program = std::move(program),
                .job = job.id,
                .spec = job.spec,
                .started = job.created_at,
                .ended = job.updated_at,
                .steps = {},
                .summary = story.summary ? *story.summary : unfinished(story),
                .earlier = story.earlier,
                .migration = story.migration};
  std::ranges::transform(story.view.steps, std::back_inserter(report.steps), record_of);
  return report;
}

FailureEvent event_of(const store::FailureRecord& failure) {
  return {.operation = failure.operation,
          .bucket = failure.bucket,
          .key = failure.key,
          .version = failure.version,
          .code = failure.code,
          .service_code = failure.service_code,
          .request_id = failure.request_id,
          .message = failure.message,
          .http_status = failure.http_status};
}

Result<std::uint64_t> settled_failures(store::Store& store, const std::string& id) {
  auto settled = store.fact(id, settled_fact);
  if (!settled) return forward(settled);
  return parse_u64(settled->value_or("")).value_or(0);
}

// They are numbered without a gap.
Result<std::vector<store::FailureRecord>> failures_that_count(store::Store& store,
                                                              const std::string& id,
                                                              std::size_t limit,
                                                              std::size_t offset) {
  auto settled = settled_failures(store, id);
  if (!settled) return forward(settled);
  return store.failures_of(id, limit, offset + *settled);
}

Result<FailureLog> read_failures(store::Store& store, const std::string& id) {
  auto log = FailureLog::open();
  if (!log) return log;
  constexpr std::size_t page = 1000;
  for (std::size_t offset = 0;; offset += page) {
    auto failures = failures_that_count(store, id, page, offset);
    if (!failures) return forward(failures);
    for (const auto& failure : *failures)
      log->add(event_of(failure));
    if (failures->size() < page) return log;
  }
}

}  // namespace s3m::workflow
