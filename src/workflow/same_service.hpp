// same_service.hpp: whether two endpoints with different names are one service (guard G26).
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include "workflow/access.hpp"

namespace s3m::workflow {

// Writes a marker into the destination bucket through the destination's endpoint, looks for it
// there through the source's endpoint with the same identity, and deletes it.
//
// Gives   true: one service, so that a copy inside it is possible and equal bucket names are the
//         same bucket. false: the marker is not seen, or that identity is unknown there.
// Errors  what writing or deleting the marker says.
net::Task<Result<bool>> sees_marker(const Access& source, const Access& destination,
                                    std::string destination_region, std::string expected_owner,
                                    aws::Runtime& runtime, aws::Admission& admission);

}  // namespace s3m::workflow
