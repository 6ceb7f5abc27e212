// bucket_policy.hpp: Get, Put and DeleteBucketPolicy.
//
// Layer  sim.
#pragma once

#include <expected>
#include <memory>
#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

inline constexpr std::size_t most_policy_bytes = 20 * 1024;

// Checks a bucket policy as PutBucketPolicy does and resolves its principals: roles and users must
// exist and are remembered by their unique ids.
// Errors  MalformedPolicy, PolicyTooLarge.
std::expected<std::shared_ptr<const StoredPolicy>, ApiError> check_bucket_policy(
    const World& world, std::string_view bucket, std::string_view json);

// The text as GetBucketPolicy shows it: the bytes that were put, but for principals that are gone,
// which show as unique ids.
std::string shown_policy(const World& world, const StoredPolicy& policy);

Outcome get_bucket_policy(World& world, Call& call);
Outcome get_bucket_policy_status(World& world, Call& call);
Outcome put_bucket_policy(World& world, Call& call);
Outcome delete_bucket_policy(World& world, Call& call);

}  // namespace s3m::sim
