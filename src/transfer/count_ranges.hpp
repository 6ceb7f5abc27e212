// count_ranges.hpp: a count that can be broken off and gone on with, in another process.
//
// Layer      transfer.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/key.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

// What was counted, and the ranges that were not yet. They are as many as were being listed at once
// when the count was broken off, and disjoint.
struct CountState {
  std::uint64_t objects = 0, bytes = 0;  // versions and delete markers, where those are counted
  std::vector<KeyRange> left{KeyRange{}};
  bool complete() const noexcept { return left.empty(); }
};

// Goes on counting what of the source of `context` matches, until all is counted or `stop()`; the
// destination is not listed. Each object counts once, over all calls with one state.
//
// Gives   ok also where it was stopped: `state` tells.
// Errors  as copy(). What was counted before stands in `state` then, too.
net::Task<Result<void>> count_on(Context& context, const Filter& filter, bool all_versions,
                                 CountState& state, std::function<bool()> stop);

// What of `from` lies in none of `covered`, which are disjoint and lie in it each.
std::vector<KeyRange> remaining(const std::vector<KeyRange>& from, std::vector<KeyRange> covered);

}  // namespace s3m::transfer
