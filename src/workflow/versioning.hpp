// versioning.hpp: a destination that keeps versions, before the first is written.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "aws/s3.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

// How long AWS may take until versioning that was never on before is in effect everywhere (Amazon
// S3 user guide, "Using versioning"). A write before that would replace instead of adding.
inline constexpr std::chrono::minutes settling_on_aws{15};

struct VersioningRequest {
  std::string bucket, expected_owner;
  std::chrono::milliseconds settle{0};  // waited where versioning was never on before
};

// Gives   the state before: "Enabled", "Suspended", or empty for never. Versioning is on, as
//         GetBucketVersioning says, and has settled.
// Errors  refused when the service takes the setting and does not show it; cancelled; what the
//         requests fail with.
net::Task<Result<std::string>> enable_versioning(aws::S3& owner, VersioningRequest request,
                                                 Pause pause);

}  // namespace s3m::workflow
