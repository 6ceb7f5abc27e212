#include "workflow/earlier_runs.hpp"

#include <array>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/event_reader.hpp"
#include "workflow/job_recorder.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr std::string_view earlier_runs_fact = "earlier-runs";

struct Count {
  std::string_view name;
  std::uint64_t EarlierRuns::* member;
};
constexpr auto counts = std::to_array<Count>({{"runs", &EarlierRuns::runs},
                                              {"copied", &EarlierRuns::copied},
                                              {"copied_bytes", &EarlierRuns::copied_bytes},
                                              {"deleted", &EarlierRuns::deleted},
                                              {"requests", &EarlierRuns::requests},
                                              {"retried", &EarlierRuns::retried},
                                              {"throttled", &EarlierRuns::throttled}});

// What is not there is 0.
EarlierRuns read(std::string_view text) {
  EarlierRuns runs;
  json::error_code unreadable;
  const auto value = json::parse(text, unreadable);
  const auto* const fields = unreadable ? nullptr : value.if_object();
  if (fields == nullptr) return runs;
  const auto number = [&](std::string_view name) {
    const auto* const field = fields->if_contains(name);
    return field != nullptr && field->is_number() ? field->to_number<double>() : 0.0;
  };
  for (const auto& [name, member] : counts)
    runs.*member = static_cast<std::uint64_t>(number(name));
  runs.seconds = number("seconds");
  return runs;
}

template <class Figures>
void add(EarlierRuns& runs, const Figures& figures) {
  runs.seconds += figures.elapsed_seconds;
  runs.copied += figures.copied;
  runs.requests += figures.requests;
  runs.retried += figures.retried;
  runs.throttled += figures.throttled;
}

Result<std::string> fact_or_empty(store::Store& store, const std::string& id,
                                  std::string_view name) {
  auto kept = store.fact(id, std::string(name));
  if (!kept) return forward(kept);
  return std::move(*kept).value_or("");
}

}  // namespace

json::object to_json(const EarlierRuns& runs) {
  json::object out{{"seconds", runs.seconds}};
  for (const auto& [name, member] : counts)
    out[name] = runs.*member;
  return out;
}

Result<EarlierRuns> earlier_runs(store::Store& store, const std::string& job_id) {
  auto kept = fact_or_empty(store, job_id, earlier_runs_fact);
  if (!kept) return forward(kept);
  return read(*kept);
}

Result<void> count_last_run(store::Store& store, const std::string& job_id, bool anew) {
  if (anew) return store.set_fact(job_id, std::string(earlier_runs_fact), "");
  auto runs = earlier_runs(store, job_id);
  if (!runs) return forward(runs);
  auto summary = fact_or_empty(store, job_id, summary_fact);
  if (!summary) return forward(summary);
  auto progress = fact_or_empty(store, job_id, progress_fact);
  if (!progress) return forward(progress);
  ++runs->runs;
  if (const auto ended = read_summary(*summary)) {
    add(*runs, *ended);
    runs->copied_bytes += ended->copied_bytes;
    runs->deleted += ended->deleted;
  } else if (const auto last = read_progress(*progress)) {
    add(*runs, *last);
  }
  return store.set_fact(job_id, std::string(earlier_runs_fact), json::serialize(to_json(*runs)));
}

}  // namespace s3m::workflow
