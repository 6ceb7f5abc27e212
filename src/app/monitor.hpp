// monitor.hpp: the command `s3migrator monitor`: how far the jobs of a store are, by their logs in
// CloudWatch, and whether their tasks live.
//
// Layer      app.
// Source     docs/adr/0024-the-monitor.md
//
// As a command it looks once. Where AWS_LAMBDA_RUNTIME_API says that this is a function of Lambda,
// it looks once for each invocation.
#pragma once

#include "app/arguments.hpp"
#include "aws/config.hpp"

namespace s3m::app {

// Gives the exit code: 0; 1 where something of it could not be done, which is said; 2 as for any
// command.
int run_monitor(const Arguments& arguments, const aws::Environment& environment);

}  // namespace s3m::app
