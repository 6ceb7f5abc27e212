// job_list.cpp: the list of jobs, and what one job told.
#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/job_queries.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/job_recorder.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

bool holds(std::string_view text, const std::string& lower_part) {
  return lower(text).contains(lower_part);
}

// What the record alone can tell.
bool may_match(const store::JobRecord& job, const JobFilter& filter,
               const std::string& lower_part) {
  if (!filter.kind.empty() && job.kind != filter.kind) return false;
  if (lower_part.empty() || holds(job.id, lower_part)) return true;
  for (const auto* const side : {"source", "destination"})
    if (holds(workflow::spec_field(job.spec, side, "location"), lower_part)) return true;
  return false;
}

bool is_one_of(std::string_view word, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// All that match, the newest first. Who is alive is asked only where the state is.
Result<std::vector<store::JobRecord>> matching(store::Store& store, const JobFilter& filter) {
  auto jobs = store.jobs(most_jobs_looked_through);
  if (!jobs) return jobs;
  const auto part = lower(filter.part);
  std::vector<store::JobRecord> out;
  for (auto& job : *jobs) {
    if (!may_match(job, filter, part)) continue;
    if (!filter.states.empty()) {
      auto view = workflow::view_job(store, job.id);
      if (!view && view.error().code() == Errc::not_found) continue;
      if (!view) return forward(view);
      if (!is_one_of(view->state(), filter.states)) continue;
    }
    out.push_back(std::move(job));
  }
  return out;
}

Result<void> known(store::Store& store, const std::string& id) {
  auto view = workflow::view_job(store, id);
  if (!view) return forward(view);
  return ok;
}

}  // namespace

Reply list_jobs(store::Store& store, const JobFilter& filter, const Executor& executor) {
  auto jobs = matching(store, filter);
  if (!jobs) return refuse(jobs.error());
  auto at = jobs->begin();
  if (!filter.after.empty()) {
    at = std::ranges::find(*jobs, filter.after, &store::JobRecord::id);
    if (at == jobs->end()) {
      return refuse({.status = 400,
                     .code = "cursor",
                     .detail = "the list has changed: the cursor's job is no longer in it"});
    }
    ++at;
  }
  json::array out;
  for (; at != jobs->end() && out.size() < filter.limit; ++at) {
    auto view = workflow::view_job(store, at->id);
    if (!view && view.error().code() == Errc::not_found) continue;  // deleted meanwhile
    if (!view) return refuse(view.error());
    auto document = job_document(store, *view, executor);
    if (!document) return refuse(document.error());
    out.push_back(*std::move(document));
  }
  const bool more = at != jobs->end() && !out.empty();
  const json::value cursor = more ? out.back().at("id") : json::value(nullptr);
  return json_reply(
      200,
      json::object{{"jobs", std::move(out)}, {"next_cursor", cursor}, {"total", jobs->size()}});
}

Reply list_events(store::Store& store, const std::string& id, store::EventPosition after,
                  std::size_t limit) {
  if (auto there = known(store, id); !there) return refuse(there.error());
  auto events = store.events_of(id, after, limit);
  if (!events) return refuse(events.error());
  json::array out;
  for (const auto& event : *events)
    out.push_back(parsed_or_null(event.line));
  return json_reply(200, json::object{{"events", std::move(out)}});
}

Reply list_samples(store::Store& store, const std::string& id, std::size_t most) {
  if (auto there = known(store, id); !there) return refuse(there.error());
  auto text = store.fact(id, workflow::samples_fact);
  if (!text) return refuse(text.error());
  const auto samples = workflow::Samples::load(text->value_or(""));
  json::array out;
  for (const auto& point : workflow::thinned(samples.points(), most)) {
    out.push_back(json::object{{"t", iso8601(point.time)},
                               {"objects_per_second", point.objects_per_second},
                               {"bytes_per_second", point.bytes_per_second},
                               {"in_flight", point.in_flight},
                               {"throttled", point.throttled},
                               {"retried", point.retried}});
  }
  return json_reply(200, json::object{{"points", std::move(out)}});
}

}  // namespace s3m::console
