// key.hpp: object keys, their order, prefixes and ranges.
//
// Layer  base; pure and thread-safe.
//
// S3 lists in UTF-8 binary order (Amazon S3 user guide, "Listing object keys"). std::string_view
// compares as unsigned bytes, so its operator< is that order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace s3m {

// A slice (after, until] of a key space, in UTF-8 binary order, both bounds relative to the
// location's prefix. An empty `after` is the very beginning (no key is empty); no `until` is open.
struct KeyRange {
  std::string after;
  std::optional<std::string> until;

  bool contains(std::string_view key) const noexcept {
    return key > std::string_view(after) && (!until || key <= std::string_view(*until));
  }
  friend bool operator==(const KeyRange&, const KeyRange&) = default;
};

// True if the XML of DeleteObjects cannot carry the key: a byte below 0x20, 0x7F, U+FFFE or
// U+FFFF (guard G6; a raw CR in DeleteObjects deleted another key), or a space at an end, which
// some parsers trim.
bool needs_single_delete(std::string_view key) noexcept;

inline constexpr std::size_t max_key_bytes = 1024;

}  // namespace s3m
