#include "app/migrate.hpp"

#include <algorithm>
#include <filesystem>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "app/adopt.hpp"
#include "app/job_command.hpp"
#include "app/job_limits.hpp"
#include "app/migration_plan_text.hpp"
#include "app/migration_text.hpp"
#include "app/say.hpp"
#include "app/store_place.hpp"
#include "app/typed_line.hpp"
#include "base/text.hpp"
#include "workflow/job_run.hpp"
#include "workflow/migration_job.hpp"
#include "workflow/migration_plan.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/moved_bucket.hpp"
#include "workflow/report.hpp"
#include "workflow/undo_job.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

constexpr std::string_view kind = "migrate";
// Far more than anybody has at once that have not ended.
constexpr std::size_t looked_through = 1000;

std::string spec_of(Engine& engine, const Arguments& arguments) {
  return workflow::to_json(arguments.spec, *engine.source(), engine.destination());
}

workflow::JobStart start_of(Engine& engine, const Arguments& arguments) {
  std::error_code unknown;
  const auto directory = std::filesystem::current_path(unknown);
  return {.kind = std::string(kind),
          .spec = spec_of(engine, arguments),
          .command = encode({directory.string(), arguments.words}),
          .again = arguments.again,
          .keep_steps = true};
}

std::string no_more(const workflow::JobContext& context) {
  switch (context.stop) {
    case workflow::Stop::paused:
      return "the job was paused by another process";
    case workflow::Stop::cancelled:
      return "the job was cancelled by another process";
    case workflow::Stop::displaced:
      return single_line(context.stop_message);
    case workflow::Stop::interrupted:
      break;
  }
  return "the job was interrupted";
}

// Where somebody sits who can be asked: the name is typed, nothing less.
net::Task<bool> ask(workflow::ConfirmationQuestion question, workflow::JobContext& context) {
  forget_typed(STDIN_FILENO);
  say(stderr,
      "\n{}\nThe bucket is now emptied and deleted, and made anew in its new place.\n"
      "To go on, type its name: ",
      confirmation_text(question));
  const auto typed = co_await typed_line(STDIN_FILENO, context.cancel);
  if (context.cancel.cancelled()) {
    say(stderr, "\nNo answer is waited for any more: {}. Nothing was deleted.\n", no_more(context));
    co_return false;
  }
  co_return typed == question.bucket;
}

// The very question that was shown: who confirms has to know of all that stands in it.
net::Task<bool> is_that(workflow::ConfirmationQuestion question, std::string shown) {
  co_return workflow::id_of(question) == shown&& question.uploads_told;
}

// `asked` and `context` outlive what is given.
workflow::Confirm confirm_for(const Arguments& arguments, workflow::JobContext& context,
                              bool& asked) {
  if (!arguments.confirmed_question.empty()) {
    return [shown = arguments.confirmed_question](workflow::ConfirmationQuestion question) {
      return is_that(std::move(question), shown);
    };
  }
  const bool somebody = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
  if (!somebody || arguments.output.json) return nullptr;
  return [&context, &asked](workflow::ConfirmationQuestion question) {
    asked = true;
    return ask(std::move(question), context);
  };
}

// The files, or what writes them.
std::string report_words(const Engine& engine, const Arguments& arguments) {
  const auto files = workflow::report_files(arguments.spec.report);
  std::string words;
  for (const auto& file : {files.json, files.csv, files.html})
    if (!file.empty()) words += (words.empty() ? "" : ", ") + printable(file);
  if (!words.empty()) return words;
  return jobs_command(arguments, "report", engine.job_id()) + " --format html > report.html";
}

workflow::MigrationSpec migration_spec(const Arguments& arguments) {
  auto spec = arguments.migration;
  spec.copy = arguments.spec;
  spec.options = options_of_the_job(arguments);
  spec.confirmed_by = arguments.confirmed_by;
  spec.confirmed_how = arguments.confirmed_how;
  return spec;
}

Outcome ended(Engine& engine, const Error& error) {
  auto outcome = failed_outcome(error, engine.cancel().cancelled());
  engine.context().events.emit(outcome.summary);
  return outcome;
}

bool is_of(const store::JobRecord& job, const Arguments& arguments) {
  if (job.kind != kind || job.state == store::JobState::cancelled) return false;
  if (job.state == store::JobState::done && job.exit_code == 0) return false;
  boost::json::error_code unreadable;
  const auto spec = boost::json::parse(job.spec, unreadable);
  const auto* const object = spec.if_object();
  const auto* const source = object == nullptr ? nullptr : object->if_contains("source");
  if (source == nullptr || !source->is_object()) return false;
  const auto* const location = source->get_object().if_contains("location");
  return location != nullptr && location->is_string() &&
         location->get_string() == printable(arguments.source.uri());
}

// One that was refused before it made anything: the next may well be another's, with other roles.
bool ended_untouched(store::Store& store, const store::JobRecord& job) {
  if (job.state != store::JobState::failed) return false;
  const auto temporary = store.fact(job.id, workflow::fact::temporary);
  return temporary && temporary->value_or("").empty();
}

// For who says the same again after it ended well. nullopt: there is a bucket to be moved.
net::Task<std::optional<Outcome>> already_moved(Engine& engine, const Arguments& arguments) {
  auto& context = engine.context();
  auto moved = co_await workflow::moved_before(context, *engine.source(), engine.destination(),
                                               spec_of(engine, arguments));
  if (!moved) co_return ended(engine, moved.error());
  if (!*moved) co_return std::nullopt;
  Outcome outcome;
  outcome.summary.outcome = (*moved)->there ? "already-moved" : "fatal";
  outcome.summary.exit_code = (*moved)->there ? workflow::exit_verified : workflow::exit_fatal;
  outcome.summary.message = workflow::moved_text(arguments.source.bucket, **moved);
  context.events.emit(outcome.summary);
  co_return outcome;
}

}  // namespace

net::Task<Outcome> migrate(Engine& engine, const Arguments& arguments) {
  if (!arguments.again) {
    auto moved = co_await already_moved(engine, arguments);
    if (moved) co_return *std::move(moved);
  }
  if (arguments.keep_limits) {
    engine.context().begin_facts.emplace_back(console::limits_fact,
                                              console::text_of(limits_of(arguments)));
  }
  workflow::JobRun run(engine.context());
  auto begun = co_await run.begin(start_of(engine, arguments));
  if (!begun) co_return ended(engine, begun.error());
  run.context().events.emit(opening_note(engine, arguments));
  bool asked = false;
  workflow::MigrationJob job(run.context(), *engine.source(), engine.destination(),
                             migration_spec(arguments),
                             confirm_for(arguments, run.context(), asked));
  auto summary = co_await job.run();
  co_await run.end(summary);
  // Who was asked has just read it.
  const bool read = asked && summary.awaits_confirmation && !run.context().cancel.cancelled();
  auto text = read ? "" : migration_end_text(summary, report_words(engine, arguments));
  co_return Outcome{std::move(summary), std::move(text)};
}

net::Task<Outcome> undo(Engine& engine, const Arguments& arguments) {
  workflow::JobRun run(engine.context());
  auto begun = co_await run.begin(start_of(engine, arguments));
  if (!begun) co_return ended(engine, begun.error());
  run.context().events.emit(opening_note(engine, arguments));
  workflow::UndoJob job(run.context(), *engine.source(), engine.destination(),
                        migration_spec(arguments));
  auto summary = co_await job.run();
  co_await run.end(summary);
  co_return Outcome{std::move(summary), {}};
}

net::Task<Outcome> plan_migration(Engine& engine, const Arguments& arguments) {
  auto moved = co_await already_moved(engine, arguments);
  if (moved) co_return *std::move(moved);
  auto found = co_await workflow::migration_preflight(
      engine.context(), *engine.source(), engine.destination(),
      {.copy = arguments.spec,
       .prefix = arguments.source.prefix,
       .rewrites = arguments.migration.rewrites,
       .source_is_quiet = arguments.migration.source_is_quiet,
       .rename = arguments.migration.rename},
      arguments.migration.keep_temporary_days, workflow::PlanFigures::told);
  if (!found) co_return ended(engine, found.error());
  Outcome outcome;
  outcome.text = migration_plan_text(found->event);
  auto possible = workflow::check_refusals(arguments.source.bucket, found->refusals);
  if (!possible) {
    auto refused = ended(engine, possible.error());
    refused.text = std::move(outcome.text);
    co_return refused;
  }
  outcome.summary.outcome = "planned";
  outcome.summary.objects = found->plan.source_objects;
  outcome.summary.bytes = found->plan.source_bytes;
  outcome.summary.requests = engine.context().runtime.counters.requests;
  outcome.summary.message = "Nothing was changed";
  engine.context().events.emit(outcome.summary);
  co_return outcome;
}

Result<Arguments> with_unfinished_migration(const Arguments& arguments,
                                            const aws::Environment& environment) {
  auto url = store_url(arguments, environment);
  if (!url) return forward(url);
  auto store = store::open_store({.url = *url});
  if (!store) return forward(store);
  auto jobs = (*store)->jobs(looked_through);
  if (!jobs) return forward(jobs);
  auto command = arguments;
  const auto found = std::ranges::find_if(*jobs, [&](const auto& job) {
    return is_of(job, arguments) && !ended_untouched(**store, job);
  });
  if (found == jobs->end()) return command;
  command.job = found->id;
  command.again = workflow::Again::resume;
  command.attempt = found->attempt + 1;
  auto limits = console::limits_of_job(**store, found->id);
  if (!limits) return forward(limits);
  if (*limits) set_unnamed_limits(command, **limits);
  return command;
}

}  // namespace s3m::app
