// copy_job.hpp: a bucket copied from one account to another, from preflight to report.
//
// Layer      workflow.
// Threading  one loop.
//
// preflight 0 - destination bucket 5 - grant - (restore) - copy 6..99 - (await) - (delete) - verify
// - revoke - report 100. Whatever happens, the grant is taken away and the report is written;
// running the same job again goes on where this one stopped, because both sides are compared first.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "transfer/restore.hpp"
#include "workflow/carrying.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/failure_log.hpp"
#include "workflow/job_context.hpp"
#include "workflow/preflight.hpp"
#include "workflow/sides.hpp"
#include "workflow/steps.hpp"
#include "workflow/stored_uploads.hpp"
#include "workflow/temporary_grant.hpp"

namespace s3m::workflow {

class CopyJob {
 public:
  // `context` outlives the job: that of a JobRun, which has the job's place in the store.
  CopyJob(JobContext& context, Access source, Access destination, CopySpec spec);
  ~CopyJob();

  // Runs it to its end, which never throws and is always a summary: also emitted as an event, as
  // is every step, figure and failure. Once.
  // Cancel: JobContext::cancel; what is in flight ends, the grant goes, the exit code is 130.
  net::Task<SummaryEvent> run();

 private:
  net::Task<Result<void>> begin();
  net::Task<Result<void>> work();
  net::Task<Result<void>> look();
  net::Task<Result<void>> look_at_attributes();
  net::Task<Result<void>> prove_same_service();
  net::Task<Result<void>> prepare_destination();
  net::Task<Result<std::string>> keep_versions();
  net::Task<Result<void>> arrange_access();
  net::Task<Result<void>> use_existing_access();
  net::Task<Result<void>> place_grant();
  net::Task<Result<void>> request_restores();
  net::Task<Result<void>> report_archived();
  net::Task<Result<void>> copy_objects();
  net::Task<Result<void>> await_restores();
  net::Task<Result<void>> copy_restored(transfer::CopyOptions options);
  net::Task<Result<void>> judge_deletion();
  net::Task<Result<void>> delete_extra();
  net::Task<Result<void>> verify();
  net::Task<Result<void>> revoke_grant();
  net::Task<void> report(SummaryEvent& summary);

  SummaryEvent conclude(const Result<void>& worked, const Result<void>& revoked);
  GrantMode choose_mode() const;
  Result<void> may_delete(const transfer::Deletion& found);
  void note(NoteLevel level, std::string message);
  void failed(const FailureEvent& failure);
  void tell_losses();
  void leave_what_was_not_chosen();

  JobContext& context_;
  Access source_, destination_;
  CopySpec spec_;
  Steps steps_;
  WallTime started_{};
  SteadyTime steady_start_;
  std::unique_ptr<FailureLog> failures_;
  std::unique_ptr<FailureLog> losses_;  // attributes that copies lack
  StoredUploads uploads_;

  Ground ground_;
  GrantMode mode_ = GrantMode::none;
  Writer writer_ = Writer::source;
  std::unique_ptr<TemporaryGrant> grant_;
  std::unique_ptr<Sides> sides_;
  std::optional<transfer::Context> transfer_;
  transfer::Counters counters_;
  bool archives_ = false;  // archived objects are to be expected
  transfer::Archived archived_;
  std::uint64_t destination_before_ = 0;  // objects; known where --delete asks
  transfer::Deletion deletion_;
  transfer::Verification verification_;
  bool verified_ = false;
  bool reports_ = false;  // the report's files can be written
};

}  // namespace s3m::workflow
