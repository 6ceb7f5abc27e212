// job_control.hpp: what may be done with a job from another process than the one that runs it.
//
// Layer      workflow.
// Threading  on the store's thread, or where there is no other.
//
// Each function gives a sentence of its own as error message: which job, in which state, and what
// to do instead. Errors: not_found, refused; else those of the store.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace s3m::workflow {

// After this intent the source bucket is being deleted or is gone, so the job can only go forward
// (guards G1, G22).
inline constexpr std::string_view source_delete_intent = "source_delete";

struct JobView {
  store::JobRecord job;
  std::optional<store::JobClaim> claim;
  bool at_work = false;  // some process runs it now
  std::vector<store::JobStep> steps;
  int kept_percent = 0;  // that its runs have told
  bool undone = false;   // a migration that ended well by its undo

  // Of an undone migration: 0, nothing of it stands.
  int percent() const noexcept;
  // "running", "pausing", "cancelling", "interrupted" (by its record it runs, but nobody runs it),
  // "paused", "done", "undone", "failed-objects", "mismatch", "failed", "cancelled".
  std::string_view state() const noexcept;
};

Result<JobView> view_job(store::Store& store, const std::string& id);
// The newest `limit`, newest first.
Result<std::vector<JobView>> view_jobs(store::Store& store, std::size_t limit);

enum class Again : std::uint8_t {
  resume,  // what has not ended well
  retry,   // and what has
};
// Whether a job that nobody runs may be run again.
Result<void> may_run_again(const store::JobRecord& job, Again again);

// Takes the job's claim for this process. Errors: refused where another has it, naming it.
Result<void> take_claim(store::Store& store, const std::string& id,
                        std::chrono::milliseconds lease);

// Asks a job that is at work to pause.
Result<void> pause_job(store::Store& store, const std::string& id);

// Asks a job that is at work to end for good; one that nobody runs is cancelled at once. Gives
// whether it was asked.
Result<bool> cancel_job(store::Store& store, const std::string& id);

// What cancel_job and delete_job would refuse, and why; nothing is changed.
Result<void> may_cancel(store::Store& store, const JobView& view);
Result<void> may_delete(store::Store& store, const JobView& view);

// Forgets the job and all that is recorded of it.
Result<void> delete_job(store::Store& store, const std::string& id);

// Whether the job has recorded source_delete_intent.
Result<bool> deletes_source(store::Store& store, const std::string& id);

}  // namespace s3m::workflow
