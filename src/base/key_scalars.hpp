// key_scalars.hpp: keys as Unicode scalars, and those of them that a made-up key may have.
//
// Layer  base; pure and thread-safe.
//
// UTF-8 keeps the order of scalars, so u32string's order is the order of listings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace s3m {

// nullopt when the key is not UTF-8.
std::optional<std::u32string> scalars_of(std::string_view key);
std::string key_of(std::u32string_view scalars);

// True for scalars that every service takes in a parameter: no control characters, surrogates or
// noncharacters.
bool fits_in_bound(char32_t scalar) noexcept;
// The next larger scalar that fits; nullopt at the end of Unicode.
std::optional<char32_t> next_in_bound(char32_t scalar) noexcept;
// One strictly between, in the middle and printable ASCII if there is such a one.
std::optional<char32_t> between_in_bound(char32_t low, char32_t high) noexcept;

inline constexpr char32_t last_printable_ascii = 0x7E, beyond_unicode = 0x110000;

}  // namespace s3m
