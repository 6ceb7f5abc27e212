// listing.hpp: ListObjectsV2, ListObjects and ListObjectVersions.
//
// Layer  sim.
#pragma once

#include "sim/call.hpp"

namespace s3m::sim {

Outcome list_objects_v2(World& world, Call& call);
Outcome list_objects(World& world, Call& call);
Outcome list_object_versions(World& world, Call& call);

}  // namespace s3m::sim
