// routing.hpp: which operation a request asks for, on which bucket and key.
//
// Layer  sim.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/call.hpp"
#include "sim/operation.hpp"

namespace s3m::sim {

// The bucket that a Host header names ("photos.s3.eu-west-1.amazonaws.com", "photos.localhost");
// empty for path-style.
std::string bucket_of_host(std::string_view host);

// Splits the request target and finds bucket and key.
// Errors  InvalidURI.
Permit address(Call& call);

// Sets the operation, and the sub-resource where it is about one.
// Errors  MethodNotAllowed, NotImplemented.
Permit route(Call& call);

}  // namespace s3m::sim
