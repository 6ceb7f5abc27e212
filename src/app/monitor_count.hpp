// monitor_count.hpp: the two sides of a job counted beside it, with the job's own roles.
//
// Layer      app.
// Threading  the calling thread waits.
#pragma once

#include "app/arguments.hpp"
#include "aws/config.hpp"
#include "base/time.hpp"
#include "workflow/job_count.hpp"

namespace s3m::app {

// Goes on with `count` until `deadline`. `store` is the URL that the monitor was given.
//
// Errors  refused where the job does not know its command line; those of Engine::make and
//         workflow::count_places; cancelled where a request was in flight at the deadline. What was
//         counted stands in `count` in any case.
Result<void> count_job(const std::string& store, const std::string& job,
                       const aws::Environment& environment, SteadyTime deadline,
                       workflow::JobCount& count);

}  // namespace s3m::app
