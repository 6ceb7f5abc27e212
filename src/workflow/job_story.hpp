// job_story.hpp: all that the store knows of one job, and its report made of that.
//
// Layer      workflow.
// Threading  on the store's thread, or where there is no other.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "workflow/failure_log.hpp"
#include "workflow/job_control.hpp"
#include "workflow/report.hpp"

namespace s3m::workflow {

struct JobStory {
  JobView view;
  std::vector<store::Intent> intents;
  std::optional<ProgressEvent> progress;  // the last figures of its last attempt
  std::optional<SummaryEvent> summary;  // how that ended; none while it runs, or when it was killed
  EarlierRuns earlier{};
  bool has_failures = false;
  std::optional<MigrationStory> migration{};  // of a migration
};

// Errors: not_found, with a sentence for a person; else those of the store.
Result<JobStory> read_story(store::Store& store, const std::string& id);

// The report as the job itself would have written it. A job that was killed has one too, which says
// so. Errors: refused while it runs.
Result<Report> report_of(const JobStory& story, std::string program);

// How many of a job's failures, the first ones, were answered by a later pass: they count no more.
Result<std::uint64_t> settled_failures(store::Store& store, const std::string& id);
// Those that count, in their order.
Result<std::vector<store::FailureRecord>> failures_that_count(store::Store& store,
                                                              const std::string& id,
                                                              std::size_t limit,
                                                              std::size_t offset);
// All of them.
Result<FailureLog> read_failures(store::Store& store, const std::string& id);

FailureEvent event_of(const store::FailureRecord& failure);

}  // namespace s3m::workflow
