#include "app/jobs.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "app/cli.hpp"
#include "app/engine.hpp"
#include "app/job_command.hpp"
#include "app/job_limits.hpp"
#include "app/jobs_text.hpp"
#include "app/run.hpp"
#include "app/say.hpp"
#include "app/serve_words.hpp"
#include "app/store_place.hpp"
#include "base/text.hpp"
#include "workflow/job_run.hpp"
#include "workflow/job_story.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/report_html.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

using namespace std::chrono_literals;
using workflow::JobView;

constexpr std::size_t usual_jobs = 20;
constexpr std::size_t usual_failures = 100;
// A running job looks every two seconds, and may then have large requests to finish.
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds look_gap{100};

using OpenStore = std::unique_ptr<store::Store>;

// One command with what it needs.
class Jobs {
 public:
  Jobs(const Arguments& arguments, OpenStore store)
      : arguments_(arguments), store_(std::move(store)) {}

  Result<void> run();

 private:
  bool json() const { return arguments_.output.json; }
  void print(const std::string& text) const;
  void say(const std::string& sentence) const { print(sentence + "\n"); }
  std::string command(std::string_view action) const {
    return jobs_command(arguments_, action, arguments_.job);
  }

  Result<void> list();
  Result<void> show();
  Result<void> pause();
  Result<void> cancel();
  Result<void> failures();
  Result<void> report();
  Result<void> print_report(const workflow::Report& report, workflow::FailureLog& failures);
  Result<void> forget();
  Result<JobView> wait_for_end();
  Result<void> tell_end(std::string_view next);

  const Arguments& arguments_;
  OpenStore store_;
};

void Jobs::print(const std::string& text) const {
  if (arguments_.output.quiet) return;
  app::say(stdout, "{}", text);
}

Result<void> Jobs::list() {
  const auto limit = arguments_.limit == 0 ? usual_jobs : arguments_.limit;
  auto views = workflow::view_jobs(*store_, limit);
  if (!views) return forward(views);
  if (json()) {
    for (const auto& view : *views)
      say(job_line(view));
    return ok;
  }
  if (views->empty()) {
    say("There are no jobs in this store yet: s3migrator copy begins one.");
    return ok;
  }
  print(jobs_table(*views));
  if (views->size() == limit) {
    say(fmt::format("The newest {} are shown; --limit N shows more.", limit));
  }
  return ok;
}

Result<void> Jobs::show() {
  auto story = workflow::read_story(*store_, arguments_.job);
  if (!story) return forward(story);
  if (json()) {
    say(story_line(*story));
  } else {
    print(story_text(*story, arguments_));
  }
  return ok;
}

// Asked, the job ends within seconds; who asked wants to know.
Result<JobView> Jobs::wait_for_end() {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto view = workflow::view_job(*store_, arguments_.job);
    if (!view || !view->at_work || std::chrono::steady_clock::now() >= deadline) return view;
    std::this_thread::sleep_for(look_gap);
  }
}

Result<void> Jobs::tell_end(std::string_view next) {
  auto view = wait_for_end();
  if (!view) return forward(view);
  if (json()) {
    say(job_line(*view));
  } else if (view->at_work) {
    say(fmt::format("Job {} was asked, and still finishes what is in flight; see {}.",
                    printable(arguments_.job), command("show")));
  } else {
    say(fmt::format("Job {} is {}{}", printable(arguments_.job), view->state(), next));
  }
  return ok;
}

Result<void> Jobs::pause() {
  auto asked = workflow::pause_job(*store_, arguments_.job);
  if (!asked) return asked;
  return tell_end("; go on with: " + command("resume"));
}

Result<void> Jobs::cancel() {
  auto asked = workflow::cancel_job(*store_, arguments_.job);
  if (!asked) return forward(asked);
  return tell_end(".");
}

Result<void> Jobs::failures() {
  auto known = workflow::view_job(*store_, arguments_.job);
  if (!known) return forward(known);
  const auto limit = arguments_.limit == 0 ? usual_failures : arguments_.limit;
  auto failures = workflow::failures_that_count(*store_, arguments_.job, limit, arguments_.offset);
  if (!failures) return forward(failures);
  for (const auto& failure : *failures)
    say(json() ? failure_json(arguments_.job, failure) : stored_failure_line(failure));
  if (json()) return ok;
  if (failures->empty()) {
    say(fmt::format("Job {} has no {}failures.", printable(arguments_.job),
                    arguments_.offset == 0 ? "" : "more "));
  } else if (failures->size() == limit) {
    say(fmt::format("There may be more: --offset {} goes on.", arguments_.offset + limit));
  }
  return ok;
}

Result<void> Jobs::print_report(const workflow::Report& report, workflow::FailureLog& failures) {
  switch (arguments_.format.value_or(ReportFormat::json)) {
    case ReportFormat::json:
      return workflow::write_report_json(std::cout, report, failures, nullptr);
    case ReportFormat::csv:
      return workflow::write_report_csv(std::cout, report, failures, nullptr);
    case ReportFormat::html:
      return workflow::write_html(std::cout, report, failures, nullptr);
  }
  std::unreachable();
}

Result<void> Jobs::report() {
  auto story = workflow::read_story(*store_, arguments_.job);
  if (!story) return forward(story);
  auto report = workflow::report_of(*story, program_name());
  if (!report) return forward(report);
  auto failures = workflow::read_failures(*store_, arguments_.job);
  if (!failures) return forward(failures);
  const auto files = workflow::report_files(arguments_.spec.report);
  if (arguments_.spec.report.empty()) return print_report(*report, *failures);
  auto written = workflow::write_report(files, *report, *failures);
  if (!written) return written;
  for (const auto& file : {files.json, files.csv, files.html})
    if (!file.empty() && !json()) say("wrote " + printable(file));
  return ok;
}

Result<void> Jobs::forget() {
  auto deleted = workflow::delete_job(*store_, arguments_.job);
  if (!deleted) return deleted;
  if (!json()) say(fmt::format("Job {} is forgotten.", printable(arguments_.job)));
  return ok;
}

Result<void> Jobs::run() {
  switch (arguments_.verb) {
    case Verb::jobs_list:
      return list();
    case Verb::jobs_show:
      return show();
    case Verb::jobs_pause:
      return pause();
    case Verb::jobs_cancel:
      return cancel();
    case Verb::jobs_failures:
      return failures();
    case Verb::jobs_report:
      return report();
    default:
      return forget();
  }
}

Result<OpenStore> open_named(const std::string& url) {
  return store::open_store({.url = url});
}

// A relative path means the same file after the directory was changed.
std::string store_from_elsewhere(const std::string& given, const std::string& url) {
  constexpr std::string_view scheme = "sqlite:";
  if (url.contains("://")) return given;
  const std::filesystem::path path(url.starts_with(scheme) ? url.substr(scheme.size()) : url);
  if (path.is_absolute()) return given;
  std::error_code unknown;
  const auto absolute = std::filesystem::absolute(path, unknown);
  return unknown ? given : absolute.string();
}

struct Stored {
  store::JobRecord job;
  JobCommand command;
  std::string renamed;              // the new bucket's name that a later command line gave
  std::optional<JobLimits> limits;  // that somebody set while it ran
};

// `again` unset: the job is not to be run.
Result<Stored> stored_command(const std::string& url, const Arguments& arguments,
                              std::optional<workflow::Again> again) {
  auto store = open_named(url);
  if (!store) return forward(store);
  auto view = workflow::view_job(**store, arguments.job);
  if (!view) return forward(view);
  auto may = again ? workflow::may_run_again(view->job, *again) : Result<void>(ok);
  if (!may) return forward(may);
  if (!arguments.failures.empty()) {
    auto chosen = workflow::choose_failures(**store, view->job, arguments.failures);
    if (!chosen) return forward(chosen);
  }
  auto text = (*store)->fact(arguments.job, workflow::command_fact);
  if (!text) return forward(text);
  auto renamed = (*store)->fact(arguments.job, workflow::fact::renamed);
  if (!renamed) return forward(renamed);
  auto limits = console::limits_of_job(**store, arguments.job);
  if (!limits) return forward(limits);
  auto command = *text ? decode_command(**text) : std::nullopt;
  if (command) {
    return Stored{std::move(view->job), *std::move(command), renamed->value_or(""), *limits};
  }
  return fail(
      Errc::refused,
      fmt::format("job {} does not know its command line (it was begun by an older version, "
                  "or had a password in a URL); run the command itself again: it goes on "
                  "where the job stopped",
                  printable(arguments.job)));
}

std::unexpected<Error> no_longer_understood(const std::string& job, const Notice& notice) {
  return fail(Errc::config,
              fmt::format("the command line of job {} is no longer understood: {}", printable(job),
                          single_line(notice.text.substr(0, notice.text.find('\n')))));
}

Result<void> confirm(const std::string& bucket, Arguments& command) {
  if (bucket.empty()) return ok;
  command.migration.confirm_delete = bucket;
  if (command.verb == Verb::migrate && command.source.bucket == bucket) return ok;
  return fail(Errc::usage, fmt::format("--confirm-delete names \"{}\", and {}", printable(bucket),
                                       command.verb == Verb::migrate
                                           ? fmt::format("the bucket that is moved is \"{}\"",
                                                         printable(command.source.bucket))
                                           : "the job is no migration"));
}

}  // namespace

int run_jobs(const Arguments& arguments, const aws::Environment& environment) {
  const auto work = [&]() -> Result<void> {
    auto url = store_url(arguments, environment);
    if (!url) return forward(url);
    auto store = open_named(*url);
    if (!store) return forward(store);
    return Jobs(arguments, *std::move(store)).run();
  };
  const auto done = work();
  if (done) return workflow::exit_verified;
  say(stderr, "s3migrator: {}\n", single_line(done.error().describe()));
  return exit_code_of(done.error());
}

namespace {

// "--report FILE" and "--report=FILE" with a whole path, and so on for each option that names a
// file. A pair of KMS keys is none.
std::vector<std::string> with_whole_paths(const JobCommand& command) {
  constexpr auto files = std::to_array<std::string_view>({"--report", "--store", "--kms-key-map"});
  const auto whole = [&](const std::string& file) {
    const bool is_file = !file.empty() && !file.contains('=') && !file.contains("://");
    return is_file ? (std::filesystem::path(command.directory) / file).string() : file;
  };
  auto words = command.words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (const auto option : files) {
      if (words[i] == option && i + 1 < words.size()) words[i + 1] = whole(words[i + 1]);
      if (!words[i].starts_with(std::string(option) + "=")) continue;
      words[i] = fmt::format("{}={}", option, whole(words[i].substr(option.size() + 1)));
    }
  }
  return words;
}

}  // namespace

Result<Arguments> take_up(const Arguments& arguments, const aws::Environment& environment) {
  std::optional<workflow::Again> again;
  if (arguments.verb != Verb::cleanup_job) {
    again = arguments.verb == Verb::jobs_retry ? workflow::Again::retry : workflow::Again::resume;
  }
  auto url = store_url(arguments, environment);
  if (!url) return forward(url);
  auto stored = stored_command(*url, arguments, again);
  if (!stored) return forward(stored);
  auto store = store_from_elsewhere(arguments.store, *url);
  auto parsed =
      parse_command_line(with_more(with_whole_paths(stored->command), arguments.more_words));
  if (const auto* const notice = std::get_if<Notice>(&parsed)) {
    return no_longer_understood(arguments.job, *notice);
  }
  auto command = std::get<Arguments>(std::move(parsed));
  if (arguments.verb != Verb::cleanup_job) {
    auto confirmed = confirm(arguments.migration.confirm_delete, command);
    if (!confirmed) return forward(confirmed);
  }
  command.output = arguments.output;
  command.store = std::move(store);
  command.job = arguments.job;
  command.again = again;
  command.attempt = stored->job.attempt + 1;
  command.failures = arguments.failures;
  if (command.migration.rename.empty()) command.migration.rename = stored->renamed;
  if (stored->limits) set_limits(command, *stored->limits);
  if (arguments.verb == Verb::undo) {
    command.verb = Verb::undo;
    command.migration.accept_weak_proof |= arguments.migration.accept_weak_proof;
  }
  if (arguments.verb == Verb::cleanup_job) {
    command.job_verb = std::exchange(command.verb, Verb::cleanup_job);
    command.attempt = stored->job.attempt;
    command.words = arguments.words;
    command.migration.confirm_delete = arguments.migration.confirm_delete;
  }
  return command;
}

}  // namespace s3m::app
