// read.hpp: the whole configuration of a bucket, read by its owner.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workflow/configuration/configuration.hpp"

namespace s3m::workflow {

// What the Sid of every statement begins with that this program ever puts into a policy.
inline constexpr std::string_view our_sids = "S3Migrator";

// Reads every sub-resource. Statements of ours in the policy are no part of it. Settings that say
// what every bucket has anyway (the owner's own ACL, "the owner pays") count as absent.
//
// Gives   every query that can be carried in exactly one of the three lists.
// Errors  access_denied: one or more may not be read; the message names the permissions. A denied
//         answer is never taken for absence. What the service fails with otherwise.
net::Task<Result<Configuration>> read_configuration(aws::S3& owner, std::string bucket,
                                                    std::string expected_owner);

// One of them as read_configuration() would read it; nullopt when it is not set.
// Errors: not_supported; as S3::get_sub_resource.
net::Task<Result<std::optional<aws::SubResource>>> read_item(aws::S3& owner, std::string bucket,
                                                             std::string query, std::string id,
                                                             std::string expected_owner);

}  // namespace s3m::workflow
