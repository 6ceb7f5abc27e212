#include "console/job_document.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/actions.hpp"
#include "console/reply.hpp"
#include "transfer/location.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/job_json.hpp"
#include "workflow/job_recorder.hpp"
#include "workflow/job_run.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/retry_choice.hpp"
#include "workflow/verdict.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using workflow::Again;
using workflow::JobView;

// An event of an earlier run that is told as it was.
json::value event_of(const std::optional<std::string>& line) {
  return line && !line->empty() ? parsed_or_null(*line) : json::value(nullptr);
}

json::object location_json(const std::string& spec, std::string_view side) {
  const auto uri = workflow::spec_field(spec, side, "location");
  const auto place = transfer::parse_location(uri);
  return {{"uri", uri},
          {"bucket", place ? place->bucket : ""},
          {"prefix", place ? place->prefix : ""},
          {"endpoint", workflow::spec_field(spec, side, "endpoint")},
          {"region", workflow::spec_field(spec, side, "region")},
          {"role_arn", workflow::spec_field(spec, side, "role_arn")}};
}

json::value text_at(const json::value& object, std::string_view field) {
  const auto* const fields = object.if_object();
  const auto* const value = fields != nullptr ? fields->if_contains(field) : nullptr;
  return value != nullptr && value->is_string() ? *value : json::value(nullptr);
}

std::string message_of(const JobView& view, const json::value& summary) {
  const auto told = text_at(summary, "message");
  if (told.is_string()) return std::string(told.get_string());
  return view.steps.empty() ? std::string() : single_line(view.steps.back().message);
}

// Whether the job stopped to be confirmed.
bool awaits_confirmation(const JobView& view, const json::value& summary) {
  const auto* const fields = summary.if_object();
  const auto* const flag = fields != nullptr ? fields->if_contains("awaits_confirmation") : nullptr;
  return !view.at_work && flag != nullptr && flag->is_bool() && flag->get_bool();
}

struct Intents {
  bool first_delete = false, source_delete = false;
};

Intents read_intents(const std::vector<store::Intent>& intents) {
  Intents out;
  for (const auto& intent : intents) {
    out.first_delete |= intent.name == workflow::intent_first_delete;
    out.source_delete |= intent.name == workflow::intent_delete_source;
  }
  return out;
}

json::value regime_of(const JobView& view, const Intents& intents) {
  if (view.job.kind != "migrate") return nullptr;
  if (intents.source_delete) return "handed-over";
  return intents.first_delete ? "emptying" : "untouched";
}

bool ended_well(const JobView& view) {
  return view.job.state == store::JobState::done && view.job.exit_code == workflow::exit_verified;
}

json::object may_json(store::Store& store, const JobView& view, const Intents& intents, bool asks,
                      const Executor& executor) {
  const bool idle = executor.runs_jobs && !view.at_work;
  const bool resumable = idle && workflow::may_run_again(view.job, Again::resume).has_value();
  const bool can_go_back = view.job.kind == "migrate" && !intents.source_delete &&
                           !ended_well(view) && view.job.state != store::JobState::cancelled;
  return {{"pause", view.at_work},
          {"resume", resumable},
          {"cancel", workflow::may_cancel(store, view).has_value()},
          {"retry", idle && workflow::may_run_again(view.job, Again::retry).has_value()},
          {"retry_selected", idle && workflow::may_choose(view.job).has_value()},
          {"undo", idle && can_go_back},
          {"confirm", resumable && asks},
          {"delete", workflow::may_delete(store, view).has_value()}};
}

Result<std::string> fact_or_empty(store::Store& store, const std::string& id,
                                  const std::string& name) {
  auto kept = store.fact(id, name);
  if (!kept) return forward(kept);
  return std::move(*kept).value_or("");
}

json::array losses_json(const workflow::MigrationStory& story) {
  json::array out;
  for (const auto& group : story.losses.groups()) {
    out.push_back(json::object{{"attribute", printable(group.attribute)},
                               {"count", group.count},
                               {"why", single_line(group.why)}});
  }
  return out;
}

// What is to be confirmed, as the job asked it; null where it has not said so (an older version).
Result<json::value> confirmation_json(store::Store& store, const workflow::JobStory& story) {
  auto asked = fact_or_empty(store, story.view.job.id, workflow::fact::asked);
  if (!asked) return forward(asked);
  auto question = parsed_or_null(*asked);
  if (!question.is_object() || !story.migration) return nullptr;
  auto& out = question.get_object();
  out["losses"] = losses_json(*story.migration);
  json::array sentences;
  for (const auto& sentence : story.migration->configuration.not_carried)
    sentences.emplace_back(single_line(sentence));
  out["settings_lost"] = std::move(sentences);
  return question;
}

// The step in which the attempt before stopped.
Result<json::value> resumed_from(store::Store& store, const JobView& view) {
  if (view.job.attempt < 2) return nullptr;
  auto step = fact_or_empty(store, view.job.id, workflow::resumed_from_fact);
  if (!step) return forward(step);
  return step->empty() ? json::value(nullptr) : json::value(printable(*step));
}

Result<json::array> words_json(store::Store& store, const std::string& id,
                               const Executor& executor) {
  auto command = fact_or_empty(store, id, std::string(workflow::command_fact));
  if (!command) return forward(command);
  json::array out;
  if (!executor.words || command->empty()) return out;
  for (const auto& word : executor.words(*command))
    out.emplace_back(printable(word));
  return out;
}

// Those that it runs with here, or would be taken up with; null: those of its command line.
Result<json::value> limits_json(store::Store& store, const std::string& id,
                                const Executor& executor) {
  const auto now = executor.limits ? executor.limits(id) : std::nullopt;
  if (now) return to_json(*now);
  auto kept = limits_of_job(store, id);
  if (!kept) return forward(kept);
  return *kept ? json::value(to_json(**kept)) : json::value(nullptr);
}

void add_story(json::object& out, const workflow::JobStory& story) {
  out["spec"] = parsed_or_null(story.view.job.spec);
  out["steps"] = workflow::to_json(story.view.steps);
  out["regime"] = regime_of(story.view, read_intents(story.intents));
  out["has_failures"] = story.has_failures;
  out["earlier_runs"] =
      story.earlier.runs > 0 ? json::value(workflow::to_json(story.earlier)) : json::value(nullptr);
  out["intents"] = workflow::to_json(story.intents);
}

}  // namespace

Result<json::object> job_document(store::Store& store, const JobView& view,
                                  const Executor& executor) {
  const auto& job = view.job;
  auto summary = store.fact(job.id, workflow::summary_fact);
  if (!summary) return forward(summary);
  auto progress = store.fact(job.id, workflow::progress_fact);
  if (!progress) return forward(progress);
  const auto told = event_of(*summary);
  return json::object{
      {"id", printable(job.id)},
      {"kind", printable(job.kind)},
      {"state", view.state()},
      {"exit_code", job.exit_code ? json::value(*job.exit_code) : json::value(nullptr)},
      {"attempt", job.attempt},
      {"created_at", iso8601(job.created_at)},
      {"updated_at", iso8601(job.updated_at)},
      {"source", location_json(job.spec, "source")},
      {"destination", location_json(job.spec, "destination")},
      {"percent", view.percent()},
      {"outcome", text_at(told, "outcome")},
      {"message", message_of(view, told)},
      {"waiting_for",
       awaits_confirmation(view, told) ? json::value("confirmation") : json::value(nullptr)},
      {"here", executor.runs && executor.runs(job.id)},
      {"progress", event_of(*progress)}};
}

Result<json::object> job_detail(store::Store& store, const std::string& id,
                                const Executor& executor) {
  auto story = workflow::read_story(store, id);
  if (!story) return forward(story);
  auto out = job_document(store, story->view, executor);
  if (!out) return out;
  auto resumed = resumed_from(store, story->view);
  if (!resumed) return forward(resumed);
  auto actions = actions_of(store, id);
  if (!actions) return forward(actions);
  auto words = words_json(store, id, executor);
  if (!words) return forward(words);
  auto limits = limits_json(store, id, executor);
  if (!limits) return forward(limits);
  auto summary = store.fact(id, workflow::summary_fact);
  if (!summary) return forward(summary);
  const bool waiting = !out->at("waiting_for").is_null();
  Result<json::value> confirmation = json::value(nullptr);
  if (waiting) confirmation = confirmation_json(store, *story);
  if (!confirmation) return forward(confirmation);
  (*out)["summary"] = event_of(*summary);
  (*out)["command"] = *std::move(words);
  (*out)["resumed_from"] = *std::move(resumed);
  (*out)["actions"] = *std::move(actions);
  const bool asks = !confirmation->is_null();
  (*out)["confirmation"] = *std::move(confirmation);
  (*out)["limits"] = *std::move(limits);
  add_story(*out, *story);
  (*out)["may"] = may_json(store, story->view, read_intents(story->intents), asks, executor);
  return out;
}

Result<json::value> confirmation_of(store::Store& store, const std::string& id,
                                    const Executor& executor) {
  auto detail = job_detail(store, id, executor);
  if (!detail) return forward(detail);
  return detail->at("confirmation");
}

}  // namespace s3m::console
