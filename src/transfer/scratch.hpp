// scratch.hpp: objects that the program puts into a bucket for a moment, to see what a service
// does.
//
// Layer      transfer.
// Threading  one loop.
//
// They stand below the reserved prefix, which is no more than a name: whatever else is found there
// is somebody's, and stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "transfer/removal.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

inline constexpr std::string_view scratch_body = "scratch";  // or nothing

// A key that was never used. `purpose`: "pins", "probe" or "marker".
std::string scratch_key(std::string_view purpose);
bool is_scratch(std::string_view key, std::uint64_t size) noexcept;

// Deletes the scratch objects that a killed run has left in the side's bucket, each version of
// them. Errors: as remove_pinned().
net::Task<Result<void>> clear_scratch(Context& context, Side side, bool all_versions,
                                      Removed& removed);

// The first key below the reserved prefix that is none; nullopt: there is none.
net::Task<Result<std::optional<std::string>>> not_scratch(Side side, bool all_versions);

}  // namespace s3m::transfer
