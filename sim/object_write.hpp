// object_write.hpp: PutObject, and what all writers share: reading attributes from headers and
// placing a new version.
//
// Layer  sim.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

// Content-Type and its kin, x-amz-meta-*, from the request's headers.
// Errors  MetadataTooLarge.
Permit read_user_headers(const Call& call, Attributes& attributes);

// Storage class, website redirect, encryption, ACL, lock, owner: what no copy carries by itself.
// Errors  InvalidStorageClass, InvalidArgument, AccessControlListNotSupported, AccessDenied
//         (ACL, lock or KMS key not allowed; SSE-C, which new buckets block).
Permit read_object_settings(const World& world, const Call& call, const Bucket& bucket,
                            Attributes& attributes);

// The tags of x-amz-tagging; needs s3:PutObjectTagging when there are any.
Permit read_tags(const World& world, const Call& call, const Bucket& bucket,
                 Attributes& attributes);

// s3:PutObject, s3:GetObject for If-Match, and the write's conditions on the key. KeyTooLongError.
Permit authorize_write(const World& world, const Call& call, const Bucket& bucket);
Permit check_write_conditions(const World& world, const Call& call, const Bucket& bucket);

// SSE-KMS hides the MD5: such a version's ETag is a number of its own.
ETag etag_for(World& world, const Content& content, const Attributes& attributes);

// Gives the version its id by the bucket's versioning and makes it the key's newest.
const Version& place(World& world, Bucket& bucket, std::string_view key, Version version);

// x-amz-version-id, where the bucket has versions.
void add_version_id(net::ServerReply& reply, const Bucket& bucket, const Version& version);

Outcome put_object(World& world, Call& call);

}  // namespace s3m::sim
