// earlier_runs.hpp: what the runs of a job before its last one did, so that figures can be those of
// the whole job.
//
// Layer      workflow.
// Threading  on the store's thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "store/store.hpp"

namespace s3m::workflow {

// Of a run that was killed: what it told last.
struct EarlierRuns {
  std::uint64_t runs = 0;
  double seconds = 0;  // in which it ran, not between them
  std::uint64_t copied = 0, copied_bytes = 0, deleted = 0;
  std::uint64_t requests = 0, retried = 0, throttled = 0;
  friend bool operator==(const EarlierRuns&, const EarlierRuns&) = default;
};

// None in the first run, and after one that had ended well: the next begins anew.
// Errors: those of the store.
Result<EarlierRuns> earlier_runs(store::Store& store, const std::string& job_id);

// Adds the job's last run to them, or forgets them all where the next begins `anew`. Called before
// the figures of that run are cleared. Errors: those of the store.
Result<void> count_last_run(store::Store& store, const std::string& job_id, bool anew);

boost::json::object to_json(const EarlierRuns& runs);

}  // namespace s3m::workflow
