// populate.hpp: fills a world from specs, past all permission checks.
//
// Layer  sim.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "sim/scenario.hpp"
#include "sim/world.hpp"

namespace s3m::sim {

using Populated = std::expected<void, std::string>;  // a sentence that says what is wrong

// The bucket, its configuration, policy and objects; in place of one of that name.
Populated populate(World& world, const BucketSpec& spec, WallTime now);

// What speaks against a thief: an account or a region that does not exist.
Populated check_thief(const World& world, const ThiefSpec& thief);

// One object as a new version of its key.
Populated populate(World& world, Bucket& bucket, const ObjectSpec& spec, WallTime now);

}  // namespace s3m::sim
