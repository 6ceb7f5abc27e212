#include "app/serve_runner.hpp"

#include <utility>

#include <fmt/format.h>

#include "app/job_command.hpp"
#include "app/jobs.hpp"
#include "app/migrate.hpp"
#include "app/serve_words.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "console/actions.hpp"
#include "store/store.hpp"
#include "workflow/migration_records.hpp"

namespace s3m::app {
namespace {

using console::Answer;
using console::Person;

// Far more than a server runs.
constexpr std::size_t looked_through = 1000;

const Person next_server{.who = "the server",
                         .note = "Taken up by the console: it was running when the server ended"};

}  // namespace

ServeRunner::ServeRunner(Options options, const aws::Environment& environment)
    : options_(std::move(options)),
      environment_(environment),
      jobs_({.store = options_.store, .most_jobs = options_.most_jobs, .share = options_.share},
            environment) {}

Answer<std::string> ServeRunner::begin(const console::JobRequest& request, const Person& person) {
  auto arguments = arguments_of(request, options_.allowed);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  arguments->store = options_.store;
  if (arguments->verb == Verb::migrate) {
    const auto unfinished = with_unfinished_migration(*arguments, environment_);
    if (!unfinished) return console::refuse(unfinished.error());
    if (unfinished->again) {
      return state_problem(
          fmt::format("job {} moves that bucket and has not ended; go on with it, or take it back",
                      printable(unfinished->job)));
    }
  }
  auto id = new_job_id();
  auto started = jobs_.start(*std::move(arguments), id, person);
  if (!started) return console::refuse(std::move(started.error()));
  return id;
}

Answer<Arguments> ServeRunner::taken_up(const std::string& id, workflow::Again again,
                                        std::vector<std::string> more,
                                        std::vector<std::uint64_t> failures) const {
  Arguments asked;
  asked.failures = std::move(failures);
  asked.more_words = std::move(more);
  asked.verb = again == workflow::Again::retry ? Verb::jobs_retry : Verb::jobs_resume;
  asked.job = id;
  asked.store = options_.store;
  auto arguments = app::take_up(asked, environment_);
  if (!arguments) return console::refuse(arguments.error());
  if (arguments->verb != Verb::copy && arguments->verb != Verb::migrate)
    return state_problem(fmt::format("job {} is no copy and no migration", printable(id)));
  // It may have been begun elsewhere, by somebody who may name more.
  auto may = may_use(*arguments, options_.allowed);
  if (!may) return console::refuse(std::move(may.error()));
  auto anew = confirmed_anew(*arguments, id);
  if (!anew) return console::refuse(anew.error());
  return *std::move(arguments);
}

// What a command line said of deleting is no word of who clicks here, or of a server that takes a
// job up: a migration asks the page. A copy keeps what was said here when it was begun.
Result<void> ServeRunner::confirmed_anew(Arguments& arguments, const std::string& id) const {
  arguments.migration.confirm_delete.clear();
  arguments.confirmed_how = workflow::how_in_console;
  if (arguments.spec.confirm_delete.empty()) return ok;
  auto store = store::open_store({.url = options_.store});
  if (!store) return forward(store);
  auto here = console::begun_here(**store, id);
  if (!here) return forward(here);
  if (!*here) arguments.spec.confirm_delete.clear();
  return ok;
}

Answer<void> ServeRunner::resume(const std::string& id, workflow::Again again,
                                 const std::vector<console::JobRequest::Option>& more,
                                 const Person& person) {
  auto words = more_words(more);
  if (!words) return console::refuse(std::move(words.error()));
  auto arguments = taken_up(id, again, *std::move(words));
  if (!arguments) return console::refuse(std::move(arguments.error()));
  return jobs_.start(*std::move(arguments), id, person);
}

Answer<void> ServeRunner::retry_some(const std::string& id, std::vector<std::uint64_t> failures,
                                     const Person& person) {
  auto arguments = taken_up(id, workflow::Again::retry, {}, std::move(failures));
  if (!arguments) return console::refuse(std::move(arguments.error()));
  return jobs_.start(*std::move(arguments), id, person);
}

Answer<void> ServeRunner::confirm(const std::string& id, std::string name, std::string asked,
                                  const Person& person) {
  auto arguments = taken_up(id, workflow::Again::resume);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  if (arguments->verb != Verb::migrate || arguments->source.bucket != name || asked.empty())
    return state_problem(fmt::format("job {} does not move a bucket of that name", printable(id)));
  arguments->confirmed_question = std::move(asked);
  arguments->confirmed_by = person.who;
  return jobs_.start(*std::move(arguments), id, person);
}

Answer<void> ServeRunner::undo(const std::string& id,
                               const std::vector<console::JobRequest::Option>& more,
                               const Person& person) {
  auto words = undo_words(more);
  if (!words) return console::refuse(std::move(words.error()));
  auto arguments = taken_up(id, workflow::Again::resume, *std::move(words));
  if (!arguments) return console::refuse(std::move(arguments.error()));
  if (arguments->verb != Verb::migrate)
    return state_problem(
        fmt::format("job {} is no migration; there is nothing to undo", printable(id)));
  arguments->verb = Verb::undo;
  return jobs_.start(*std::move(arguments), id, person);
}

Answer<console::JobRequest> ServeRunner::request_of(std::string_view command_fact) const {
  auto command = decode_command(command_fact);
  return app::request_of(command ? command->words : std::vector<std::string>());
}

// Its server was killed, or has paused it; not one that ended otherwise just before the mark could
// be taken off, or that a person has asked to end.
void ServeRunner::take_up(store::Store& store, const std::string& id, const std::string& mark) {
  const auto view = workflow::view_job(store, id);
  if (!view) return log::warning("job {}: {}", printable(id), view.error().describe());
  if (view->at_work) return;
  const auto state = view->job.state;
  const bool open = state == store::JobState::running || state == store::JobState::paused;
  if (!open || view->job.request != store::JobRequest::none) {
    auto unmarked = store.set_fact(id, serve_mark, "");
    if (!unmarked) log::warning("job {}: {}", printable(id), unmarked.error().describe());
    return;
  }
  const auto taken = mark == "undo" ? undo(id, {}, next_server)
                                    : resume(id, workflow::Again::resume, {}, next_server);
  if (!taken) log::warning("job {} is not taken up: {}", printable(id), taken.error().detail);
}

Result<void> ServeRunner::take_up_marked() {
  auto store = store::open_store({.url = options_.store});
  if (!store) return forward(store);
  auto jobs = (*store)->jobs(looked_through);
  if (!jobs) return forward(jobs);
  for (const auto& job : *jobs) {
    auto mark = (*store)->fact(job.id, serve_mark);
    if (!mark) return forward(mark);
    if (*mark && !(*mark)->empty()) take_up(**store, job.id, **mark);
  }
  return ok;
}

}  // namespace s3m::app
