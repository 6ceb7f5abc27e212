// own_marks.hpp: what a job has put into a bucket's tags and policy, kept beside what is carried.
//
// Layer   workflow; pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"

namespace s3m::workflow {

// `wanted` (nullopt: no tags) with the marker tags of `current` added.
// Errors: protocol for a document that cannot be read.
Result<std::optional<std::string>> with_markers(const std::optional<std::string>& wanted,
                                                const std::optional<std::string>& current);
// Without marker tags; nullopt when no tag is left.
Result<std::optional<std::string>> without_markers(const std::string& document);

// The policy `wanted` with the statements of ours that stand in `current` added at its end.
// Errors: refused for a document that is no policy; too_large above 20 KB.
Result<std::string> with_our_statements(const std::string& wanted,
                                        const std::optional<std::string>& current);

}  // namespace s3m::workflow
