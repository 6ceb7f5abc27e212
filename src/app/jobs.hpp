// jobs.hpp: the commands `s3migrator jobs ...`.
//
// Layer      app.
#pragma once

#include "app/arguments.hpp"
#include "aws/config.hpp"

namespace s3m::app {

// Runs list, show, pause, cancel, failures, report or delete with all it prints; gives the exit
// code: 0, or 1 where the job is not known or the store refuses, or 2 as for any command.
int run_jobs(const Arguments& arguments, const aws::Environment& environment);

// Of `jobs resume` and `jobs retry`, `undo` and `cleanup JOB`: the job's own command, to be run
// under its id, with the output and the store of this one. The files that it names are named
// whole: it may have been given in another directory.
// Errors: not_found, refused, config; else those of the store.
Result<Arguments> take_up(const Arguments& arguments, const aws::Environment& environment);

}  // namespace s3m::app
