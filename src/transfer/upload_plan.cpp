#include "transfer/upload_plan.hpp"

#include <algorithm>
#include <numeric>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "transfer/compare.hpp"

namespace s3m::transfer {
namespace {

constexpr std::uint64_t usual_smallest_part = 64 * mebibyte;
constexpr std::uint64_t usual_parts = 256;

std::uint64_t divided_up(std::uint64_t value, std::uint64_t by) noexcept {
  return value / by + (value % by != 0 ? 1 : 0);
}

std::uint64_t whole_mebibytes(std::uint64_t value) noexcept {
  return divided_up(value, mebibyte) * mebibyte;
}

std::uint64_t chosen_part_size(std::uint64_t size, std::uint64_t wanted) noexcept {
  const auto usual = std::max(usual_smallest_part, whole_mebibytes(divided_up(size, usual_parts)));
  auto part = wanted == 0 ? usual : wanted;
  if (divided_up(size, part) > most_parts) part = whole_mebibytes(divided_up(size, most_parts));
  return std::clamp(part, smallest_part, largest_part);
}

std::vector<std::uint64_t> cut(std::uint64_t size, std::uint64_t part) {
  std::vector<std::uint64_t> parts(size / part, part);
  if (size % part != 0) parts.push_back(size % part);
  return parts;
}

}  // namespace

Result<std::vector<std::uint64_t>> plan_parts(std::uint64_t size, std::uint64_t part_size) {
  const auto part = chosen_part_size(size, part_size);
  if (divided_up(size, part) > most_parts) {
    return fail(Errc::too_large, "the object needs more than 10,000 parts of 5 GiB");
  }
  return cut(size, part);
}

bool acceptable_layout(std::span<const std::uint64_t> parts, std::uint64_t size) noexcept {
  if (parts.empty() || parts.size() > most_parts || parts.back() == 0) return false;
  const auto inner = parts.first(parts.size() - 1);
  return std::ranges::all_of(inner, [](auto part) { return part >= smallest_part; }) &&
         std::ranges::all_of(parts, [](auto part) { return part <= largest_part; }) &&
         std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}) == size;
}

std::optional<std::vector<std::uint64_t>> even_layout(std::uint64_t size, std::uint64_t first_part,
                                                      std::size_t parts) {
  if (first_part == 0 || parts == 0 || divided_up(size, first_part) != parts) return std::nullopt;
  return cut(size, first_part);
}

std::optional<std::string> multipart_etag(std::span<const std::string> part_etags) {
  std::string digests;
  for (const auto& etag : part_etags) {
    if (form_of(etag) != EtagForm::plain) return std::nullopt;
    digests += *unhex(etag);
  }
  return hex(bytes_of(md5(digests))) + "-" + std::to_string(part_etags.size());
}

std::optional<std::size_t> parts_of_etag(std::string_view etag) {
  if (form_of(etag) != EtagForm::multipart) return std::nullopt;
  const auto parts = parse_u64(etag.substr(etag.find('-') + 1));
  return parts && *parts >= 1 && *parts <= most_parts ? std::optional(*parts) : std::nullopt;
}

}  // namespace s3m::transfer
