#include "transfer/throttle_spread.hpp"

#include <algorithm>

namespace s3m::transfer {
namespace {

constexpr std::chrono::milliseconds epoch_length{250};

}  // namespace

void ThrottleSpread::advance(SteadyTime now) noexcept {
  const auto passed = now - began_;
  if (passed < epoch_length) return;
  // What was active long ago says nothing.
  active_before_ = passed < 2 * epoch_length ? active_ : 0;
  active_ = throttled_ = 0;
  began_ = now;
  ++epoch_;
}

void ThrottleSpread::answered(Mark& mark, SteadyTime now) noexcept {
  advance(now);
  if (mark.answered == epoch_) return;
  mark.answered = epoch_;
  ++active_;
}

bool ThrottleSpread::throttled(Mark& mark, SteadyTime now) noexcept {
  answered(mark, now);
  if (mark.throttled != epoch_) {
    mark.throttled = epoch_;
    ++throttled_;
  }
  return 4 * throttled_ > std::max(active_, active_before_);
}

}  // namespace s3m::transfer
