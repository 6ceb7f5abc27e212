// deletion_limit.hpp: how much `copy --delete` may delete.
//
// Layer   workflow; pure.
// Source  guard G9.
//
// The share is of what the destination had before the job: a wrong destination that is smaller than
// the source must not become a small share by being copied into.
#pragma once

#include "transfer/transfer.hpp"
#include "workflow/copy_spec.hpp"

namespace s3m::workflow {

// Errors: refused, with what would be deleted and what lifts the limit.
Result<void> within_deletion_limit(const transfer::Deletion& found, std::uint64_t objects_before,
                                   const CopySpec& spec, const transfer::Location& source,
                                   const transfer::Location& destination);

}  // namespace s3m::workflow
