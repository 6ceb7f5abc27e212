// key_ranges.hpp: the ranges that a walk works on, and how they are split.
//
// Layer      transfer; pure: no I/O, no clock.
// Threading  one thread; all on the walk's loop.
// Source     design, "The rules of splitting".
//
// The ranges tile what they were at the beginning: a split lowers one range's `until` to a point
// and begins another there, and nothing else ever changes a bound. So each key lies in exactly one
// range, whatever the points are; a bad point costs a request and no key. A range is split only
// beyond what was fetched of it, on both sides.
//
// Requests for ranges that turn out empty, and pages that overshoot, are the price. It is held
// below a share of the pages that the listing needs anyway.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <list>
#include <span>
#include <string>

#include "aws/s3.hpp"
#include "base/key.hpp"
#include "transfer/flow.hpp"
#include "transfer/split_point.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

enum class WalkSide : std::uint8_t { source, destination };

// What is known of one side of a range.
struct SideProgress {
  std::u32string first, page_first, last;  // keys fetched: of all pages, of the latest page
  std::uint64_t keys = 0, page_keys = 0;
  std::uint64_t items = 0;  // what pages are full of: keys, or their versions
  bool more = true;

  // How many keys are left, from the density of all pages, or of those or the latest, whichever
  // promises more; infinity if nothing tells.
  double keys_left(const Rest& rest, const KeyAlphabet& alphabet) const;
  double most_keys_left(const Rest& rest, const KeyAlphabet& alphabet) const;

 private:
  double left_at_density(std::u32string_view from, std::uint64_t count, const Rest& rest,
                         const KeyAlphabet& alphabet) const;
};

inline constexpr std::size_t everywhere = std::numeric_limits<std::size_t>::max();

struct ActiveRange {
  KeyRange range;
  std::array<SideProgress, 2> sides{};
  std::string furthest;         // key fetched, of either side
  Rest rest;                    // what lies beyond it
  std::uint64_t pages = 0;      // of both sides
  std::size_t page_shares = 0;  // places that all keys of the latest page have in common
  double pages_left = 0;        // of the side that has more, by density
  double expected_pages = 0;    // of both sides, when that was first known

  // Whether keys vary at a place is known for this and the later ones.
  std::size_t explored_from = everywhere;
  bool exploring = true;  // that comes before halving

  FlowPtr flow;  // of its requests; a part inherits of it. Null where nobody sends any

  bool splittable = false;  // not before its first key, nor where bounds are not UTF-8
  bool on_trial = false;    // it waits to hear whether anything lies beyond its new end
  bool split_off = false;
  std::optional<std::size_t> guessed_place;  // where the alphabet chose the point it begins at
  unsigned misses = 0;                       // of the guesses at its end, one after the other

  bool ended() const noexcept { return !sides[0].more && !sides[1].more; }
  std::uint64_t keys() const noexcept { return sides[0].keys + sides[1].keys; }
  std::uint64_t items() const noexcept { return sides[0].items + sides[1].items; }
  // The places, first and past the last, that are worth exploring.
  std::pair<std::size_t, std::size_t> unexplored() const noexcept;
};

struct KeyRangesOptions {
  int page_size = 1000;
  std::size_t longest_point = max_key_bytes;  // in bytes, less the longer prefix of the two sides
  bool split = true;
};

class KeyRanges {
 public:
  // `ranges` must be disjoint.
  KeyRanges(std::vector<KeyRange> ranges, KeyRangesOptions options);

  // A range to be walked: one nobody has begun, or one split off another. nullptr: not now. It
  // stays valid until finished().
  ActiveRange* take();
  // A page of `range` has come: its entries, already cut to the range, their keys after `prefix`
  // bytes. `more`: there is a next page. `versions`: of all the entries, where those are listed.
  void fetched(ActiveRange& range, WalkSide side, std::span<const aws::ObjectEntry> entries,
               std::size_t prefix, bool more, std::optional<std::uint64_t> versions = {});
  void finished(ActiveRange& range);

  // No range is left, begun or not.
  bool over() const noexcept { return active_.empty() && waiting_.empty(); }
  KeyTotal total() const;

 private:
  using List = std::list<ActiveRange>;
  void advance(ActiveRange& range, SideProgress& progress, std::string_view first,
               std::string_view last);
  bool worth_a_look(const ActiveRange& range) const;
  ActiveRange* most_left();
  ActiveRange* divide(ActiveRange& range);
  ActiveRange* explore(ActiveRange& range);
  ActiveRange* halve(ActiveRange& range);
  ActiveRange* split_off(ActiveRange& from, std::u32string point);
  ActiveRange* neighbour_before(const ActiveRange& range);
  void end_trial(const ActiveRange& beyond);
  void missed(const ActiveRange& range);
  bool affordable() const;
  void learn(std::span<const aws::ObjectEntry> entries, std::size_t prefix);
  void estimate(ActiveRange& range);
  double pages_of(double keys) const noexcept;
  static void explore_anew(ActiveRange& range);

  KeyRangesOptions options_;
  KeyAlphabet alphabet_;
  List waiting_, active_;
  double pages_ = 0, wasted_ = 0;
  std::uint64_t source_keys_ = 0;       // of pages fetched
  std::uint64_t keys_ = 0, items_ = 0;  // of both sides
};

}  // namespace s3m::transfer
