#include "app/engine.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/job_limits.hpp"
#include "app/open_files.hpp"
#include "base/version.hpp"

namespace s3m::app {
namespace {

// A job goes on by its name from wherever its store is seen.
std::string resume_command(const Arguments& arguments, const std::string& job_id) {
  const bool is_job = arguments.verb == Verb::copy || arguments.verb == Verb::migrate;
  if (!is_job || arguments.dry_run) return shell_command(arguments.words);
  return jobs_command(arguments, "resume", job_id);
}

// None for a migration, which has its bucket on both sides (session_policy.hpp).
transfer::Location other_bucket(const Arguments& arguments) {
  const bool moves = arguments.verb == Verb::migrate || arguments.verb == Verb::undo ||
                     (arguments.verb == Verb::cleanup_job && arguments.job_verb == Verb::migrate);
  return moves ? transfer::Location() : arguments.destination;
}

std::string user_agent() {
  return fmt::format("s3migrator/{}", version);
}

}  // namespace

std::string program_name() {
  return fmt::format("s3migrator {} ({})", version, version_commit);
}

Result<std::unique_ptr<Engine>> Engine::make(const Arguments& arguments,
                                             const aws::Environment& environment, EventSink& events,
                                             std::string job_id) {
  auto opening = open_for(arguments, environment);
  if (!opening) return forward(opening);
  std::unique_ptr<Engine> engine(
      new Engine(arguments, environment, *std::move(opening), events, std::move(job_id)));
  auto prepared = engine->prepare_sides(arguments);
  if (!prepared) return forward(prepared);
  return engine;
}

Engine::Engine(const Arguments& arguments, const aws::Environment& environment, Opening opening,
               EventSink& events, std::string job_id)
    : cancel_(loop_),
      http_(loop_, std::move(opening.http)),
      control_{.loop = loop_, .http = http_, .user_agent = user_agent()},
      work_{.loop = loop_, .http = http_, .cancel = &cancel_, .user_agent = user_agent()},
      governor_(loop_,
                governor_options(limits_of(arguments),
                                 {.in_flight = connections_allowed(), .per_second = {}}),
                cancel_),
      store_(std::move(opening.store)),
      environment_(environment),
      config_(std::move(opening.config)),
      identities_(control_, environment_, config_, arguments.migrator_role_arn, job_id),
      context_{.loop = loop_,
               .runtime = work_,
               .aftermath = control_,
               .governor = governor_,
               .cancel = cancel_,
               .store = store_,
               .events = events,
               .job_id = std::move(job_id),
               .program = program_name(),
               .source_cleanup_command =
                   cleanup_command(arguments, arguments.source_side, arguments.source.bucket),
               .destination_cleanup_command = cleanup_command(arguments, arguments.destination_side,
                                                              arguments.destination.bucket)} {
  context_.resume_command = resume_command(arguments, context_.job_id);
  if (arguments.verb == Verb::migrate) {
    context_.undo_command = undo_command(arguments, context_.job_id);
  }
}

Result<void> Engine::prepare_sides(const Arguments& arguments) {
  const bool cleans = arguments.verb == Verb::cleanup;
  if (!cleans && arguments.verb != Verb::adopt) {
    auto source = identities_.access({.name = "source",
                                      .options = "--source-",
                                      .location = arguments.source,
                                      .arguments = arguments.source_side,
                                      .source = arguments.source,
                                      .destination = other_bucket(arguments),
                                      .renamed = arguments.migration.rename});
    if (!source) return forward(source);
    source_ = *std::move(source);
  }
  auto destination = identities_.access({.name = cleans ? "bucket" : "destination",
                                         .options = cleans ? "--" : "--destination-",
                                         .location = arguments.destination,
                                         .arguments = arguments.destination_side,
                                         .source = arguments.source,
                                         .destination = other_bucket(arguments),
                                         .renamed = arguments.migration.rename});
  if (!destination) return forward(destination);
  destination_ = *std::move(destination);
  return ok;
}

void Engine::abandon() {
  cancel_.cancel();
  http_.cancel_all();
}

void Engine::close() {
  http_.close();
}

}  // namespace s3m::app
