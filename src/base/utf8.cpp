#include "base/utf8.hpp"

#include <array>
#include <bit>

namespace s3m {
namespace {

// What a lead byte promises: the number of bytes, and the smallest value that needs so many.
struct Form {
  std::size_t length;
  char32_t smallest;
};

std::optional<Form> form_of(unsigned char lead) noexcept {
  switch (std::countl_one(lead)) {
    case 0:
      return Form{1, 0};
    case 2:
      return Form{2, 0x80};
    case 3:
      return Form{3, 0x800};
    case 4:
      return Form{4, 0x10000};
    default:
      return std::nullopt;
  }
}

struct ScalarRange {
  char32_t first, last;
};

constexpr std::array unsafe_ranges = std::to_array<ScalarRange>({
    {0x00, 0x1F},        // C0
    {0x7F, 0x9F},        // DEL and C1; U+009B begins an escape sequence on some terminals
    {0x061C, 0x061C},    // Arabic letter mark
    {0x180E, 0x180E},    // a separator without width
    {0x200B, 0x200B},    // space without width
    {0x200E, 0x200F},    // marks of direction
    {0x2028, 0x202E},    // line and paragraph separators, embeddings and overrides
    {0x2060, 0x206F},    // invisible operators, isolates
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF0, 0xFFFB},    // interlinear annotations
    {0xFFFE, 0xFFFF},    // not characters
    {0xE0000, 0xE007F},  // tags, which spell ASCII invisibly
});

}  // namespace

std::optional<Utf8Scalar> first_scalar(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  const auto lead = static_cast<unsigned char>(text[0]);
  const auto form = form_of(lead);
  if (!form || text.size() < form->length) return std::nullopt;
  if (form->length == 1) return Utf8Scalar{lead, 1};
  char32_t value = lead & (0x7FU >> form->length);
  for (std::size_t i = 1; i < form->length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return std::nullopt;
    value = (value << 6) | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < form->smallest || value > 0x10FFFF || surrogate) return std::nullopt;
  return Utf8Scalar{value, form->length};
}

bool is_unsafe_to_show(char32_t scalar) noexcept {
  for (const auto& range : unsafe_ranges) {
    if (scalar < range.first) return false;
    if (scalar <= range.last) return true;
  }
  return false;
}

}  // namespace s3m
