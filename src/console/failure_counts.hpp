// failure_counts.hpp: how many failures jobs have, by cause, counted on as more are recorded.
//
// Layer      console.
// Threading  on the store's thread.
// Memory     one entry a cause, of the last `most_jobs` jobs that were asked about.
//
// A page asks again and again while a job runs: each failure is read once, not at each question.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "store/store.hpp"
#include "workflow/failure_log.hpp"

namespace s3m::console {

class FailureCounts {
 public:
  static constexpr std::size_t most_jobs = 64, most_groups = 1000;

  struct Counts {
    std::uint64_t total = 0;
    std::vector<workflow::FailureGroup> groups;  // as FailureLog::groups() sorts them
  };
  // Of the job's latest attempt, without those that a later pass has answered. Errors: not_found;
  // those of the store.
  Result<Counts> of(store::Store& store, const std::string& id);

 private:
  using Cause = std::tuple<std::string, std::string, std::string, int>;
  struct Known {
    int attempt = 0;
    std::uint64_t settled = 0, total = 0;
    std::map<Cause, workflow::FailureGroup> groups;
  };
  static void add(Known& known, const store::FailureRecord& failure);

  std::map<std::string, Known> jobs_;
};

}  // namespace s3m::console
