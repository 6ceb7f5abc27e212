#include "net/http_grammar.hpp"

#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace s3m::net {

namespace {

// RFC 9110, 5.6.2
constexpr std::string_view token_characters =
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

constexpr std::array<bool, 256> token_table = [] {
  std::array<bool, 256> table{};
  for (const char c : token_characters)
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

}  // namespace

bool is_token(std::string_view text) noexcept {
  bool good = !text.empty();
  for (const char c : text)
    good &= token_table[static_cast<unsigned char>(c)];
  return good;
}

// No branches, so that the compiler can look at many bytes at once.
bool has_control(std::string_view text) noexcept {
  bool bad = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    bad |= (byte < 0x20 && byte != '\t') || byte == 0x7F;
  }
  return bad;
}

std::string_view trim_blanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool list_has(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (iequals(trim_blanks(list.substr(0, comma)), word)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

std::optional<unsigned> minor_version(std::string_view text) noexcept {
  if (text.size() != 8 || !text.starts_with("HTTP/1.")) return std::nullopt;
  if (text[7] < '0' || text[7] > '9') return std::nullopt;
  return static_cast<unsigned>(text[7] - '0');
}

}  // namespace s3m::net
