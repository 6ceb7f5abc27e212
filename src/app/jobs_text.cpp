#include "app/jobs_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/figures_text.hpp"
#include "app/line_text.hpp"
#include "app/migration_text.hpp"
#include "app/text_width.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/step_names.hpp"

namespace s3m::app {
namespace {

using workflow::JobStory;
using workflow::JobView;

// "2026-11-22 16:28"
std::string minute_of(WallTime time) {
  auto text = iso8601(time).substr(0, 16);
  text[10] = ' ';
  return text;
}

// "2026-11-22 16:28:05 UTC"
std::string second_of(WallTime time) {
  auto text = iso8601(time).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

std::string place(const JobView& view, std::string_view side) {
  return single_line(workflow::spec_field(view.job.spec, side, "location"));
}

std::string what(const JobView& view) {
  // The name moves, too.
  if (view.job.kind == "migrate") return "migrate " + place(view, "source");
  return fmt::format("{} {} -> {}", printable(view.job.kind), place(view, "source"),
                     place(view, "destination"));
}

std::string padded(std::string text, std::size_t width) {
  const auto taken = columns(text);
  if (taken < width) text.append(width - taken, ' ');
  return text;
}

class Rows {
 public:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty()) out_ += table_row(name, value);
  }
  std::string text() && { return std::move(out_); }

 private:
  std::string out_;
};

std::string state_text(const JobView& view) {
  auto text = fmt::format("{}, {}%", view.state(), view.percent());
  if (view.at_work && view.claim) {
    text += ", run by " + store::process_words(view.claim->process);
  }
  return text;
}

std::string begun_text(const store::JobRecord& job) {
  const auto first = second_of(job.created_at);
  return job.attempt == 1 ? first : fmt::format("{}, run {} times", first, job.attempt);
}

std::string elapsed(const store::JobStep& step) {
  if (!step.ended_at) return "";
  return human_duration(
      std::chrono::duration_cast<std::chrono::seconds>(*step.ended_at - step.started_at));
}

std::string steps_text(const JobStory& story) {
  std::string out;
  for (const auto& step : story.view.steps) {
    const bool open = step.state == StepState::started;
    const std::string_view state = !open                ? workflow::name(step.state)
                                   : story.view.at_work ? "running"
                                                        : "not ended";
    out += fmt::format("  {:>2} {:<18} {}", step.number, printable(step.name), state);
    if (!open) {
      constexpr std::size_t width = 80, column = 42;
      out += fmt::format("{:{}} {:>6}  {}", "", 9 - std::min<std::size_t>(state.size(), 9),
                         elapsed(step), wrapped(single_line(step.message), width, column, column));
    }
    out += "\n";
  }
  return out.empty() ? out : "steps:\n" + out;
}

bool can_be_undone(const JobStory& story) {
  if (story.migration->temporary_bucket.empty()) return false;  // nothing was made
  return std::ranges::find(story.intents, workflow::intent_delete_source, &store::Intent::name) ==
         story.intents.end();
}

// What to do next, as a command that can be copied.
std::string next_text(const JobStory& story, const Arguments& arguments) {
  const auto& view = story.view;
  const auto& id = view.job.id;
  std::string out;
  if (story.has_failures) out += "failures:    " + jobs_command(arguments, "failures", id) + "\n";
  const bool awaits = story.summary && story.summary->awaits_confirmation;
  if (view.at_work) {
    out += "to pause:    " + jobs_command(arguments, "pause", id) + "\n";
  } else if (workflow::may_run_again(view.job, workflow::Again::resume)) {
    const auto resume = jobs_command(arguments, "resume", id);
    out += awaits ? fmt::format("to confirm:  {} --confirm-delete {}\n", resume,
                                printable(story.migration ? story.migration->source.bucket : ""))
                  : "to go on:    " + resume + "\n";
    if (story.migration && can_be_undone(story))
      out += "to undo:     " + undo_command(arguments, id) + "\n";
  }
  return out;
}

std::string migration_text(const JobStory& story) {
  Rows rows;
  if (!story.summary && story.progress) rows.add("last figures", plain_line(*story.progress));
  if (story.summary && story.summary->failed > 0) {
    rows.add("FAILED", human_count(story.summary->failed));
  }
  return std::move(rows).text() + migration_story_text(*story.migration);
}

std::string ended_text(const JobStory& story) {
  if (story.migration) return migration_text(story);
  if (story.summary) return summary_text(*story.summary);
  Rows rows;
  if (story.progress) rows.add("last figures", plain_line(*story.progress));
  return std::move(rows).text();
}

}  // namespace

std::string jobs_table(const std::vector<JobView>& jobs) {
  std::size_t id_width = 3, state_width = 5;
  for (const auto& view : jobs) {
    id_width = std::max(id_width, columns(printable(view.job.id)));
    state_width = std::max(state_width, view.state().size());
  }
  auto out = fmt::format("{}  {}     %  {:<16}  WHAT\n", padded("JOB", id_width),
                         padded("STATE", state_width), "BEGUN (UTC)");
  for (const auto& view : jobs) {
    out += fmt::format("{}  {}  {:>3}%  {}  {}\n", padded(printable(view.job.id), id_width),
                       padded(std::string(view.state()), state_width), view.percent(),
                       minute_of(view.job.created_at), what(view));
  }
  return out;
}

std::string story_text(const JobStory& story, const Arguments& arguments) {
  const auto& view = story.view;
  Rows rows;
  rows.add("state", state_text(view));
  rows.add("begun", begun_text(view.job));
  if (!view.at_work && view.job.exit_code) {
    rows.add("ended",
             fmt::format("{}, exit code {}", second_of(view.job.updated_at), *view.job.exit_code));
  }
  // What a migration intended, its story tells.
  for (const auto& intent : story.migration ? std::vector<store::Intent>() : story.intents)
    rows.add("intends", fmt::format("{} {}", printable(intent.name), single_line(intent.detail)));
  auto out = fmt::format("job {}  {}\n", printable(view.job.id), what(view));
  out += std::move(rows).text();
  out += ended_text(story);
  out += steps_text(story);
  if (story.summary) out += wrapped(single_line(story.summary->message), 80, 0) + "\n";
  return out + next_text(story, arguments);
}

std::string stored_failure_line(const store::FailureRecord& failure) {
  return fmt::format("{:>6}  {}", failure.number, failure_line(workflow::event_of(failure)));
}

}  // namespace s3m::app
