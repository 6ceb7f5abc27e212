// sts.hpp: the Security Token Service: AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity.
//
// Layer  sim.
// Source AWS STS API reference; role chaining is at most an hour.
#pragma once

#include "sim/call.hpp"

namespace s3m::sim {

// True for a request of the query protocol: POST / or GET /?Action=.
bool is_sts(const Call& call);

// Reads the form and sets the operation; IAM's come by the same form.
// Errors  InvalidAction.
Permit route_sts(Call& call);

// Which of the two a routed request must be signed for.
std::string_view form_service(const Call& call);

}  // namespace s3m::sim
