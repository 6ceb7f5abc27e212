// jobs_json.cpp: jobs as JSON lines.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "app/jobs_text.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "workflow/step_names.hpp"

namespace s3m::app {
namespace {

namespace json = boost::json;
using workflow::JobStory;
using workflow::JobView;

json::value exit_code_of(const store::JobRecord& job) {
  return job.exit_code ? json::value(*job.exit_code) : json::value(nullptr);
}

json::value parsed_or_null(const std::string& text) {
  json::error_code unreadable;
  auto value = json::parse(text, unreadable);
  return unreadable ? json::value(nullptr) : value;
}

json::value claim_json(const JobView& view) {
  if (!view.at_work || !view.claim) return nullptr;
  return json::object{{"process", printable(view.claim->process)},
                      {"expires", iso8601(view.claim->expires_at)}};
}

json::object view_json(const JobView& view) {
  return {{"v", event_schema_version},
          {"type", "job"},
          {"job", printable(view.job.id)},
          {"kind", printable(view.job.kind)},
          {"state", view.state()},
          {"percent", view.percent()},
          {"attempt", view.job.attempt},
          {"exit_code", exit_code_of(view.job)},
          {"created", iso8601(view.job.created_at)},
          {"updated", iso8601(view.job.updated_at)},
          {"claim", claim_json(view)},
          {"spec", parsed_or_null(view.job.spec)}};
}

json::array steps_json(const JobView& view) {
  json::array out;
  for (const auto& step : view.steps) {
    out.push_back(json::object{
        {"step", printable(step.name)},
        {"number", step.number},
        {"state", workflow::name(step.state)},
        {"percent", step.percent},
        {"started", iso8601(step.started_at)},
        {"ended", step.ended_at ? json::value(iso8601(*step.ended_at)) : json::value(nullptr)},
        {"message", single_line(step.message)}});
  }
  return out;
}

// An event without what names it in its stream.
template <class Fields>
json::value event_json(const std::optional<Fields>& event) {
  if (!event) return nullptr;
  auto value = parsed_or_null(to_json_line({}, *event));
  auto* const object = value.if_object();
  for (const auto* const name : {"v", "type", "job", "attempt", "seq", "time"})
    if (object != nullptr) object->erase(name);
  return value;
}

}  // namespace

std::string job_line(const JobView& view) {
  return safe_json(json::serialize(view_json(view)));
}

std::string story_line(const JobStory& story) {
  auto out = view_json(story.view);
  out["steps"] = steps_json(story.view);
  json::array intents;
  for (const auto& intent : story.intents) {
    intents.push_back(json::object{{"name", printable(intent.name)},
                                   {"detail", single_line(intent.detail)},
                                   {"created", iso8601(intent.created_at)}});
  }
  out["intents"] = std::move(intents);
  out["progress"] = event_json(story.progress);
  out["summary"] = event_json(story.summary);
  out["migration"] =
      story.migration ? parsed_or_null(workflow::to_json(*story.migration)) : nullptr;
  return safe_json(json::serialize(out));
}

std::string failure_json(const std::string& job_id, const store::FailureRecord& failure) {
  json::object out{{"v", event_schema_version},
                   {"type", "failure"},
                   {"job", printable(job_id)},
                   {"number", failure.number},
                   {"time", iso8601(failure.time)}};
  const auto fields = event_json(std::optional(workflow::event_of(failure)));
  for (const auto& [name, value] : fields.as_object())
    out[name] = value;
  return safe_json(json::serialize(out));
}

}  // namespace s3m::app
