// migrate.hpp: the command `s3migrator migrate`.
//
// Layer      app.
#pragma once

#include "app/engine.hpp"
#include "app/run.hpp"

namespace s3m::app {

// Moves a bucket, as a job: from where the store says it is.
net::Task<Outcome> migrate(Engine& engine, const Arguments& arguments);

// Takes one back.
net::Task<Outcome> undo(Engine& engine, const Arguments& arguments);

// What it would do, what it would cost, and what stands against it.
net::Task<Outcome> plan_migration(Engine& engine, const Arguments& arguments);

// The same command again takes up the migration of that bucket which has not ended: then `again`,
// `job` and `attempt` are set. Errors: those of the store.
Result<Arguments> with_unfinished_migration(const Arguments& arguments,
                                            const aws::Environment& environment);

}  // namespace s3m::app
