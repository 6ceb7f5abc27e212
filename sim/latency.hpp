// latency.hpp: how long the service works on a request, and how long the request queues before.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sim/faults.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {

class Latencies {
 public:
  Latencies(std::vector<LatencySpec> specs = {});

  // Of a request that comes at `now`. One that is refused because of the load is not worked on, so
  // it does not queue.
  std::chrono::microseconds of(std::string_view operation, bool worked_on, WallTime now,
                               Faults& random);

 private:
  using Time = std::chrono::sys_time<std::chrono::microseconds>;
  struct Line {
    LatencySpec spec;
    std::vector<Time> free_at;  // a heap, the earliest first: when each server has done its work
  };
  std::vector<Line> lines_;
};

}  // namespace s3m::sim
