// part_sizes.hpp: the sizes of an upload's parts as short text: "9999x8388608,1x512".
//
// Layer  store; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::store {

inline constexpr std::size_t max_parts = 10'000;  // Amazon S3 user guide, "multipart upload limits"

// Requires at most max_parts sizes.
std::string encode_part_sizes(const std::vector<std::uint64_t>& sizes);

// nullopt unless `text` is what encode_part_sizes() made of some sizes.
std::optional<std::vector<std::uint64_t>> decode_part_sizes(std::string_view text);

}  // namespace s3m::store
