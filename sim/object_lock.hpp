// object_lock.hpp: retention, legal hold and restore of single objects.
//
// Layer  sim.
#pragma once

#include "sim/call.hpp"

namespace s3m::sim {

Outcome get_object_retention(World& world, Call& call);
Outcome put_object_retention(World& world, Call& call);
Outcome get_object_legal_hold(World& world, Call& call);
Outcome put_object_legal_hold(World& world, Call& call);
// A restore takes Switches::restore_takes.
Outcome restore_object(World& world, Call& call);

}  // namespace s3m::sim
