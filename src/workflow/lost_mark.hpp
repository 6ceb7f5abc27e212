// lost_mark.hpp: what to say of a bucket that a job has made and that has lost its mark.
//
// Layer   workflow; pure.
// Source  guards G1 and G22. PutBucketTagging replaces all tags, and tools that tag buckets do so.
#pragma once

#include <string>

#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {

// For one of which it is known, by its name or by the store, that the job has made it: what is in
// it may be nowhere else, so nobody is told to delete it.
std::string lost_mark(const MarkedBucket& bucket);

}  // namespace s3m::workflow
