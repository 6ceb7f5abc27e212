#include "console/job_watch.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "console/reply.hpp"
#include "workflow/job_recorder.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

Change change(std::string_view kind, const std::string& job_id, json::value event) {
  return {std::string(kind), safe_json(json::serialize(json::object{{"job_id", printable(job_id)},
                                                                    {"event", std::move(event)}}))};
}

std::string type_of(const json::value& event) {
  const auto* const object = event.if_object();
  const auto* const type = object != nullptr ? object->if_contains("type") : nullptr;
  return type != nullptr && type->is_string() ? std::string(type->get_string()) : "note";
}

// Of very many failures the latest are told; all of them can be read elsewhere.
std::uint64_t failures_to_pass_over(const json::value& progress) {
  const auto* const object = progress.if_object();
  const auto* const failed = object != nullptr ? object->if_contains("failed") : nullptr;
  if (failed == nullptr || !failed->is_number()) return 0;
  const auto count = failed->to_number<std::uint64_t>();
  return count > JobWatch::most_failures ? count - JobWatch::most_failures : 0;
}

}  // namespace

// Events, and the first few of the failures that came since.
Result<void> JobWatch::catch_up(store::Store& store, Seen& seen, std::vector<Change>* changes) {
  const auto& id = seen.record.id;
  for (;;) {
    auto events = store.events_of(id, seen.position, most_events);
    if (!events) return forward(events);
    for (const auto& record : *events) {
      seen.position = record.position;
      if (changes == nullptr) continue;
      auto event = parsed_or_null(record.line);
      const auto kind = type_of(event);
      changes->push_back(change(kind, id, std::move(event)));
    }
    if (changes != nullptr || events->size() < most_events) break;
  }
  auto failures = store.failures_of(id, most_failures, seen.failures);
  if (!failures) return forward(failures);
  for (const auto& failure : *failures) {
    seen.failures = failure.number;
    if (changes == nullptr) continue;
    changes->push_back(change("failure", id, fields_of(workflow::event_of(failure))));
  }
  return ok;
}

Result<void> JobWatch::look_at(store::Store& store, const Executor& executor,
                               const store::JobRecord& job, std::vector<Change>& changes) {
  const auto known = seen_.find(job.id);
  const bool is_new = known == seen_.end();
  if (!is_new && known->second.settled && known->second.record == job) return ok;
  auto view = workflow::view_job(store, job.id);
  if (!view && view.error().code() == Errc::not_found) return ok;  // deleted meanwhile
  if (!view) return forward(view);
  auto document = job_document(store, *view, executor);
  if (!document) return forward(document);
  Seen now = is_new ? Seen() : known->second;
  if (!is_new && now.record.attempt != job.attempt) now.failures = 0;
  now.failures = std::max(now.failures, failures_to_pass_over(document->at("progress")));
  now.record = view->job;
  now.settled = !view->at_work && view->job.state != store::JobState::running;
  if (auto caught = catch_up(store, now, began_ ? &changes : nullptr); !caught) return caught;
  auto progress = std::exchange(document->at("progress"), nullptr);
  const auto figures = json::serialize(progress);
  auto without = json::serialize(*document);
  if (began_ && without != now.document) {
    auto whole = *document;
    whole["progress"] = progress;
    changes.push_back(change("job", job.id, std::move(whole)));
  }
  if (began_ && figures != now.progress && !progress.is_null())
    changes.push_back(change("progress", job.id, std::move(progress)));
  now.document = std::move(without);
  now.progress = figures;
  seen_.insert_or_assign(job.id, std::move(now));
  return ok;
}

Result<std::vector<Change>> JobWatch::look(store::Store& store, const Executor& executor) {
  auto jobs = store.jobs(most_watched);
  if (!jobs) return forward(jobs);
  std::vector<Change> changes;
  std::set<std::string> there;
  for (const auto& job : *jobs) {
    there.insert(job.id);
    if (auto looked = look_at(store, executor, job, changes); !looked) return forward(looked);
  }
  std::erase_if(seen_, [&](const auto& entry) {
    if (there.contains(entry.first)) return false;
    // Beyond the newest it is only not watched any more.
    if (jobs->size() < most_watched) changes.push_back(change("gone", entry.first, nullptr));
    return true;
  });
  began_ = true;
  return changes;
}

}  // namespace s3m::console
