// migration_job.hpp: a bucket moved together with its name, from preflight to report.
//
// Layer      workflow.
// Threading  one loop.
// Source     design, "The workflows"; the guards, all of them.
//
// What is next is for migration_machine.hpp to say; each step here looks at the world, acts if it
// is not yet so, checks, and only then is recorded as done. A job that was killed is made anew with
// the same id and goes on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "workflow/job_context.hpp"
#include "workflow/migration.hpp"
#include "workflow/migration_machine.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/migration_spec.hpp"
#include "workflow/steps.hpp"

namespace s3m::workflow {

class MigrationJob {
 public:
  // `source`: the bucket to move. `destination`: who will have it, and where; its location is not
  // looked at. `context` outlives the job. `confirm` is null where nobody can be asked.
  MigrationJob(JobContext& context, Access source, Access destination, MigrationSpec spec,
               Confirm confirm);
  ~MigrationJob();

  // Runs from where the store says it is to the end. Never throws, always a summary, which is also
  // emitted.
  // Cancel: JobContext::cancel; the job stays as it is, to be resumed. Freeze and grant stand as
  // long as it is neither finished nor undone.
  net::Task<SummaryEvent> run();

 private:
  net::Task<Result<void>> work();
  // Where who goes on has to say for themselves that the source may be deleted.
  net::Task<Result<void>> forget_words_of_others();
  net::Task<Result<void>> undone_from(MigrationStep step);
  net::Task<Result<void>> renew(std::vector<MigrationStep> steps);
  net::Task<Result<void>> take(MigrationStep step);
  // Whether the job can go on from an earlier step after `step` met a change.
  net::Task<Result<void>> go_back(MigrationStep step, Error why);
  SummaryEvent conclude(const Result<void>& worked);
  std::string what_stands(const Error& why) const;
  int percent_after(MigrationStep step) const;
  void leave_step(const Error& why);
  // What this run has to report: of earlier ones the store knows (`jobs report`).
  net::Task<void> write_files(SummaryEvent& summary);

  JobContext& context_;
  WallTime started_;
  std::vector<MigrationStep> order_;
  Steps steps_;
  Migration migration_;
  MigrationRecords records_;
  std::set<MigrationStep> standing_;  // made sure of by this run
  int rounds_ = 0;
  bool recalled_ = false;  // what earlier runs kept is known
};

}  // namespace s3m::workflow
