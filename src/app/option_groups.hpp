// option_groups.hpp: the options that several commands share, in the groups of their help texts.
//
// Layer  app; pure.
#pragma once

#include <string>
#include <vector>

#include "app/options.hpp"

namespace s3m::app {

using Options = std::vector<OptionSpec>;

// identity_options.cpp: who signs, where, and how the sides get at each other.
Options identity_options();  // of both sides
Options bucket_options();    // of a command about one bucket
Options migrator_option();
Options grant_options();

// copy_options.cpp: what is copied, and how.
Options filter_options();
Options versions_option(bool copies);
Options write_options();
Options part_options();
Options restore_options();
Options attribute_options();
Options delete_options();

}  // namespace s3m::app
