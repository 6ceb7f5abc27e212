// acl.hpp: access control lists, as far as a migrator meets them: canned ones on objects, the
// refusal where ACLs are off, and the ?acl sub-resources.
//
// Layer  sim.
#pragma once

#include <expected>
#include <string>

#include "sim/call.hpp"

namespace s3m::sim {

// The canned ACL of a write: x-amz-acl, "private" without.
// Errors  AccessControlListNotSupported where ACLs are off, AccessDenied without
//         s3:PutObjectAcl, InvalidArgument.
std::expected<std::string, ApiError> requested_acl(const World& world, const Call& call,
                                                   const Bucket& bucket);

Outcome get_bucket_acl(World& world, Call& call);
Outcome put_bucket_acl(World& world, Call& call);
Outcome get_object_acl(World& world, Call& call);
Outcome put_object_acl(World& world, Call& call);

}  // namespace s3m::sim
