// metrics.hpp: figures for Prometheus, in its text format 0.0.4.
//
// Layer      console.
// Threading  the counters on one loop; jobs_metrics() on the store's thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "console/job_document.hpp"

namespace s3m::console {

// Of the server itself.
struct ServerCounters {
  std::array<std::uint64_t, 6> replies{};  // by the first digit of their status
  std::uint64_t refused_tokens = 0;
  std::size_t sessions = 0, streams = 0;
};
std::string server_metrics(const ServerCounters& counters);

// Of the jobs in the store: how many there are by state, and the figures of those that run.
// Errors: those of the store.
Result<std::string> jobs_metrics(store::Store& store);

}  // namespace s3m::console
