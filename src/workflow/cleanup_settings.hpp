// cleanup_settings.hpp: settings of a bucket that a migration switched off and left off.
//
// Layer      workflow.
// Threading  one loop.
// Source     guard G8. A freeze has lifecycle rules off; before the first delete notifications and
//            replication are off, too.
#pragma once

#include <string>
#include <vector>

#include "aws/s3.hpp"
#include "store/store.hpp"
#include "workflow/bucket_policy.hpp"
#include "workflow/job_context.hpp"

namespace s3m::workflow {

struct SettingsCleanup {
  std::vector<std::string> restored;  // sentences: what is on again
  std::vector<std::string> left;      // what is off for a reason, or may be off
  std::vector<std::string> failed;    // what could not be put back
};

// Of every migration of this bucket that is known to the store, not at work and has deleted nothing
// yet, what it has switched off is put back as it was, and the job is told that it is on. `freezes`
// are the Denies that stood in the bucket's policy: of a job that the store does not know nobody
// here knows what it has switched off, so what is not set there now is said.
//
// Errors  those of the store, and what reading the settings says.
net::Task<Result<SettingsCleanup>> restore_settings(JobContext& context, aws::S3& owner,
                                                    store::BucketRef bucket,
                                                    std::string expected_owner,
                                                    std::vector<OwnDeny> freezes);

}  // namespace s3m::workflow
