// demo.hpp: a copy between two accounts of a cloud that runs inside this program.
//
// Layer      app; the only file of it that includes sim.
#pragma once

#include "app/arguments.hpp"

namespace s3m::app {

// Starts the simulated cloud, shows that the copy is refused without a grant, copies with one,
// shows that nothing of the grant is left. Of `arguments` only the output options are used.
//
// Gives   the copy's exit code; 1 if the cloud does not behave as the demo says.
int run_demo(const Arguments& arguments);

}  // namespace s3m::app
