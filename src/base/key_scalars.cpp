#include "base/key_scalars.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace s3m {
namespace {

void append_utf8(std::string& out, char32_t scalar) {
  const auto tail = [&](int shift) {
    out += static_cast<char>(0x80U | ((scalar >> shift) & 0x3FU));
  };
  if (scalar < 0x80) {
    out += static_cast<char>(scalar);
  } else if (scalar < 0x800) {
    out += static_cast<char>(0xC0U | (scalar >> 6U));
    tail(0);
  } else if (scalar < 0x10000) {
    out += static_cast<char>(0xE0U | (scalar >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (scalar >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

std::optional<std::u32string> scalars_of(std::string_view key) {
  std::u32string scalars;
  scalars.reserve(key.size());
  while (!key.empty()) {
    const auto scalar = first_scalar(key);
    if (!scalar) return std::nullopt;
    scalars += scalar->value;
    key.remove_prefix(scalar->length);
  }
  return scalars;
}

std::string key_of(std::u32string_view scalars) {
  std::string key;
  key.reserve(scalars.size());
  for (const char32_t scalar : scalars)
    append_utf8(key, scalar);
  return key;
}

bool fits_in_bound(char32_t scalar) noexcept {
  if (scalar < 0x20 || (scalar >= 0x7F && scalar < 0xA0)) return false;
  if (scalar >= 0xD800 && scalar < 0xE000) return false;
  if (scalar >= 0xFDD0 && scalar < 0xFDF0) return false;
  return scalar < beyond_unicode && (scalar & 0xFFFEU) != 0xFFFE;
}

std::optional<char32_t> next_in_bound(char32_t scalar) noexcept {
  // At most the gap of the surrogates has to be jumped.
  if (scalar >= 0xD7FF && scalar < 0xE000) return U'\uE000';
  for (char32_t next = scalar + 1; next < beyond_unicode; ++next)
    if (fits_in_bound(next)) return next;
  return std::nullopt;
}

std::optional<char32_t> between_in_bound(char32_t low, char32_t high) noexcept {
  const auto printable_low = std::max<char32_t>(low, 0x1F);
  const auto printable_high = std::min<char32_t>(high, last_printable_ascii + 1);
  if (printable_low + 1 < printable_high)
    return printable_low + (printable_high - printable_low) / 2;
  if (low >= high) return std::nullopt;
  const auto middle = next_in_bound(low + (high - low) / 2);
  if (middle && *middle < high) return middle;
  const auto next = next_in_bound(low);
  return next && *next < high ? next : std::nullopt;
}

}  // namespace s3m
