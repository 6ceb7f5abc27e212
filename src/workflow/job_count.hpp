// job_count.hpp: how many objects the two sides of a job have, counted beside it, and the
// percentage that this is.
//
// Layer      workflow.
// Threading  one loop.
// Source     the article's tables. Copy: 0 started, 5 the destination is there, 6-99 copying, 100
//            finished. Migration: 0, 5 the temporary bucket is there, 6-49 copying, 50 the source
//            is gone, 55 the new bucket is there, 56-99 copying, 100.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "transfer/count_ranges.hpp"
#include "workflow/access.hpp"
#include "workflow/job_context.hpp"
#include "workflow/progress.hpp"

namespace s3m::workflow {

// The fact of a job that holds a count that was broken off, or is complete.
inline constexpr std::string_view count_fact = "monitor-count";

// Which two buckets are compared: the source and its copy, or, once a migration's source is handed
// over, the temporary bucket and the new one.
enum class CountPhase : std::uint8_t { copy, outward, homeward };

struct PlaceCount {
  std::string uri;      // "s3://bucket/prefix"
  bool exists = false;  // when it was last looked at
  transfer::CountState count;
};

struct JobCount {
  CountPhase phase = CountPhase::copy;
  PlaceCount from, to;
  bool complete() const noexcept { return from.count.complete() && to.count.complete(); }
};

std::string save(const JobCount& count);
// nullopt for anything that save() did not give.
std::optional<JobCount> load_job_count(std::string_view text);

// What the tables say; nullopt while it is not complete. 99 at most: that a job has finished only
// the job can say.
std::optional<int> percent_of(const JobCount& count) noexcept;

struct CountTerms {
  CountPhase phase = CountPhase::copy;
  transfer::Filter filter;
  bool all_versions = false;
  std::function<bool()> stop;  // time is up
};

// Counts both places at once, each with its own identity. Goes on with `count` where that is of the
// same phase and places and not complete, else begins it anew. A bucket that is not there has
// nothing in it. `context` and `count` outlive it.
//
// Errors  as identify(), look_at_bucket() and transfer::count_on(): of the first place that failed.
//         What was counted stands in `count`.
net::Task<Result<void>> count_places(JobContext& context, Access from, Access to, CountTerms terms,
                                     JobCount& count);

}  // namespace s3m::workflow
