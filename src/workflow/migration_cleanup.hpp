// migration_cleanup.hpp: what a migration left that is over, or will not be gone on with:
// statements in policies, uploads, what it had switched off, and its temporary bucket.
//
// Layer      workflow.
// Threading  one loop.
// Source     guards G1 and G22.
//
// Two states allow it. Nothing was deleted from the source: then that is the living bucket. Or the
// migration has come to its end: then the bucket in the new place is, and no request goes to the
// source (G1). Between the two the temporary bucket is what everything hangs on, and this refuses.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "store/job_records.hpp"
#include "workflow/cleanup_job.hpp"
#include "workflow/migration.hpp"
#include "workflow/steps.hpp"

namespace s3m::workflow {

// What is to be deleted, and where each object of it is seen before.
struct DiscardQuestion {
  std::string temporary_bucket, living_bucket;
};
// True: the temporary bucket's name was typed.
using ConfirmDiscard = std::function<bool(const DiscardQuestion&)>;

class MigrationCleanup {
 public:
  // As MigrationJob, under the same job, which the caller holds (job_hold.hpp); `job` is its
  // record. `spec.confirm_delete` is the temporary bucket's name, or empty; `confirm` is null where
  // nobody can be asked.
  MigrationCleanup(JobContext& context, store::JobRecord job, Access source, Access destination,
                   MigrationSpec spec, ConfirmDiscard confirm);
  ~MigrationCleanup();

  // Never throws, always a summary, which is also emitted: "cleaned"; "interrupted" also where the
  // name was not typed, and then nothing was changed. Done again it goes on. A job that could have
  // been gone on with is cancelled by it.
  net::Task<SummaryEvent> run();

 private:
  using Told = net::Task<Result<std::string>>;

  net::Task<Result<void>> work();
  net::Task<Result<void>> take(const char* step, Told (MigrationCleanup::*act)());
  Result<void> judge(const MigrationRecords& records);
  Told look();
  Told look_at_source();
  Told look_at_final();
  Told discard();
  Told statements();
  net::Task<Result<void>> ask();
  net::Task<void> restore();
  // What is discarded must be copied again, should the job be gone on with.
  net::Task<Result<void>> forget_steps();
  net::Task<Result<void>> close_job();
  std::string living_name() const;

  JobContext& context_;
  store::JobRecord job_;
  Steps steps_;
  Migration migration_;
  ConfirmDiscard confirm_;
  MigrationRecords records_;
  bool moved_ = false;  // the migration has come to its end
  bool ended_ = false;  // by itself or by an undo: there is nothing to be gone on with
  CleanupResult result_;
};

}  // namespace s3m::workflow
