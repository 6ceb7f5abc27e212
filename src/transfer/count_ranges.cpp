#include "transfer/count_ranges.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

// A count takes few of the connections that the work needs.
constexpr std::size_t counting_lanes = 8;

class Counting final : public Visitor {
 public:
  Counting(const Filter& filter, CountState& state, const std::function<bool()>& stop)
      : filter_(filter), state_(state), stop_(stop) {}

  void visit(const Pair& pair) override {
    last_[pair.flow.get()] = pair.key;
    if (!filter_.matches(pair.key)) return;
    if (const auto* history = pair.source_history) {
      state_.objects += history->versions.size() + history->beyond;
      state_.bytes += history->bytes();
      return;
    }
    ++state_.objects;
    state_.bytes += pair.source->size;
  }

  // A range that was not walked to its end was walked as far as its last key.
  void range_ended(const KeyRange& range, const FlowPtr& flow, bool whole) override {
    const auto last = last_.extract(flow.get());
    if (whole) {
      covered_.push_back(range);
    } else if (!last.empty()) {
      covered_.push_back({.after = range.after, .until = last.mapped()});
    }
  }

  bool stopped() const override { return stop_(); }
  std::vector<KeyRange> take_covered() { return std::move(covered_); }

 private:
  const Filter& filter_;
  CountState& state_;
  const std::function<bool()>& stop_;
  std::map<const Flow*, std::string> last_;  // of ranges that are being walked
  std::vector<KeyRange> covered_;
};

bool lies_in(const KeyRange& part, const KeyRange& whole) {
  return part.after >= whole.after && (!whole.until || part.after < *whole.until);
}

}  // namespace

std::vector<KeyRange> remaining(const std::vector<KeyRange>& from, std::vector<KeyRange> covered) {
  std::ranges::sort(covered, {}, &KeyRange::after);
  std::vector<KeyRange> left;
  for (const auto& range : from) {
    std::string at = range.after;
    bool open = true;  // something lies behind `at`
    for (const auto& part : covered) {
      if (!open || !lies_in(part, range)) continue;
      if (part.after > at) left.push_back({.after = at, .until = part.after});
      open = part.until.has_value();
      if (open) at = *part.until;
    }
    if (open && (!range.until || at < *range.until))
      left.push_back({.after = at, .until = range.until});
  }
  return left;
}

net::Task<Result<void>> count_on(Context& context, const Filter& filter, bool all_versions,
                                 CountState& state, std::function<bool()> stop) {
  Context source_alone{.runtime = context.runtime,
                       .governor = context.governor,
                       .cancel = context.cancel,
                       .source = context.source,
                       .destination = {},
                       .writer = nullptr,
                       .journal = context.journal,
                       .on_failure = {}};
  Counting counting(filter, state, stop);
  std::vector<KeyRange> ranges = state.left;
  auto counted = co_await walk(source_alone, std::move(ranges), counting,
                               {.lanes = counting_lanes, .versions = all_versions});
  state.left = remaining(state.left, counting.take_covered());
  co_return counted;
}

}  // namespace s3m::transfer
