#include "base/json_text.hpp"

#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace s3m {
namespace {

void escape_scalar(std::string& out, char32_t scalar) {
  auto to = std::back_inserter(out);
  if (scalar < 0x10000) {
    fmt::format_to(to, "\\u{:04x}", std::uint32_t{scalar});
  } else {
    const std::uint32_t rest = scalar - 0x10000;
    fmt::format_to(to, "\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10U), 0xDC00 + (rest & 0x3FFU));
  }
}

}  // namespace

// Outside strings JSON is ASCII without controls, so the finished text can be gone through without
// parsing it.
std::string safe_json(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto scalar = first_scalar(text);
    const auto length = scalar ? scalar->length : 1;
    if (scalar && is_unsafe_to_show(scalar->value)) {
      escape_scalar(out, scalar->value);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace s3m
