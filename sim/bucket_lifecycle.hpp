// bucket_lifecycle.hpp: making, finding and removing buckets.
//
// Layer  sim.
#pragma once

#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

// A bucket as CreateBucket makes it: ACLs off, public
// access blocked, SSE-S3.
Bucket new_bucket(std::string_view name, std::string_view owner, std::string_view region,
                  WallTime now);

Outcome list_buckets(World& world, Call& call);
Outcome create_bucket(World& world, Call& call);
Outcome head_bucket(World& world, Call& call);
Outcome delete_bucket(World& world, Call& call);
Outcome get_bucket_location(World& world, Call& call);

}  // namespace s3m::sim
