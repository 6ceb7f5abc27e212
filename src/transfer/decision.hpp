// decision.hpp: what a copy does with one key.
//
// Layer   transfer; pure.
#pragma once

#include <string_view>

#include "transfer/compare.hpp"
#include "transfer/transfer.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {

// same_*: nothing is to be done. differs: copy. unproven, encryption_decides: look first.
// Requires a source. A copy that is older than its source is copied again without a look.
Likeness decide(const Pair& pair, const CopyOptions& options, const CompareRules& rules);

// True if an object is copied part by part: above the threshold, or for its ETag's sake.
bool copied_in_parts(const aws::ObjectEntry& source, const CopyOptions& options) noexcept;

// True for storage classes that must be restored before they can be read.
bool archived(std::string_view storage_class) noexcept;

}  // namespace s3m::transfer
