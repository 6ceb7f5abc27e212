// cleanup_job.hpp: what jobs that died left in a bucket: grants and Denies in its policy,
// unfinished uploads.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workflow/access.hpp"
#include "workflow/job_context.hpp"

namespace s3m::workflow {

struct CleanupResult {
  std::vector<std::string> removed_grants, removed_denies;  // Sids
  std::vector<std::string> kept;  // of jobs that still run on this machine
  std::uint64_t aborted_uploads = 0;
  std::uint64_t foreign_uploads = 0;  // not ours by any record: left alone
};

// Takes out every statement of ours: those in the store, and any in the policy by its Sid, unless
// its job is running in a living process here. Aborts the uploads below the location that are
// recorded as ours. What others did stays.
//
// Errors  as look_at_bucket(); what editing the policy or aborting says.
net::Task<Result<CleanupResult>> run_cleanup(JobContext& context, Access owner);

}  // namespace s3m::workflow
