#include "workflow/estimates.hpp"

#include <algorithm>

namespace s3m::workflow {

PlanRange time_at(std::string what, double requests, Speed speed) {
  return {std::move(what), requests / speed.fast, requests / speed.slow};
}

PlanRange time_of_copies(std::string what, std::uint64_t writes, std::uint64_t bytes) {
  const auto requests = static_cast<double>(writes), data = static_cast<double>(bytes);
  return {std::move(what), std::max(requests / copy_speed.fast, data / byte_speed.fast),
          std::max(requests / copy_speed.slow, data / byte_speed.slow)};
}

PlanRange total_of(const std::vector<PlanRange>& parts) {
  PlanRange total;
  for (const auto& part : parts) {
    total.low += part.low;
    total.high += part.high;
  }
  return total;
}

}  // namespace s3m::workflow
