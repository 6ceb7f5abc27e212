#include "app/run.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <poll.h>
#include <unistd.h>
#include <utility>
#include <variant>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "app/adopt.hpp"
#include "app/cleanup.hpp"
#include "app/copy_plan_text.hpp"
#include "app/demo.hpp"
#include "app/engine.hpp"
#include "app/figures_text.hpp"
#include "app/held_signals.hpp"
#include "app/interrupts.hpp"
#include "app/job_command.hpp"
#include "app/jobs.hpp"
#include "app/migrate.hpp"
#include "app/migration_text.hpp"
#include "app/monitor.hpp"
#include "app/own_task.hpp"
#include "app/say.hpp"
#include "app/schedule_on.hpp"
#include "app/serve.hpp"
#include "app/sinks.hpp"
#include "app/task_order.hpp"
#include "app/text_width.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "workflow/copy_job.hpp"
#include "workflow/job_run.hpp"
#include "workflow/plan_job.hpp"
#include "workflow/verdict.hpp"
#include "workflow/verify_job.hpp"

namespace s3m::app {
namespace {

using Command = net::Task<Outcome> (*)(Engine& engine, const Arguments& arguments);

workflow::JobStart job_start(Engine& engine, const Arguments& arguments) {
  std::error_code unknown;
  const auto directory = std::filesystem::current_path(unknown);
  return {.kind = "copy",
          .spec = workflow::to_json(arguments.spec, *engine.source(), engine.destination()),
          .command = encode({directory.string(), arguments.words}),
          .again = arguments.again,
          .chosen = arguments.failures};
}

net::Task<Outcome> copy(Engine& engine, const Arguments& arguments) {
  workflow::JobRun run(engine.context());
  auto begun = co_await run.begin(job_start(engine, arguments));
  if (!begun) {
    auto outcome = failed_outcome(begun.error(), false);
    engine.context().events.emit(outcome.summary);
    co_return outcome;
  }
  run.context().events.emit(opening_note(engine, arguments));
  workflow::CopyJob job(run.context(), *engine.source(), engine.destination(), arguments.spec);
  auto summary = co_await job.run();
  co_await run.end(summary);
  auto text = summary_text(summary);
  co_return Outcome{std::move(summary), std::move(text)};
}

net::Task<Outcome> plan(Engine& engine, const Arguments& arguments) {
  auto found = co_await workflow::run_plan(engine.context(), *engine.source(), engine.destination(),
                                           arguments.spec);
  auto& events = engine.context().events;
  if (!found) {
    auto outcome = failed_outcome(found.error(), engine.cancel().cancelled());
    events.emit(outcome.summary);
    co_return outcome;
  }
  Outcome outcome;
  outcome.summary.outcome = "planned";
  outcome.summary.objects = found->objects;
  outcome.summary.bytes = found->bytes;
  outcome.summary.requests = engine.context().runtime.counters.requests;
  outcome.summary.message = "Nothing was changed";
  outcome.text = plan_table(*found);
  events.emit(outcome.summary);
  co_return outcome;
}

net::Task<Outcome> verify(Engine& engine, const Arguments& arguments) {
  auto summary = co_await workflow::run_verify(engine.context(), *engine.source(),
                                               engine.destination(), arguments.spec);
  auto text = summary_text(summary);
  co_return Outcome{std::move(summary), std::move(text)};
}

Command command_of(const Arguments& arguments) {
  switch (arguments.verb) {
    case Verb::copy:
      return arguments.dry_run ? plan : copy;
    case Verb::migrate:
      if (arguments.adopted) return adopt;
      return arguments.dry_run ? plan_migration : migrate;
    case Verb::undo:
      return undo;
    case Verb::plan:
      return plan;
    case Verb::verify:
      return verify;
    case Verb::cleanup_job:
      return cleanup_job;
    default:
      return cleanup;
  }
}

// What was told there did not arrive, and not because the reader had enough (`| head`).
bool output_is_lost() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return false;
  pollfd reader{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  const bool gone = ::poll(&reader, 1, 0) == 1 && (reader.revents & ~POLLOUT) != 0;
  return !gone;
}

// A migration keeps its freeze and its grant while it is paused: without them it could not go on
// from where it is.
InterruptWords interrupt_words(Engine& engine, const Arguments& arguments) {
  if (arguments.verb == Verb::migrate) {
    return {
        "stopping: requests in flight are finished, and the job can be resumed; Ctrl-C again "
        "aborts",
        "aborted; nothing is lost. Go on with: " + engine.context().resume_command};
  }
  return {
      "stopping: requests in flight are finished and the grant is taken out; Ctrl-C again aborts",
      "aborted; a grant may be left behind: see s3migrator cleanup --help"};
}

net::Task<void> drive(Engine& engine, Interrupts* interrupts, const Arguments& arguments,
                      Outcome& outcome) {
  const auto command = command_of(arguments);
  // A job's events begin with those that its record has.
  if (command != copy && command != migrate && command != undo && command != adopt)
    engine.context().events.emit(opening_note(engine, arguments));
  outcome = co_await command(engine, arguments);
  if (interrupts != nullptr) interrupts->close();
  engine.close();
}

Outcome run_engine(Engine& engine, Interrupts* interrupts, const Arguments& arguments) {
  Outcome outcome;
  boost::asio::co_spawn(engine.loop(), drive(engine, interrupts, arguments, outcome),
                        [](const std::exception_ptr& bug) {
                          if (bug) std::rethrow_exception(bug);
                        });
  engine.loop().run();
  return outcome;
}

}  // namespace

Outcome failed_outcome(const Error& error, bool interrupted) {
  Outcome outcome;
  outcome.summary.outcome = interrupted ? "interrupted" : "fatal";
  outcome.summary.exit_code = interrupted ? workflow::exit_interrupted : exit_code_of(error);
  outcome.summary.message = interrupted ? "Interrupted" : error.describe();
  return outcome;
}

NoteEvent opening_note(const Engine& engine, const Arguments& arguments) {
  return {NoteLevel::info,
          fmt::format("{}  (job {}{})", title_of(arguments), engine.job_id(),
                      arguments.attempt == 1 ? "" : fmt::format(", run {}", arguments.attempt))};
}

int exit_code_of(const Error& error) {
  const bool usage = error.code() == Errc::usage || error.code() == Errc::config;
  return usage ? exit_usage : workflow::exit_fatal;
}

std::string title_of(const Arguments& arguments) {
  const auto from = printable(arguments.source.uri());
  const auto to = printable(arguments.destination.uri());
  switch (arguments.verb) {
    case Verb::copy:
      return fmt::format("Copy  {} -> {}", from, to);
    case Verb::undo:
      return fmt::format("Undo the migration of {}", from);
    case Verb::migrate:
      return fmt::format("Migrate  {} -> {}", from,
                         printable(arguments.destination_side.options.region));
    case Verb::plan:
      return fmt::format("Plan  {} -> {}", from, to);
    case Verb::verify:
      return fmt::format("Verify  {} = {}", from, to);
    case Verb::cleanup_job:
      return fmt::format("Clean up after a job of {}", from);
    default:
      return to;
  }
}

Outcome execute(const Arguments& arguments, const aws::Environment& environment, EventSink& events,
                std::string job_id) {
  auto engine = Engine::make(arguments, environment, events, std::move(job_id));
  if (!engine) {
    auto outcome = failed_outcome(engine.error(), false);
    events.emit(outcome.summary);
    return outcome;
  }
  // Empty: of an earlier run that was a task nothing is left.
  const auto task = own_task(environment);
  (*engine)->context().begin_facts = {
      {std::string(workflow::task_fact), task ? workflow::encode(*task) : ""}};
  Interrupts interrupts((*engine)->loop(), (*engine)->cancel(),
                        interrupt_words(**engine, arguments));
  return run_engine(**engine, &interrupts, arguments);
}

Outcome execute_in(Engine& engine, const Arguments& arguments) {
  return run_engine(engine, nullptr, arguments);
}

void show(const Outcome& outcome, const OutputArguments& output) {
  const auto& summary = outcome.summary;
  const bool good = summary.exit_code == workflow::exit_verified;
  if (!output.json && !output.quiet) {
    say(stdout, "{}", outcome.text);
    if (good) say(stdout, "{}.\n", single_line(summary.message));
    std::fflush(stdout);
  }
  if (good) return;
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  say(stderr, "{}", closing_text(summary, terminal ? width_of(stderr) - 1 : unlimited_width));
}

namespace {

// Says when a job has begun: one that was not tells how it ended, and nothing else.
class Begun final : public EventSink {
 public:
  Begun(EventSink& next, std::function<void()> begun) : next_(next), begun_(std::move(begun)) {}

  void emit(const Event& event) override {
    const bool first = !std::exchange(heard_, true);
    if (first && begun_ && !std::holds_alternative<SummaryEvent>(event)) begun_();
    next_.emit(event);
  }

 private:
  EventSink& next_;
  std::function<void()> begun_;
  bool heard_ = false;
};

int run_command(const Arguments& arguments, const aws::Environment& environment,
                const std::string& job_id, std::function<void()> begun = {}) {
  Faces faces(arguments.output, title_of(arguments), job_id, arguments.attempt);
  Begun events(faces, std::move(begun));
  const auto outcome = execute(arguments, environment, events, job_id);
  show(outcome, arguments.output);
  if (!output_is_lost()) return outcome.summary.exit_code;
  say(stderr,
      "s3migrator: standard output cannot be written, so what stands there is not "
      "complete. The job itself ended with code {}\n",
      outcome.summary.exit_code);
  return outcome.summary.exit_code == 0 ? workflow::exit_fatal : outcome.summary.exit_code;
}

int run_migration(const Arguments& arguments, const aws::Environment& environment) {
  const auto command = with_unfinished_migration(arguments, environment);
  if (command) {
    return run_command(*command, environment, command->again ? command->job : new_job_id());
  }
  say(stderr, "s3migrator: {}\n", single_line(command.error().describe()));
  return exit_code_of(command.error());
}

int run_adopted(const Arguments& arguments, const aws::Environment& environment) {
  const auto command = with_record(arguments, environment);
  if (command) return run_command(*command, environment, command->job);
  say(stderr, "s3migrator: {}\n", single_line(command.error().describe()));
  return exit_code_of(command.error());
}

int run_task(const Arguments& arguments, const aws::Environment& environment) {
  const HeldSignals signals;
  const auto order = task_order(arguments, environment, signals);
  if (!order) {
    const auto& error = order.error();
    say(stderr, "s3migrator: {}\n", single_line(error.describe()));
    return error.code() == Errc::cancelled ? workflow::exit_interrupted : exit_code_of(error);
  }
  if (!order->command) {
    say(stderr, "s3migrator: {}\n", single_line(order->said));
    return order->exit_code;
  }
  ScheduleOn schedule(environment);
  return run_command(*order->command, environment, order->command->job,
                     [&schedule] { schedule.begin(); });
}

int run_again(const Arguments& arguments, const aws::Environment& environment) {
  auto command = take_up(arguments, environment);
  if (command) return run_command(*command, environment, command->job);
  say(stderr, "s3migrator: {}\n", single_line(command.error().describe()));
  return exit_code_of(command.error());
}

}  // namespace

int run(const Arguments& arguments, const aws::Environment& environment) {
  log::set_level(arguments.output.log_level);
  switch (arguments.verb) {
    case Verb::version:
      say(stdout, "{}\n", program_name());
      return workflow::exit_verified;
    case Verb::demo:
      return run_demo(arguments);
    case Verb::serve:
      return run_serve(arguments, environment);
    case Verb::task:
      return run_task(arguments, environment);
    case Verb::monitor:
      return run_monitor(arguments, environment);
    case Verb::jobs_resume:
    case Verb::jobs_retry:
    case Verb::undo:
    case Verb::cleanup_job:
      return run_again(arguments, environment);
    case Verb::adopt:
      return run_adopted(arguments, environment);
    case Verb::migrate:
      if (arguments.dry_run) break;
      return run_migration(arguments, environment);
    default:
      break;
  }
  if (!is_about_jobs(arguments.verb)) return run_command(arguments, environment, new_job_id());
  const int code = run_jobs(arguments, environment);
  if (!output_is_lost()) return code;
  say(stderr, "s3migrator: standard output cannot be written\n");
  return code == 0 ? workflow::exit_fatal : code;
}

}  // namespace s3m::app
