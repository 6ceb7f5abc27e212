// store.hpp: the durable memory of jobs. What stands in it survives kill -9 and a power cut.
//
// Layer      store; over base alone. Synchronous: every call may wait for a disk, so whoever owns
//            an event loop calls from another thread.
// Threading  a Store is used by one thread at a time. Any number of Stores, in any number of
//            threads and processes, may be open on the same database.
// Errors     of every call: io        the database cannot be read or written
//                           conflict  (RetryClass::transient) another process kept it locked for
//                                     longer than `busy_timeout`; nothing was changed
//                           invalid_argument  text that cannot be stored (records.hpp)
//            A call that failed has changed nothing.
// Jobs       are named by their id everywhere; what is told of a job that is not there (a step, a
//            fact, a claim) is kept all the same: only create_job() makes one.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "store/job_records.hpp"
#include "store/records.hpp"

namespace s3m::store {

class Store {
 public:
  virtual ~Store() = default;

  // --- Uploads in flight ---------------------------------------------------------------------

  // Recorded right after CreateMultipartUpload answered, before the first part. An upload that is
  // recorded already (same destination, key and upload id) is replaced: a new job adopted it.
  virtual Result<void> record_upload(const UploadRecord& upload) = 0;
  // After the upload was completed or aborted. Forgetting what is not there is no error.
  virtual Result<void> forget_upload(const BucketRef& destination, std::string_view key,
                                     std::string_view upload_id) = 0;
  // Uploads into `destination` whose key begins with `prefix`, oldest first.
  virtual Result<std::vector<UploadRecord>> uploads_for(const BucketRef& destination,
                                                        std::string_view prefix) = 0;

  // --- Grants in place -----------------------------------------------------------------------

  // Recorded before PutBucketPolicy. Errors: conflict if (bucket, sid) is recorded already: the
  // original policy of the first record is the true one and is never overwritten.
  virtual Result<void> record_grant(const GrantRecord& grant) = 0;
  // After the statement was seen to be gone. Forgetting what is not there is no error.
  virtual Result<void> forget_grant(const BucketRef& bucket, std::string_view sid) = 0;
  // Oldest first.
  virtual Result<std::vector<GrantRecord>> grants_on(const BucketRef& bucket) = 0;
  virtual Result<std::vector<GrantRecord>> grants() = 0;

  // --- One editor of a bucket's policy at a time ----------------------------------------------

  // Takes the bucket's lock, or renews it if `owner` has it, until now + lease. A lock is taken
  // from its holder when its lease has ended, or at once when its process is known to be gone.
  // Gives who has it now: ours or not. Never waits for the holder.
  virtual Result<PolicyLock> try_lock_policy(const BucketRef& bucket, const LockOwner& owner,
                                             std::chrono::milliseconds lease) = 0;
  // Gives whether the lock was still `owner`'s. If not, another may have edited meanwhile.
  virtual Result<bool> unlock_policy(const BucketRef& bucket, const LockOwner& owner) = 0;

  // --- Jobs ----------------------------------------------------------------------------------

  // Begins as running, in its first attempt, created and updated now. Errors: conflict if the id
  // is taken.
  virtual Result<void> create_job(std::string_view id, std::string_view kind,
                                  std::string_view spec) = 0;
  // Takes the job up again: it is running, has no exit code, and what was asked of it before is
  // forgotten. By the holder of its claim only. Gives the number of the attempt. Errors: not_found.
  virtual Result<int> begin_attempt(std::string_view id) = 0;
  // Errors: not_found.
  virtual Result<void> set_job_state(std::string_view id, JobState state,
                                     std::optional<int> exit_code) = 0;
  virtual Result<std::optional<JobRecord>> find_job(std::string_view id) = 0;
  // The newest `limit`, newest first.
  virtual Result<std::vector<JobRecord>> jobs(std::size_t limit) = 0;
  // All that stands under the job's id, apart from grants and uploads: those are about buckets.
  // Errors: not_found.
  virtual Result<void> delete_job(std::string_view id) = 0;

  // --- One process a job ---------------------------------------------------------------------

  // Takes the job's claim, or renews it if `process` has it, until now + lease. It is taken from
  // its holder at once when that process is known to be gone, and when the lease has ended, but
  // never from a process that is known to live. Gives who has it now. Never waits for the holder.
  virtual Result<JobClaim> claim_job(std::string_view id, std::string_view process,
                                     std::chrono::milliseconds lease) = 0;
  // Gives whether it was still `process`'s.
  virtual Result<bool> release_job(std::string_view id, std::string_view process) = 0;
  // Who has it, alive or not; nullopt: nobody.
  virtual Result<std::optional<JobClaim>> claim_of(std::string_view id) = 0;

  // What is asked of the job from outside; the running job looks at it. Errors: not_found.
  virtual Result<void> request(std::string_view id, JobRequest what) = 0;
  virtual Result<JobRequest> request_of(std::string_view id) = 0;

  // --- How far a job is ----------------------------------------------------------------------

  // One record for a step's name: the last one stands.
  virtual Result<void> record_step(const JobStep& step) = 0;
  virtual Result<std::vector<JobStep>> steps_of(std::string_view id) = 0;  // by number
  virtual Result<void> clear_steps(std::string_view id) = 0;

  // Before the act (guard G1). The same again is no error; the same name with another detail is a
  // conflict, and the first stands.
  virtual Result<void> record_intent(std::string_view id, std::string_view name,
                                     std::string_view detail) = 0;
  virtual Result<std::vector<Intent>> intents_of(std::string_view id) = 0;  // oldest first

  // Small things that a job must not forget: any bytes under a name. The last one stands.
  virtual Result<void> set_fact(std::string_view id, std::string_view name,
                                std::string_view value) = 0;
  // All of them or none: where one tells that the others are there.
  virtual Result<void> set_facts(std::string_view id, const Facts& facts) = 0;
  virtual Result<std::optional<std::string>> fact(std::string_view id, std::string_view name) = 0;

  // All ranges of a walk at once; those it had are forgotten. Each record bears `id` and `walk`,
  // and no two begin at the same key. Errors: invalid_argument otherwise.
  virtual Result<void> replace_ranges(std::string_view id, std::string_view walk,
                                      const std::vector<RangeRecord>& ranges) = 0;
  // The range that begins where this one does. Errors: not_found.
  virtual Result<void> update_range(const RangeRecord& range) = 0;
  // In the order of keys.
  virtual Result<std::vector<RangeRecord>> ranges_of(std::string_view id,
                                                     std::string_view walk) = 0;

  // --- What a job has to tell ----------------------------------------------------------------

  // What is there already (by its number, or its position) stays as it is, so that a batch whose
  // fate is unknown can be added again. All of a batch or nothing; at most `most_in_a_batch`.
  static constexpr std::size_t most_in_a_batch = 500;
  virtual Result<void> add_failures(std::string_view id,
                                    const std::vector<FailureRecord>& failures) = 0;
  virtual Result<std::vector<FailureRecord>> failures_of(std::string_view id, std::size_t limit,
                                                         std::size_t offset) = 0;  // by number
  // Those whose number is above `after`; 0: all.
  virtual Result<void> clear_failures(std::string_view id, std::uint64_t after) = 0;
  virtual Result<void> add_events(std::string_view id, const std::vector<EventRecord>& events) = 0;
  // Those after a position, in their order.
  virtual Result<std::vector<EventRecord>> events_of(std::string_view id, EventPosition after,
                                                     std::size_t limit) = 0;
};

struct StoreOptions {
  std::string url;                                 // a path, "sqlite:PATH" or "postgresql://..."
  std::chrono::milliseconds busy_timeout{10'000};  // at least one second
  const Clock* clock = &system_clock();            // outlives the store
};

// Opens the store, creates it if it is missing (directories 0700, file 0600), and brings its
// schema up to date.
//
// Errors  config  the URL is not understood; the file is no store of ours, or was written by a
//                 newer version of the program.
//         io      the directory or the file cannot be used.
Result<std::unique_ptr<Store>> open_store(const StoreOptions& options);

// $XDG_STATE_HOME/s3migrator/store.db, or ~/.local/state/s3migrator/store.db.
// Errors: config if neither XDG_STATE_HOME nor HOME is an absolute path.
Result<std::filesystem::path> default_store_path();

}  // namespace s3m::store
