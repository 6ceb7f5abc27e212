// iam.hpp: the one question that IAM answers here: SimulatePrincipalPolicy.
//
// Layer  sim.
// Source AWS IAM API reference: the policies of the identity alone decide; those of resources and
//        sessions are not looked at.
#pragma once

#include "sim/operation.hpp"

namespace s3m::sim {

// Null for an action that is none of IAM's. It comes by the same form as STS's.
const Operation* find_iam_operation(std::string_view action);

}  // namespace s3m::sim
