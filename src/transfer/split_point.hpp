// split_point.hpp: where a range of keys is divided.
//
// Layer   transfer; pure.
// Source  design, "The rules of splitting".
//
// A point is any string, seldom a key. Its scalars are those of keys seen, or such as every service
// takes.
#pragma once

#include <optional>
#include <string_view>

#include "transfer/key_alphabet.hpp"

namespace s3m::transfer {

// What is left of a range: the keys after `current` up to `until` (nothing: to the end).
struct Rest {
  std::u32string current;
  std::optional<std::u32string> until;

  // How many places all its keys share for certain.
  std::size_t shared() const noexcept;
  bool contains(std::u32string_view point) const noexcept;
};

// The least point that comes after all keys which share the first `place` + 1 scalars of current.
// Whether anything lies beyond tells if keys vary at that place. nullopt when it is not in `rest`.
std::optional<std::u32string> point_beyond(const Rest& rest, std::size_t place);

// A point that halves what is left, as far as the alphabet can tell. nullopt where no scalar fits.
std::optional<std::u32string> point_between(const Rest& rest, const KeyAlphabet& alphabet);

}  // namespace s3m::transfer
