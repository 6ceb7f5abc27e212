// steady.hpp: the steady clock to a few milliseconds, for deadlines that are set on every request.
//
// Layer  net; thread-safe.
#pragma once

#include <chrono>
#include <time.h>

#include "base/time.hpp"

namespace s3m::net {

// steady_clock::now() as of the kernel's last tick: never ahead of it, at most about 10 ms behind,
// and several times cheaper.
inline SteadyTime coarse_now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return SteadyTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace s3m::net
