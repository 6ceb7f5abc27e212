// jobs_json.cpp: jobs as JSON lines.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "app/jobs_text.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "workflow/job_json.hpp"

namespace s3m::app {
namespace {

namespace json = boost::json;
using workflow::JobStory;
using workflow::JobView;

json::value exit_code_of(const store::JobRecord& job) {
  return job.exit_code ? json::value(*job.exit_code) : json::value(nullptr);
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
          {"spec", workflow::parsed_or_null(view.job.spec)}};
}

// An event without what names it in its stream.
template <class Fields>
json::value event_json(const std::optional<Fields>& event) {
  return event ? json::value(workflow::fields_of(*event)) : json::value(nullptr);
}

}  // namespace

std::string job_line(const JobView& view) {
  return safe_json(json::serialize(view_json(view)));
}

std::string story_line(const JobStory& story) {
  auto out = view_json(story.view);
  out["steps"] = workflow::to_json(story.view.steps);
  out["intents"] = workflow::to_json(story.intents);
  out["progress"] = event_json(story.progress);
  out["summary"] = event_json(story.summary);
  out["migration"] =
      story.migration ? workflow::parsed_or_null(workflow::to_json(*story.migration)) : nullptr;
  return safe_json(json::serialize(out));
}

std::string failure_json(const std::string& job_id, const store::FailureRecord& failure) {
  json::object out{{"v", event_schema_version},
                   {"type", "failure"},
                   {"job", printable(job_id)},
                   {"number", failure.number},
                   {"time", iso8601(failure.time)}};
  for (const auto& [name, value] : workflow::fields_of(workflow::event_of(failure)))
    out[name] = value;
  return safe_json(json::serialize(out));
}

}  // namespace s3m::app
