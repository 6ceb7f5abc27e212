#include "console/failure_counts.hpp"

#include <algorithm>
#include <utility>

#include "workflow/job_story.hpp"

namespace s3m::console {
namespace {

constexpr std::size_t page = 5000;

}  // namespace

void FailureCounts::add(Known& known, const store::FailureRecord& failure) {
  ++known.total;
  auto event = workflow::event_of(failure);
  const Cause cause{event.operation, event.code, event.service_code, event.http_status};
  if (known.groups.size() >= most_groups && !known.groups.contains(cause)) return;
  auto& group = known.groups[cause];
  if (group.count++ == 0) group.example = std::move(event);
}

Result<FailureCounts::Counts> FailureCounts::of(store::Store& store, const std::string& id) {
  auto job = store.find_job(id);
  if (!job) return forward(job);
  if (!*job) {
    jobs_.erase(id);
    return fail(Errc::not_found, "the store knows no such job");
  }
  if (jobs_.size() >= most_jobs && !jobs_.contains(id)) jobs_.clear();
  auto& known = jobs_[id];
  auto settled = workflow::settled_failures(store, id);
  if (!settled) return forward(settled);
  // Each attempt begins without failures, and so does each round of one.
  const auto attempt = (*job)->attempt;
  if (known.attempt != attempt || known.settled != *settled)
    known = {.attempt = attempt, .settled = *settled};
  for (;;) {
    auto failures = store.failures_of(id, page, known.settled + known.total);
    if (!failures) return forward(failures);
    for (const auto& failure : *failures)
      add(known, failure);
    if (failures->size() < page) break;
  }
  Counts counts{.total = known.total, .groups = {}};
  for (const auto& [cause, group] : known.groups)
    counts.groups.push_back(group);
  // Equal ones stay in the order of their causes.
  std::ranges::sort(counts.groups, [](const auto& a, const auto& b) {
    const auto key = [](const auto& group) {
      const auto& of = group.example;
      return std::tie(of.operation, of.code, of.service_code, of.http_status);
    };
    return a.count != b.count ? a.count > b.count : key(a) < key(b);
  });
  return counts;
}

}  // namespace s3m::console
