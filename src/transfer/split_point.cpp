#include "transfer/split_point.hpp"

#include <algorithm>
#include <cmath>

#include "base/key_scalars.hpp"

namespace s3m::transfer {
namespace {

// A short point near the middle is as good as a long one in the middle.
constexpr double near_enough = 0.15;
constexpr double least_gap = 1e-12;

std::optional<std::u32string> by_alphabet(const Rest& rest, const KeyAlphabet& alphabet) {
  const auto shared = rest.shared();
  const double low = alphabet.fraction(rest.current, shared);
  const double high = rest.until ? alphabet.fraction(*rest.until, shared) : 1.0;
  if (high - low < least_gap) return std::nullopt;
  std::u32string point = rest.current.substr(0, shared);
  double left = low + (high - low) / 2, width = 1;
  while (width > least_gap) {
    const auto scalars = alphabet.at(point.size());
    if (scalars.empty() || point.size() > shared + 1024) break;
    const auto count = static_cast<double>(scalars.size());
    const double digit = std::min(std::floor(left * count), count - 1);
    point += scalars[static_cast<std::size_t>(digit)];
    left = left * count - digit;
    width /= count;
    if (scalars.size() > 1 && left * width <= near_enough * (high - low) && rest.contains(point))
      return point;
  }
  return std::nullopt;
}

std::optional<std::u32string> by_code_points(const Rest& rest) {
  const auto shared = rest.shared();
  const auto after = [&](std::size_t place) {
    return place < rest.current.size() ? rest.current[place] : char32_t{0};
  };
  auto high = rest.until && shared < rest.until->size() ? (*rest.until)[shared] : beyond_unicode;
  // Between the two at the place where they part, else beyond current at one of its later places.
  for (std::size_t place = shared; place <= rest.current.size(); ++place) {
    if (const auto scalar = between_in_bound(after(place), high)) {
      auto point = rest.current.substr(0, place) + *scalar;
      if (rest.contains(point)) return point;
    }
    high = beyond_unicode;
  }
  return std::nullopt;
}

}  // namespace

std::size_t Rest::shared() const noexcept {
  if (!until) return 0;
  const auto differ = std::ranges::mismatch(current, *until);
  return static_cast<std::size_t>(differ.in1 - current.begin());
}

bool Rest::contains(std::u32string_view point) const noexcept {
  return point > std::u32string_view(current) && (!until || point < std::u32string_view(*until));
}

std::optional<std::u32string> point_beyond(const Rest& rest, std::size_t place) {
  if (place >= rest.current.size()) return std::nullopt;
  const auto next = next_in_bound(rest.current[place]);
  if (!next) return std::nullopt;
  auto point = rest.current.substr(0, place) + *next;
  return rest.contains(point) ? std::optional(std::move(point)) : std::nullopt;
}

std::optional<std::u32string> point_between(const Rest& rest, const KeyAlphabet& alphabet) {
  auto point = by_alphabet(rest, alphabet);
  return point ? point : by_code_points(rest);
}

}  // namespace s3m::transfer
