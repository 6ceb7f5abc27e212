// monitor_options.hpp: the options of `s3migrator monitor`.
//
// Layer  app; pure.
#pragma once

#include "app/option_groups.hpp"

namespace s3m::app {

Options monitor_options();

}  // namespace s3m::app
