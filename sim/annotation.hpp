// annotation.hpp: the named payloads of an object that are neither metadata nor tags (2026).
//
// Layer  sim.
#pragma once

#include "sim/call.hpp"

namespace s3m::sim {

Outcome put_object_annotation(World& world, Call& call);
// Without a name: the list of them.
Outcome get_object_annotation(World& world, Call& call);
Outcome delete_object_annotation(World& world, Call& call);

}  // namespace s3m::sim
