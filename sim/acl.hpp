// acl.hpp: access control lists, as far as a migrator meets them: those of objects, the
// refusal where ACLs are off, and the ?acl sub-resources.
//
// Layer  sim.
#pragma once

#include <expected>
#include <string>

#include "sim/call.hpp"

namespace s3m::sim {

struct RequestedAcl {
  std::string canned;
  Pairs grants;  // permission and grantee, "id=..." or "uri=..."
};

// The ACL of a write: x-amz-acl ("private" without), or x-amz-grant-*.
// Errors  AccessControlListNotSupported where ACLs are off; AccessDenied without s3:PutObjectAcl,
//         and for a public one where those are blocked; InvalidArgument, InvalidRequest.
std::expected<RequestedAcl, ApiError> requested_acl(const World& world, const Call& call,
                                                    const Bucket& bucket);

Outcome get_bucket_acl(World& world, Call& call);
Outcome put_bucket_acl(World& world, Call& call);
Outcome get_object_acl(World& world, Call& call);
Outcome put_object_acl(World& world, Call& call);

}  // namespace s3m::sim
