#include "app/text_width.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"

namespace s3m::app {
namespace {

using Ranges = std::pair<char32_t, char32_t>;

constexpr std::array zero_ranges = std::to_array<Ranges>({{0x0300, 0x036F},
                                                          {0x0483, 0x0489},
                                                          {0x0591, 0x05BD},
                                                          {0x0610, 0x061A},
                                                          {0x064B, 0x065F},
                                                          {0x200B, 0x200D},
                                                          {0x20D0, 0x20FF},
                                                          {0xFE00, 0xFE0F},
                                                          {0xFE20, 0xFE2F}});
constexpr std::array wide_ranges = std::to_array<Ranges>({{0x1100, 0x115F},
                                                          {0x2E80, 0x303E},
                                                          {0x3041, 0xA4CF},
                                                          {0xA960, 0xA97F},
                                                          {0xAC00, 0xD7A3},
                                                          {0xF900, 0xFAFF},
                                                          {0xFE30, 0xFE6F},
                                                          {0xFF00, 0xFF60},
                                                          {0xFFE0, 0xFFE6},
                                                          {0x1F300, 0x1F64F},
                                                          {0x1F680, 0x1FAFF},
                                                          {0x20000, 0x3FFFD}});

template <std::size_t N>
bool within(const std::array<Ranges, N>& ranges, char32_t scalar) {
  return std::ranges::any_of(ranges, [scalar](const Ranges& range) {
    return scalar >= range.first && scalar <= range.second;
  });
}

struct Sign {
  std::size_t bytes, columns;
};

Sign first_sign(std::string_view text) noexcept {
  const auto scalar = first_scalar(text);
  if (!scalar) return {1, 1};
  if (scalar->value < 0x300) return {scalar->length, 1};
  if (within(zero_ranges, scalar->value)) return {scalar->length, 0};
  return {scalar->length, within(wide_ranges, scalar->value) ? std::size_t{2} : std::size_t{1}};
}

}  // namespace

std::size_t columns(std::string_view text) noexcept {
  std::size_t total = 0;
  while (!text.empty()) {
    const auto sign = first_sign(text);
    total += sign.columns;
    text.remove_prefix(sign.bytes);
  }
  return total;
}

std::string cut_to(std::string_view text, std::size_t width) {
  std::size_t used = 0, end = 0;
  while (end < text.size()) {
    const auto sign = first_sign(text.substr(end));
    if (used + sign.columns > width) break;
    used += sign.columns;
    end += sign.bytes;
  }
  return std::string(text.substr(0, end));
}

std::string shorten(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width <= 3) return cut_to(text, width);
  const std::size_t head = (width - 3) / 2;
  const std::size_t tail = width - 3 - head;
  auto rest = text;
  while (columns(rest) > tail)
    rest.remove_prefix(first_sign(rest).bytes);
  return cut_to(text, head) + "..." + std::string(rest);
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent,
                    std::size_t first) {
  std::string out;
  std::size_t used = first;
  bool empty = true;  // the line has no word yet
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!empty && used + 1 + columns(word) > width) {
      out += "\n" + std::string(indent, ' ');
      used = indent;
      empty = true;
    }
    if (!empty) out += ' ';
    out += word;
    used += columns(word) + (empty ? 0 : 1);
    empty = false;
  }
  return out;
}

}  // namespace s3m::app
