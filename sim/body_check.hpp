// body_check.hpp: Content-MD5 and additional checksums of a request's body.
//
// Layer  sim.
#pragma once

#include <expected>

#include "sim/call.hpp"
#include "sim/checksum.hpp"

namespace s3m::sim {

// The algorithm the client names or sends a checksum of, crc64nvme when it says nothing.
// Errors  InvalidRequest for one that is not known here or two at once.
std::expected<ChecksumAlgorithm, ApiError> requested_checksum(const Call& call);

// Compares the body with what the client says of it: Content-MD5 and a checksum in a header or
// the trailer. With Switches::ignore_checksums only Content-MD5.
// Gives   the algorithm to keep.
// Errors  InvalidDigest, BadDigest, InvalidRequest.
std::expected<ChecksumAlgorithm, ApiError> check_body(const World& world, const Call& call);

// The same for operations that must carry Content-MD5 or a checksum (most PUTs of bucket
// sub-resources, DeleteObjects).
Permit require_checked_body(const World& world, const Call& call);

// A checksum value the client sent for `algorithm`, in a header or the trailer; empty when none.
std::string_view sent_checksum(const Call& call, ChecksumAlgorithm algorithm);

}  // namespace s3m::sim
