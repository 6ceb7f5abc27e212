// condition.hpp: the Condition element of a policy statement.
//
// Layer  sim; pure.
#pragma once

#include <string_view>

#include "sim/evaluation.hpp"
#include "sim/policy.hpp"

namespace s3m::sim {

// True when all conditions of the statement hold.
bool conditions_hold(const Statement& statement, const AccessQuestion& question);

// `pattern` with policy variables (${aws:username}) replaced, matched as a glob.
bool pattern_matches(std::string_view pattern, std::string_view text,
                     const AccessQuestion& question);

}  // namespace s3m::sim
