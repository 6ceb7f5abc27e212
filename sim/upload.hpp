// upload.hpp: finding an upload, completing it, and listing uploads and parts.
//
// Layer  sim.
#pragma once

#include <expected>
#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

struct NamedUpload {
  Bucket* bucket;
  Upload* upload;
};

// The upload of the request's uploadId, which must be of its key.
// Errors  NoSuchUpload; AccessDenied.
std::expected<NamedUpload, ApiError> named_upload(World& world, Call& call,
                                                  std::string_view action);

Outcome list_parts(World& world, Call& call);
Outcome list_multipart_uploads(World& world, Call& call);

}  // namespace s3m::sim
