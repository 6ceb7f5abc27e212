// permissions.hpp: the rights that a migration needs, how sure it is that they are there, and what
// to add where they are not.
//
// Layer   workflow; pure.
// Source  guard G28; guards, "Who signs what"; the service authorization reference for the names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/grant_statements.hpp"

namespace s3m::workflow {

enum class PermissionState : std::uint8_t {
  proven,    // used, or refused for another reason than the right
  inferred,  // IAM's own simulation of the identity's policies allows it
  unproven,  // cannot be tried without changing something
  denied,    // tried, and refused
};
std::string_view name(PermissionState state) noexcept;

struct Permission {
  std::string side;      // "source", "destination": whose identity
  std::string action;    // "s3:ListBucket"
  std::string resource;  // an ARN
  PermissionState state = PermissionState::unproven;
  std::string how;  // how that is known, or why it is not
};

// What the names of temporary buckets look like, for policies that name them beforehand.
inline constexpr std::string_view temporary_bucket_pattern = "s3m-*";

struct PermissionTerms {
  std::string bucket;
  std::string partition = "aws";
  std::string temporary{temporary_bucket_pattern};
  bool all_versions = false;
  bool acls = false;
  bool locks = false;
  GrantMode grant = GrantMode::destination_policy;
  std::string source_key, destination_key;  // ARNs of KMS keys; empty: none is known
};

// All of them, unproven, by side and resource.
std::vector<Permission> needed_permissions(const PermissionTerms& terms);

// The policy document that allows what of the side is neither proven nor inferred, to be added to
// the policies of its identity. Empty when nothing is missing.
std::string policy_to_add(const std::vector<Permission>& permissions, std::string_view side);

// The document for one.
std::string policy_for(const Permission& permission);

}  // namespace s3m::workflow
