// adopt.hpp: the command `s3migrator adopt`: a migration goes on from its temporary bucket alone.
//
// Layer      app.
#pragma once

#include <string>
#include <vector>

#include "app/engine.hpp"
#include "app/run.hpp"

namespace s3m::app {

// Reads the record of the bucket that `arguments` name, and gives the command of the migration it
// is about: `adopted` and `job` are set, and its words are those by which the job goes on from now
// on. Errors: as workflow::find_record(); protocol for options that no migration has; usage for
// words
//         that make no command with those of the record.
Result<Arguments> with_record(const Arguments& arguments, const aws::Environment& environment);

// Tells the store what the record says, and goes on as `jobs resume` would; with --dry-run it says
// what it would go on with.
net::Task<Outcome> adopt(Engine& engine, const Arguments& arguments);

// What belongs into the record of a migration: the options that make it what it is.
std::vector<std::string> options_of_the_job(const Arguments& arguments);

}  // namespace s3m::app
