#include "app/cleanup.hpp"

#include <iostream>
#include <unistd.h>

#include <fmt/format.h>

#include "app/say.hpp"
#include "app/typed_line.hpp"
#include "base/text.hpp"
#include "workflow/cleanup_job.hpp"
#include "workflow/job_hold.hpp"
#include "workflow/migration_cleanup.hpp"

namespace s3m::app {
namespace {

Outcome ended(Engine& engine, const Error& error) {
  auto outcome = failed_outcome(error, engine.cancel().cancelled());
  engine.context().events.emit(outcome.summary);
  return outcome;
}

bool ask(const workflow::DiscardQuestion& question) {
  forget_typed(STDIN_FILENO);
  say(stderr,
      "\nThe temporary bucket s3://{0} is now emptied of all that is seen to be in s3://{1}, "
      "and deleted. To go on, type its name ({0}): ",
      printable(question.temporary_bucket), printable(question.living_bucket));
  std::string typed;
  return std::getline(std::cin, typed) && typed == question.temporary_bucket;
}

workflow::ConfirmDiscard confirm_for(const Arguments& arguments) {
  const bool somebody = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  if (!somebody || arguments.output.json) return nullptr;
  return ask;
}

net::Task<SummaryEvent> clean_up_migration(Engine& engine, const Arguments& arguments,
                                           store::JobRecord job) {
  auto spec = arguments.migration;
  spec.copy = arguments.spec;
  workflow::MigrationCleanup cleanup(engine.context(), std::move(job), *engine.source(),
                                     engine.destination(), std::move(spec), confirm_for(arguments));
  co_return co_await cleanup.run();
}

net::Task<SummaryEvent> clean_up_copy(Engine& engine, const Arguments& arguments) {
  const auto mode = arguments.spec.grant.value_or(workflow::GrantMode::destination_policy);
  auto cleaned = co_await workflow::clean_up_copy(engine.context(), *engine.source(),
                                                  engine.destination(), mode);
  if (!cleaned) co_return ended(engine, cleaned.error()).summary;
  co_return workflow::tell_cleanup(engine.context().events, *cleaned);
}

}  // namespace

net::Task<Outcome> cleanup(Engine& engine, const Arguments& arguments) {
  auto cleaned = co_await workflow::run_cleanup(engine.context(), engine.destination(),
                                                arguments.migration.confirm_delete);
  if (!cleaned) co_return ended(engine, cleaned.error());
  co_return Outcome{workflow::tell_cleanup(engine.context().events, *cleaned), {}};
}

net::Task<Outcome> cleanup_job(Engine& engine, const Arguments& arguments) {
  workflow::JobHold hold(engine.context());
  auto job = co_await hold.begin(
      workflow::to_json(arguments.spec, *engine.source(), engine.destination()));
  if (!job) co_return ended(engine, job.error());
  const bool moves = arguments.job_verb == Verb::migrate;
  auto summary = moves ? co_await clean_up_migration(engine, arguments, *std::move(job))
                       : co_await clean_up_copy(engine, arguments);
  co_await hold.end();
  co_return Outcome{std::move(summary), {}};
}

}  // namespace s3m::app
