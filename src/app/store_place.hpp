// store_place.hpp: which store a command uses.
//
// Layer  app.
#pragma once

#include <string>

#include "app/arguments.hpp"
#include "aws/config.hpp"

namespace s3m::app {

// --store, else S3MIGRATOR_STORE, else the default place.
// Errors: config.
Result<std::string> store_url(const Arguments& arguments, const aws::Environment& environment);

}  // namespace s3m::app
