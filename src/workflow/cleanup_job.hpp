// cleanup_job.hpp: what jobs left in a bucket: grants and Denies in its policy, unfinished uploads.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "workflow/access.hpp"
#include "workflow/cleanup_settings.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/job_context.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

struct CleanupResult {
  std::vector<std::string> removed_grants, removed_denies;  // Sids
  std::vector<std::string> kept;  // of jobs that still run on this machine
  std::uint64_t aborted_uploads = 0;
  std::uint64_t foreign_uploads = 0;  // not ours by any record: left alone
  SettingsCleanup settings;           // of the bucket, for all jobs
};

// Takes out every statement of ours: those in the store, and any in the policy by its Sid, unless
// its job is running in a living process here. Aborts the uploads below the location that are
// recorded as ours. What others did stays. Settings that a migration has switched off there are put
// back (cleanup_settings.hpp). The temporary bucket of a migration that may be the only copy is
// left as it is, by its own record and whatever this store knows (guard G22), unless `confirmed` is
// its name.
//
// Errors  as look_at_bucket(); what editing the policy or aborting says; refused for the only copy.
net::Task<Result<CleanupResult>> run_cleanup(JobContext& context, Access owner,
                                             std::string confirmed);

// The same for the context's own job alone, which the caller holds (job_hold.hpp), in one bucket
// that is known.
net::Task<Result<CleanupResult>> clean_up_own(JobContext& context, Access owner, BucketFacts facts);

// What a copy left in its buckets, by the job's own identities. A bucket that is gone has nothing
// left, and what is recorded of it is forgotten.
//
// Errors  as run_cleanup().
net::Task<Result<CleanupResult>> clean_up_copy(JobContext& context, Access source,
                                               Access destination, GrantMode mode);

// Notes of what was done and a summary, which is also emitted.
SummaryEvent tell_cleanup(EventSink& events, const CleanupResult& result);

}  // namespace s3m::workflow
