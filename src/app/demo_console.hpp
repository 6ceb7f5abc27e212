// demo_console.hpp: the console at the end of the demo, on its simulated cloud.
//
// Layer      app.
#pragma once

#include <string>

#include "app/arguments.hpp"
#include "aws/config.hpp"

namespace s3m::app {

// Where somebody sits at a terminal: serves until Ctrl-C, having said where, with which token, and
// what to try with `bucket`. Else (a script, CI): asks the console once whether it answers, says
// so, and ends. Of `arguments` the output options, the store and those of `serve` are used.
//
// Gives   0; 1 where the console cannot listen or does not answer as it should.
int run_demo_console(const Arguments& arguments, const aws::Environment& environment,
                     const std::string& bucket);

}  // namespace s3m::app
