// copy.hpp: CopyObject and UploadPartCopy's source.
//
// Layer  sim.
// Source Amazon S3 API reference, CopyObject; what is never carried: ACL, storage class, website
//        redirect, lock, encryption settings, Last-Modified.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

// x-amz-copy-source, decoded.
struct CopySource {
  std::string bucket, key, version_id;
  bool versioned = false;  // a version was named
};

// Errors  InvalidArgument.
std::expected<CopySource, ApiError> parse_copy_source(std::string_view header);

struct ResolvedSource {
  const Bucket* bucket;
  const Version* version;
  CopySource name;
};

// The version a copy reads, with all the source's own checks done: owner, permission, source
// conditions, archive state, KMS.
// Errors  NoSuchBucket, NoSuchKey, NoSuchVersion, InvalidRequest for a delete marker named by id,
//         AccessDenied, PreconditionFailed, ObjectNotInActiveTierError.
std::expected<ResolvedSource, ApiError> resolve_source(World& world, Call& call);

Outcome copy_object(World& world, Call& call);

}  // namespace s3m::sim
