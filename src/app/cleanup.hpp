// cleanup.hpp: the command `cleanup`, of a bucket and of a job.
//
// Layer      app.
// Threading  one loop.
#pragma once

#include "app/engine.hpp"
#include "app/run.hpp"

namespace s3m::app {

// As run.hpp says of commands.
net::Task<Outcome> cleanup(Engine& engine, const Arguments& arguments);
// `arguments` are the job's own, as take_up() gives them. The job's record stays as it is, but that
// a migration which could have been gone on with is cancelled.
net::Task<Outcome> cleanup_job(Engine& engine, const Arguments& arguments);

}  // namespace s3m::app
