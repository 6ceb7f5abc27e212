#include "transfer/key_alphabet.hpp"

#include <algorithm>

#include "base/key_scalars.hpp"

namespace s3m::transfer {
namespace {

// Scalars of one kind stand for each other: where 0 and 1 were seen, 7 is likely.
char32_t kind_of(char32_t scalar) noexcept {
  if (scalar >= U'0' && scalar <= U'9') return U'0';
  if (scalar >= U'a' && scalar <= U'z') return U'a';
  if (scalar >= U'A' && scalar <= U'Z') return U'A';
  return scalar < 0x80 ? scalar : scalar | 0x7FU;  // beyond ASCII: a block of 128
}

// Beyond ASCII nobody knows which scalars there are, and keys come in their order: what was seen is
// what lies behind. So further ones are supposed, at growing distances.
void append_frontier(std::u32string& out, std::u32string_view seen) {
  const auto first = std::ranges::find_if(seen, [](char32_t scalar) { return scalar >= 0x80; });
  if (first == seen.end() || first + 1 == seen.end()) return;
  for (char32_t span = seen.back() - *first, at = seen.back() + span; at < beyond_unicode;
       span *= 2, at += span) {
    if (fits_in_bound(at)) out += at;
  }
}

}  // namespace

bool KeyAlphabet::Place::add(char32_t scalar) {
  if (scalar < 128) {
    if (ascii[scalar]) return false;
    ascii.set(scalar);
  }
  const auto at = std::ranges::lower_bound(seen, scalar);
  if ((at != seen.end() && *at == scalar) || seen.size() >= most_scalars) return false;
  seen.insert(at, scalar);
  current = false;
  return true;
}

void KeyAlphabet::learn(std::u32string_view key) {
  bool grown = false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i < most_places) places_.at(i).add(key[i]);
    grown = anywhere_.add(key[i]) || grown;
  }
  if (!grown) return;
  for (auto& place : places_)
    place.current = false;
}

void KeyAlphabet::missed(std::size_t place) {
  if (place >= most_places) return;
  ++places_.at(place).misses;
  places_.at(place).current = false;
}

void KeyAlphabet::complete(const Place& place) const {
  place.current = true;
  place.completed = place.seen;
  if (place.seen.size() < 2 || place.misses >= most_misses) return;
  for (const char32_t scalar : anywhere_.seen) {
    const auto same_kind = [&](char32_t seen) { return kind_of(seen) == kind_of(scalar); };
    if (std::ranges::any_of(place.seen, same_kind)) place.completed += scalar;
  }
  append_frontier(place.completed, place.seen);
  std::ranges::sort(place.completed);
  const auto twice = std::ranges::unique(place.completed);
  place.completed.erase(twice.begin(), twice.end());
}

std::u32string_view KeyAlphabet::at(std::size_t place) const {
  if (place >= most_places || places_.at(place).seen.empty()) return anywhere_.seen;
  const Place& known = places_.at(place);
  if (!known.current) complete(known);
  return known.completed;
}

double KeyAlphabet::fraction(std::u32string_view key, std::size_t from) const {
  double low = 0, width = 1;
  for (std::size_t place = from; place < key.size() && width > 1e-15; ++place) {
    const auto alphabet = at(place);
    const auto found = std::ranges::lower_bound(alphabet, key[place]);
    if (found == alphabet.end()) return low + width;
    width /= static_cast<double>(alphabet.size());
    low += static_cast<double>(found - alphabet.begin()) * width;
    if (*found != key[place]) break;
  }
  return low;
}

}  // namespace s3m::transfer
