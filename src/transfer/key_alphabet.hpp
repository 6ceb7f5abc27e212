// key_alphabet.hpp: which scalars keys have at each place, learned from the pages a walk has seen.
//
// Layer      transfer; pure.
// Threading  one thread.
// Memory     bounded: so many places, so many scalars each.
//
// A place is the index of a scalar in the key, after the prefix. Keys of one bucket are made by few
// programs: at one place stand digits, at another a slash always. So the middle between two keys
// is better guessed from what was seen than from code points.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <string_view>

namespace s3m::transfer {

class KeyAlphabet {
 public:
  void learn(std::u32string_view key);
  // A guess at this place met no key: where it has failed often, only what was seen is believed.
  void missed(std::size_t place);

  // Ascending; empty before anything was learned. Digits and letters seen elsewhere are taken to be
  // possible at a place where others of their kind vary. The view lasts until the next learn().
  std::u32string_view at(std::size_t place) const;

  // Where `key` stands among all that may follow its first `from` places, in [0, 1].
  double fraction(std::u32string_view key, std::size_t from) const;

 private:
  struct Place {
    std::bitset<128> ascii;
    std::u32string seen;
    unsigned misses = 0;
    mutable std::u32string completed;
    mutable bool current = false;

    bool add(char32_t scalar);
  };
  void complete(const Place& place) const;

  static constexpr std::size_t most_places = 128, most_scalars = 256;
  static constexpr unsigned most_misses = 3;
  std::array<Place, most_places> places_{};
  Place anywhere_;
};

}  // namespace s3m::transfer
