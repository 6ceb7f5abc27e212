// serve_options.hpp: the options of `s3migrator serve`.
//
// Layer  app; pure.
#pragma once

#include <vector>

#include "app/options.hpp"

namespace s3m::app {

std::vector<OptionSpec> serve_options();
// Those of the console that `s3migrator demo` opens.
std::vector<OptionSpec> demo_options();

// What no option of it can see alone. Errors: usage, one sentence.
Result<void> check_serve(const ServeArguments& arguments);

}  // namespace s3m::app
