// destination.hpp: the destination bucket, made if it is missing, and seen to be ours before
// anything is written into it.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <string>

#include "workflow/policy_editor.hpp"
#include "workflow/preflight.hpp"

namespace s3m::workflow {

// Makes the bucket in facts.region, then waits until HeadBucket shows it under the expected owner.
//
// Gives   ok once the bucket answers under our account and in that region.
// Errors  refused        the name belongs to another account, or the bucket that answers is not in
//                        the region it was made in; nothing was written to it
//         access_denied, and what the service says otherwise.
net::Task<Result<void>> make_destination(aws::S3& owner, std::string bucket, BucketFacts facts,
                                         Pause pause);

}  // namespace s3m::workflow
