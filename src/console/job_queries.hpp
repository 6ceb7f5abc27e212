// job_queries.hpp: what may be asked of jobs without changing them.
//
// Layer      console.
// Threading  on the store's thread.
#pragma once

#include <string>

#include "console/failure_counts.hpp"
#include "console/job_document.hpp"
#include "console/reply.hpp"

namespace s3m::console {

struct JobFilter {
  std::string states;  // words of JobView::state(), separated by commas; empty: any
  std::string kind;    // empty: any
  std::string part;    // of an id or a location, in any case of letters; empty: any
  std::size_t limit = 50;
  std::string after;  // the id of the last job of the page before
};
// Among the newest jobs so many are looked through.
inline constexpr std::size_t most_jobs_looked_through = 10'000;

Reply list_jobs(store::Store& store, const JobFilter& filter, const Executor& executor);

Reply list_events(store::Store& store, const std::string& id, store::EventPosition after,
                  std::size_t limit);

Reply list_samples(store::Store& store, const std::string& id, std::size_t most);

struct FailureFilter {
  std::string part;  // of a key, a message, a code, an operation or a request id, in any case
  std::string code;
  std::size_t limit = 100, offset = 0;  // among those that match
};
Reply list_failures(store::Store& store, const std::string& id, const FailureFilter& filter,
                    FailureCounts& counts);
Reply group_failures(store::Store& store, const std::string& id, FailureCounts& counts);

// All failures in one file. `type`: "csv" or "json".
Reply failures_file(store::Store& store, const std::string& id, std::string_view type);
// The report of a job that has ended. `type`: "json", "csv" or "html".
Reply report_file(store::Store& store, const std::string& id, std::string_view type,
                  const std::string& program);

}  // namespace s3m::console
