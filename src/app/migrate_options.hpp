// migrate_options.hpp: the options that only a migration has.
//
// Layer  app; pure.
#pragma once

#include <vector>

#include "app/options.hpp"

namespace s3m::app {

std::vector<OptionSpec> migration_options();
std::vector<OptionSpec> undo_options();

}  // namespace s3m::app
