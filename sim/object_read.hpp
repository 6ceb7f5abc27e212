// object_read.hpp: GetObject, HeadObject, GetObjectAttributes, and finding a version.
//
// Layer  sim.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

// The object version a request is about: the newest, or that of `id`.
// Errors  AccessDenied; NoSuchKey (AccessDenied without s3:ListBucket), also for a delete marker;
//         NoSuchVersion; MethodNotAllowed for an id that names a delete marker.
std::expected<const Version*, ApiError> find_version(const World& world, Call& call,
                                                     const Bucket& bucket, std::string_view key,
                                                     std::string_view id, std::string_view action);

struct ByteRange {
  std::uint64_t offset = 0, length = 0;
};
// A Range header over so many bytes. nullopt when it is not one S3 honours (several ranges,
// another unit): the whole object then. Errors: InvalidRange.
std::expected<std::optional<ByteRange>, ApiError> parse_range(std::string_view header,
                                                              std::uint64_t size);

// Content-Type, metadata, encryption and the rest of what a version's headers say.
void add_version_headers(net::ServerReply& reply, const Bucket& bucket, const Version& version,
                         bool with_checksum);
void add_encryption_headers(net::ServerReply& reply, const Encryption& encryption);

Outcome get_object(World& world, Call& call);
Outcome head_object(World& world, Call& call);
Outcome get_object_attributes(World& world, Call& call);

}  // namespace s3m::sim
