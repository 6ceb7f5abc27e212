// demo.hpp: a copy between two accounts of a cloud that runs inside this program.
//
// Layer      app; demo.cpp is the only file of it that includes sim.
#pragma once

#include "app/arguments.hpp"

namespace s3m::app {

// Starts the simulated cloud, shows that the copy is refused without a grant, copies with one,
// shows that nothing of the grant is left, moves a bucket, and opens the console on all that
// (demo_console.hpp). Of `arguments` only the output options and those of `serve` are used.
//
// Gives   the copy's exit code; 1 if the cloud or the console does not behave as the demo says.
int run_demo(const Arguments& arguments);

}  // namespace s3m::app
