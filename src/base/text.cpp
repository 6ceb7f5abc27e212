#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace s3m {
namespace {

using namespace std::literals;

void escape_bytes(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  }
}

// `backslash` is what a backslash of `text` becomes.
std::string shown(std::string_view text, std::string_view backslash) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto scalar = first_scalar(text);
    const auto bytes = text.substr(0, scalar ? scalar->length : 1);
    if (!scalar || is_unsafe_to_show(scalar->value)) {
      escape_bytes(out, bytes);
    } else {
      out += bytes == "\\"sv ? backslash : bytes;
    }
    text.remove_prefix(bytes.size());
  }
  return out;
}

bool begins_formula(std::string_view cell) noexcept {
  // The last four are the full-width = + - @, which spreadsheets in some languages accept.
  constexpr std::array starts =
      std::to_array<std::string_view>({"=", "+", "-", "@", "\t", "\r", "\n", "\xEF\xBC\x9D",
                                       "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"});
  return std::ranges::any_of(starts, [cell](auto start) { return cell.starts_with(start); });
}

char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr std::string_view hex_digits = "0123456789abcdef";

int hex_value(char c) noexcept {
  const auto at = hex_digits.find(ascii_lower(c));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

constexpr std::array units = std::to_array<Unit>({
    {"", 1},
    {"B", 1},
    {"KB", 1'000},
    {"MB", 1'000'000},
    {"GB", 1'000'000'000},
    {"TB", 1'000'000'000'000},
    {"PB", 1'000'000'000'000'000},
    {"KiB", 1ULL << 10},
    {"MiB", 1ULL << 20},
    {"GiB", 1ULL << 30},
    {"TiB", 1ULL << 40},
    {"PiB", 1ULL << 50},
});

}  // namespace

std::string printable(std::string_view text) {
  return shown(text, "\\\\");
}

std::string single_line(std::string_view text) {
  return shown(text, "\\");
}

std::string csv_cell(std::string_view text) {
  std::string cell(text);
  if (begins_formula(text)) cell.insert(cell.begin(), '\'');
  // Semicolons and tabs are separators in some countries' spreadsheets; outer spaces get trimmed.
  const bool plain = cell.find_first_of(",;\t\r\n\"") == std::string::npos &&
                     !cell.starts_with(' ') && !cell.ends_with(' ');
  if (plain) return cell;
  std::string out = "\"";
  for (const char c : cell)
    out.append(c == '"' ? 2U : 1U, c);
  return out + '"';
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array names =
      std::to_array<std::string_view>({"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"});
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // What would be rounded to 1024 of a unit is one of the next.
  for (; value >= 1023.5 && unit + 1 < names.size(); ++unit)
    value /= 1024;
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, names[unit]);
}

std::string human_count(std::uint64_t count) {
  std::string out = fmt::format("{}", count);
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    out.insert(at, 1, ',');
  }
  return out;
}

std::string human_duration(std::chrono::seconds duration) {
  auto rest = std::max<std::int64_t>(duration.count(), 0);
  constexpr std::array parts = std::to_array<std::pair<std::int64_t, char>>(
      {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}});
  const auto greatest =
      std::ranges::find_if(parts, [rest](const auto& part) { return rest >= part.first; });
  if (greatest == parts.end()) return "0s";
  std::string out = fmt::format("{}{}", rest / greatest->first, greatest->second);
  const auto next = std::next(greatest);
  if (next == parts.end()) return out;
  rest %= greatest->first;
  if (rest >= next->first) out += fmt::format("{}{}", rest / next->first, next->second);
  return out;
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 0xFU];
  }
  return out;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

bool valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto scalar = first_scalar(text);
    if (!scalar) return false;
    text.remove_prefix(scalar->length);
  }
  return true;
}

std::optional<std::uint64_t> parse_u64(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_u64(text.substr(0, digits));
  const auto name = text.substr(digits);
  const auto unit =
      std::ranges::find_if(units, [name](const Unit& u) { return iequals(u.name, name); });
  if (!number || unit == units.end()) return std::nullopt;
  if (*number > std::numeric_limits<std::uint64_t>::max() / unit->bytes) return std::nullopt;
  return *number * unit->bytes;
}

bool iequals(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), ascii_lower);
  return out;
}

std::string_view trim(std::string_view text) noexcept {
  constexpr auto space = " \t\r\n\v\f"sv;
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace s3m
