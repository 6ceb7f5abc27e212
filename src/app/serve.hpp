// serve.hpp: the command `s3migrator serve`.
//
// Layer      app.
#pragma once

#include "app/arguments.hpp"
#include "aws/config.hpp"

namespace s3m::app {

// Runs the console until SIGINT or SIGTERM. Gives the exit code: 0, 1 where it cannot listen or the
// store cannot be opened, 2 as for any command.
int run_serve(const Arguments& arguments, const aws::Environment& environment);

}  // namespace s3m::app
