// undo_job.hpp: a migration taken back, as long as its source is there.
//
// Layer      workflow.
// Threading  one loop.
// Source     guard G24; docs/adr/0018.
#pragma once

#include <optional>
#include <string>

#include "workflow/migration.hpp"
#include "workflow/steps.hpp"
#include "workflow/undo_return.hpp"

namespace s3m::workflow {

class UndoJob {
 public:
  // As MigrationJob, under the same job.
  UndoJob(JobContext& context, Access source, Access destination, MigrationSpec spec);
  ~UndoJob();

  // Takes away what the job has added: the temporary bucket, by a walk that sees each object of it
  // in the source; then freeze and grant; and puts back what it has switched off. Where objects of
  // the source may have been deleted, they are copied back before, under the freeze, and proven
  // against what was confirmed; the job never goes forward again then. Done again it goes on, also
  // after a kill. Never throws, always a summary, which is also emitted; what is lost although all
  // is back stands in its message. Refused once the source may be deleted or gone (guard G1).
  net::Task<SummaryEvent> run();

 private:
  using Told = net::Task<Result<std::string>>;
  net::Task<Result<void>> work();
  net::Task<Result<void>> take(UndoStep step);
  Told act(UndoStep step);
  Told look();
  Told discard_temporary();
  Told open_source();
  SummaryEvent conclude(const Result<void>& worked) const;

  JobContext& context_;
  std::optional<Steps> steps_;  // made anew in its place once the store has told which
  Migration migration_;
  Return return_;
  bool too_late_ = false;  // handed over
  std::string loss_;       // of what was copied back; empty: nothing had to be
};

}  // namespace s3m::workflow
