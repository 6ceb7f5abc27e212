// utf8.hpp: strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
//
// Layer  base; pure and thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace s3m {

struct Utf8Scalar {
  char32_t value = 0;
  std::size_t length = 0;  // in bytes, 1 to 4
};

// The scalar value at the beginning of `text`; nullopt if `text` is empty or begins with something
// that is not UTF-8 (then its first byte alone is to be treated as foreign).
std::optional<Utf8Scalar> first_scalar(std::string_view text) noexcept;

// True for what a person cannot see but a terminal, a browser or a log acts upon: C0, DEL and C1
// controls, marks and overrides of direction, line separators, invisible fillers and tags.
// Joiners (U+200C, U+200D) are ordinary letters of several scripts and are not among them.
bool is_unsafe_to_show(char32_t scalar) noexcept;

}  // namespace s3m
