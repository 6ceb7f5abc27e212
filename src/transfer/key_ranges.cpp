#include "transfer/key_ranges.hpp"

#include <algorithm>
#include <cmath>

#include "base/key_scalars.hpp"

namespace s3m::transfer {
namespace {

constexpr double unknown = std::numeric_limits<double>::infinity();
constexpr double least_pages = 4;             // no split below
constexpr double most_plausible_pages = 1e5;  // above, the density is of other places than the gap
// What splitting may cost: so many requests, and a share of the pages there are or seem to be; more
// where the keys are such that few places are found.
constexpr double free_waste = 16, waste_share = 0.08, waste_share_of_few = 0.15;
constexpr double cost_of_split = 1;          // expected: half a page beyond the point on each side
constexpr double most_believed_pages = 250;  // beyond those fetched
constexpr std::size_t few_ranges = 24;
constexpr unsigned most_misses = 3, pages_before_the_first_split = 2;
constexpr std::size_t sample_step = 16;  // entries of a page that are looked at for the alphabet

std::size_t shared_places(std::u32string_view a, std::u32string_view b) noexcept {
  const auto differ = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(differ.in1 - a.begin());
}

std::string_view after_prefix(const aws::ObjectEntry& entry, std::size_t prefix) noexcept {
  return std::string_view(entry.key).substr(prefix);
}

}  // namespace

double SideProgress::keys_left(const Rest& rest, const KeyAlphabet& alphabet) const {
  return more ? left_at_density(first, keys, rest, alphabet) : 0;
}

double SideProgress::most_keys_left(const Rest& rest, const KeyAlphabet& alphabet) const {
  return more ? std::max(left_at_density(first, keys, rest, alphabet),
                         left_at_density(page_first, page_keys, rest, alphabet))
              : 0;
}

double SideProgress::left_at_density(std::u32string_view from, std::uint64_t count,
                                     const Rest& rest, const KeyAlphabet& alphabet) const {
  if (count == 0 || !rest.until) return unknown;
  const auto place = shared_places(from, *rest.until);
  const double here = alphabet.fraction(last, place);
  const double listed = here - alphabet.fraction(from, place);
  const double left = alphabet.fraction(*rest.until, place) - here;
  if (left <= 0) return 0;
  return listed <= 0 ? unknown : static_cast<double>(count) * left / listed;
}

std::pair<std::size_t, std::size_t> ActiveRange::unexplored() const noexcept {
  const auto first = rest.until ? rest.shared() + 1 : 0;
  const auto last = std::min(page_shares, explored_from);
  return {first, std::max(first, last)};
}

KeyRanges::KeyRanges(std::vector<KeyRange> ranges, KeyRangesOptions options) : options_(options) {
  for (auto& range : ranges) {
    auto& added = waiting_.emplace_back();
    added.rest.until = range.until ? scalars_of(*range.until) : std::nullopt;
    added.range = std::move(range);
  }
}

ActiveRange* KeyRanges::take() {
  if (!waiting_.empty()) {
    active_.splice(active_.end(), waiting_, waiting_.begin());
    return &active_.back();
  }
  if (!options_.split || !affordable()) return nullptr;
  while (auto* range = most_left()) {
    if (auto* begun = divide(*range)) return begun;
    range->splittable = false;  // until its next page
  }
  return nullptr;
}

bool KeyRanges::worth_a_look(const ActiveRange& range) const {
  if (!range.splittable || range.on_trial || range.ended()) return false;
  // A small bucket is listed as anybody would.
  const auto items = std::max(range.sides[0].items, range.sides[1].items);
  return range.split_off ||
         items > pages_before_the_first_split * static_cast<unsigned>(options_.page_size);
}

// Where the density tells of little, there may be much all the same, as long as the places above
// those that vary in its pages were not explored: such a range comes last.
ActiveRange* KeyRanges::most_left() {
  ActiveRange* best = nullptr;
  double best_score = 0;
  for (auto& range : active_) {
    if (!worth_a_look(range)) continue;
    const auto [first, last] = range.unexplored();
    const double score = range.pages_left >= least_pages ? range.pages_left : last > first ? 1 : 0;
    if (score > best_score) {
      best = &range;
      best_score = score;
    }
  }
  return best;
}

ActiveRange* KeyRanges::divide(ActiveRange& range) {
  const bool enough = range.pages_left >= least_pages;
  const bool plausible = enough && range.pages_left <= most_plausible_pages;
  if (!plausible && range.explored_from == 0) range.explored_from = everywhere;
  auto* begun = range.exploring || !plausible ? explore(range) : nullptr;
  return begun == nullptr && enough ? halve(range) : begun;
}

// All keys of a page share their first places. That says nothing of what lies behind them: is this
// the only year, the only tenant, the only "data/"? The place above which keys vary is found by
// bisection, since nothing beyond the first places means nothing beyond the later ones.
ActiveRange* KeyRanges::explore(ActiveRange& range) {
  const auto [first, last] = range.unexplored();
  if (first == last) return nullptr;
  const auto place = first + (last - first) / 2;
  auto point = point_beyond(range.rest, place);
  auto* begun = point ? split_off(range, std::move(*point)) : nullptr;
  if (begun == nullptr) return nullptr;
  begun->explored_from = place;
  range.exploring = !begun->rest.until;  // of an open end, until the place is found
  return begun;
}

ActiveRange* KeyRanges::halve(ActiveRange& range) {
  auto point = point_between(range.rest, alphabet_);
  if (!point) return nullptr;
  const auto place = shared_places(*point, range.rest.current);
  auto* begun = split_off(range, std::move(*point));
  if (begun == nullptr) return nullptr;
  begun->guessed_place = place;
  begun->exploring = range.exploring = false;
  begun->explored_from = range.explored_from = 0;
  return begun;
}

ActiveRange* KeyRanges::split_off(ActiveRange& from, std::u32string point) {
  auto text = key_of(point);
  if (text.size() > options_.longest_point) return nullptr;
  auto& begun = active_.emplace_back();
  begun.range = {text, std::move(from.range.until)};
  begun.rest.until = std::move(from.rest.until);
  begun.split_off = true;
  if (from.flow) begun.flow = from.flow->split();
  from.range.until = std::move(text);
  from.rest.until = std::move(point);
  from.on_trial = true;
  from.expected_pages = 0;
  estimate(from);
  wasted_ += cost_of_split;
  return &begun;
}

void KeyRanges::fetched(ActiveRange& range, WalkSide side,
                        std::span<const aws::ObjectEntry> entries, std::size_t prefix, bool more,
                        std::optional<std::uint64_t> versions) {
  auto& progress = range.sides.at(static_cast<std::size_t>(side));
  const auto items = versions.value_or(entries.size());
  progress.more = more;
  progress.keys += entries.size();
  progress.items += items;
  keys_ += entries.size();
  items_ += items;
  progress.page_keys = entries.size();
  if (side == WalkSide::source) source_keys_ += entries.size();
  pages_ += 1;
  range.pages += 1;
  if (!entries.empty()) {
    end_trial(range);
    learn(entries, prefix);
    advance(range, progress, after_prefix(entries.front(), prefix),
            after_prefix(entries.back(), prefix));
  }
  estimate(range);
}

// The range may be split beyond the last key of both sides, whichever page told it.
void KeyRanges::advance(ActiveRange& range, SideProgress& progress, std::string_view first,
                        std::string_view last) {
  const auto first_scalars = scalars_of(first), last_scalars = scalars_of(last);
  const bool further = last > range.furthest;
  if (further) range.furthest = last;
  if (first_scalars && last_scalars) {
    if (progress.first.empty()) progress.first = *first_scalars;
    progress.page_first = *first_scalars;
    progress.last = *last_scalars;
    if (further) range.page_shares = shared_places(*first_scalars, *last_scalars);
  }
  const auto current = scalars_of(range.furthest);
  range.splittable = current && range.range.until.has_value() == range.rest.until.has_value();
  if (current) range.rest.current = *current;
}

void KeyRanges::finished(ActiveRange& range) {
  const double needed = static_cast<double>(range.items()) / options_.page_size;
  wasted_ += static_cast<double>(range.pages) - needed - (range.split_off ? cost_of_split : 0);
  if (range.split_off && range.keys() == 0) {
    end_trial(range);
    if (range.guessed_place) missed(range);
  }
  active_.remove_if([&](const ActiveRange& other) { return &other == &range; });
}

ActiveRange* KeyRanges::neighbour_before(const ActiveRange& range) {
  const auto before = std::ranges::find_if(
      active_, [&](const ActiveRange& other) { return other.range.until == range.range.after; });
  return before == active_.end() ? nullptr : &*before;
}

void KeyRanges::end_trial(const ActiveRange& beyond) {
  if (auto* before = neighbour_before(beyond)) before->on_trial = false;
}

// Nothing lies where the alphabet guessed that something would. Where that happens again and again
// the density has misled, and the places are explored anew.
void KeyRanges::missed(const ActiveRange& range) {
  alphabet_.missed(*range.guessed_place);
  auto* before = neighbour_before(range);
  if (before != nullptr && ++before->misses == most_misses) explore_anew(*before);
}

void KeyRanges::explore_anew(ActiveRange& range) {
  range.misses = 0;
  range.explored_from = everywhere;
  range.exploring = true;
}

void KeyRanges::estimate(ActiveRange& range) {
  double keys = 0;
  for (const auto& side : range.sides)
    if (side.keys > 0) keys = std::max(keys, side.most_keys_left(range.rest, alphabet_));
  range.pages_left = pages_of(keys);
  const auto pages = static_cast<double>(range.pages);
  if (range.expected_pages == 0) range.expected_pages = pages + 2 * range.pages_left;
  if (pages <= 2 * range.expected_pages) return;
  // The density has promised too little. What has lasted so long will last as long again.
  range.pages_left = std::max(range.pages_left, pages / 2);
  explore_anew(range);
}

double KeyRanges::pages_of(double keys) const noexcept {
  const double each = keys_ == 0 ? 1 : static_cast<double>(items_) / static_cast<double>(keys_);
  return keys * each / options_.page_size;
}

bool KeyRanges::affordable() const {
  double expected = pages_;
  for (const auto& range : active_)
    expected += 2 * range.pages_left;
  const double share = active_.size() < few_ranges ? waste_share_of_few : waste_share;
  return wasted_ < free_waste + share * std::min(expected, pages_ + most_believed_pages);
}

void KeyRanges::learn(std::span<const aws::ObjectEntry> entries, std::size_t prefix) {
  for (std::size_t i = 0; i < entries.size(); i += sample_step)
    if (const auto key = scalars_of(after_prefix(entries[i], prefix))) alphabet_.learn(*key);
  if (const auto key = scalars_of(after_prefix(entries.back(), prefix))) alphabet_.learn(*key);
}

KeyTotal KeyRanges::total() const {
  KeyTotal total{.keys = static_cast<double>(source_keys_), .exact = true};
  for (const auto* list : {&waiting_, &active_}) {
    for (const auto& range : *list) {
      const auto& source = range.sides[0];
      if (!source.more) continue;
      total.exact = false;
      const double left = source.keys == 0 ? 0 : source.keys_left(range.rest, alphabet_);
      if (std::isfinite(left)) total.keys += left;
    }
  }
  return total;
}

}  // namespace s3m::transfer
