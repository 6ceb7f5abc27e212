#include "sim/latency.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace s3m::sim {

Latencies::Latencies(std::vector<LatencySpec> specs) {
  for (auto& spec : specs) {
    std::vector<Time> free_at(spec.servers);
    lines_.push_back({std::move(spec), std::move(free_at)});
  }
}

std::chrono::microseconds Latencies::of(std::string_view operation, bool worked_on, WallTime now,
                                        Faults& random) {
  const auto line = std::ranges::find_if(
      lines_, [&](const Line& each) { return glob_match(each.spec.operation, operation); });
  if (line == lines_.end()) return std::chrono::microseconds(0);
  const auto work = line->spec.fixed + random.jitter(line->spec.jitter);
  auto& free_at = line->free_at;
  if (free_at.empty() || !worked_on) return work;
  std::ranges::pop_heap(free_at, std::greater<>());
  free_at.back() = std::max(free_at.back(), Time(now)) + work;
  const auto done = free_at.back();
  std::ranges::push_heap(free_at, std::greater<>());
  return done - now;
}

}  // namespace s3m::sim
