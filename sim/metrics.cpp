#include "sim/metrics.hpp"

#include <algorithm>

namespace s3m::sim {
namespace {

template <class Map>
void increment(Map& map, std::string_view name) {
  const auto found = map.find(name);
  if (found != map.end()) {
    ++found->second;
  } else {
    map.emplace(name, 1);
  }
}

template <class Map>
std::uint64_t value(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? 0 : found->second;
}

}  // namespace

void Metrics::request_begins() {
  ++in_flight_;
  most_in_flight_ = std::max(most_in_flight_, in_flight_);
}

void Metrics::request_ends() {
  --in_flight_;
}

void Metrics::count(std::string_view operation, int status, std::string_view error) {
  ++requests_;
  ++by_status_[status];
  increment(by_operation_, operation);
  if (!error.empty()) increment(by_error_, error);
}

std::uint64_t Metrics::requests(std::string_view operation) const {
  return value(by_operation_, operation);
}

std::uint64_t Metrics::errors(std::string_view code) const {
  return value(by_error_, code);
}

void Metrics::reset() {
  requests_ = 0;
  most_in_flight_ = in_flight_;
  by_operation_.clear();
  by_error_.clear();
  by_status_.clear();
  records_.clear();
}

}  // namespace s3m::sim
