// throttle_spread.hpp: whether a 503 is the trouble of one range of keys or of the whole job.
//
// Layer      transfer; pure: the caller gives the time, which never goes back.
// Source     design, section 5: one hot partition must not halve the job.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace s3m::transfer {

// Counts, in epochs of a quarter of a second, the flows that had answers and those of them that
// were throttled.
class ThrottleSpread {
 public:
  // What a flow keeps for it.
  struct Mark {
    std::uint64_t answered = 0, throttled = 0;  // the epochs in which it was counted last
  };

  void answered(Mark& mark, SteadyTime now) noexcept;
  // Gives true when more than a quarter of the active flows are throttled.
  bool throttled(Mark& mark, SteadyTime now) noexcept;

 private:
  void advance(SteadyTime now) noexcept;

  std::uint64_t epoch_ = 1;
  SteadyTime began_{};
  std::uint32_t active_ = 0, active_before_ = 0, throttled_ = 0;
};

}  // namespace s3m::transfer
