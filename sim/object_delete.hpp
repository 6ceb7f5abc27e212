// object_delete.hpp: DeleteObject and DeleteObjects.
//
// Layer  sim.
#pragma once

#include "sim/call.hpp"

namespace s3m::sim {

Outcome delete_object(World& world, Call& call);
// Errors of single keys stand in the 200's body.
Outcome delete_objects(World& world, Call& call);

}  // namespace s3m::sim
