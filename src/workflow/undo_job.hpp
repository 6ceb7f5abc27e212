// undo_job.hpp: a migration taken back, as long as nothing was deleted from its source.
//
// Layer      workflow.
// Threading  one loop.
// Source     guard G24.
#pragma once

#include "workflow/migration.hpp"
#include "workflow/steps.hpp"

namespace s3m::workflow {

class UndoJob {
 public:
  // As MigrationJob, under the same job.
  UndoJob(JobContext& context, Access source, Access destination, MigrationSpec spec);
  ~UndoJob();

  // Takes away what the job has added: the temporary bucket, by a walk that sees each object of it
  // in the source; then freeze and grant; and puts back what it has switched off. Done again it
  // goes on. Never throws, always a summary, which is also emitted. Refused once an object of the
  // source may have been deleted: then only forward is safe.
  net::Task<SummaryEvent> run();

 private:
  using Told = net::Task<Result<std::string>>;
  net::Task<Result<void>> work();
  net::Task<Result<void>> take(const char* step, Told (UndoJob::*act)());
  Told look();
  Told discard_temporary();
  Told open_source();

  JobContext& context_;
  Steps steps_;
  Migration migration_;
};

}  // namespace s3m::workflow
