// copy_permissions.hpp: the rights that a copy needs.
//
// Layer   workflow; pure.
// Source  guards "Who signs what"; the service authorization reference for the names.
#pragma once

#include <string>
#include <vector>

#include "workflow/permissions.hpp"
#include "workflow/sides.hpp"

namespace s3m::workflow {

struct CopyPermissionTerms {
  std::string source, destination;  // buckets
  std::string partition = "aws";
  GrantMode grant = GrantMode::destination_policy;
  Writer writer = Writer::source;
  bool make_destination = false;  // the bucket is not there yet
  bool all_versions = false;
  bool deletes = false;  // --delete
  bool acls = false, locks = false;
  // Keys that encrypt the source and the copies, as ARNs; empty: none is known.
  std::string source_key, destination_key;
};

// All of them, unproven, by side and resource.
std::vector<Permission> needed_for_copy(const CopyPermissionTerms& terms);

}  // namespace s3m::workflow
