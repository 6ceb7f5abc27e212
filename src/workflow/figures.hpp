// figures.hpp: a step's counters as the event that every face shows.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "transfer/transfer.hpp"
#include "workflow/count_ahead.hpp"
#include "workflow/job_context.hpp"
#include "workflow/progress.hpp"
#include "workflow/steps.hpp"
#include "workflow/ticker.hpp"

namespace s3m::workflow {

// What an earlier walk has counted; `exact` if nothing can have changed since. No objects: nothing
// is known.
struct KnownTotal {
  std::uint64_t objects = 0, bytes = 0;
  bool exact = false;
};

// All references outlive these.
class CopyFigureSource {
 public:
  // Where an earlier run of the job has gone on in `span` already, what is left to do has what is
  // left of it: what that run copied counts, and the figure moves from the first object on.
  CopyFigureSource(const JobContext& context, Steps& steps, const transfer::Counters& counters,
                   const CountAhead& ahead, SteadyTime job_start, PercentSpan span,
                   std::string activity, KnownTotal known);
  ProgressEvent now();

 private:
  void set_totals(ProgressEvent& event) const;

  const JobContext& context_;
  Steps& steps_;
  const transfer::Counters& counters_;
  const CountAhead& ahead_;
  SteadyTime job_start_;
  PercentSpan span_;
  std::string activity_;
  KnownTotal known_;
  RateMeter copied_, settled_;  // what is skipped is no throughput, but brings the end nearer
  // A part that fails takes its bytes back; the meters must not.
  std::uint64_t copied_peak_ = 0, settled_peak_ = 0;
};

// What a step that is no copy has done of what there is to do, or what it waits for.
struct StepFigures {
  std::uint64_t objects = 0, bytes = 0;
  std::uint64_t total_objects = 0, total_bytes = 0;  // no bytes where they do not matter
  bool final = false;                                // the totals are exact
  std::uint64_t failed = 0;
  std::string activity{};                                     // as in ProgressEvent
  std::optional<std::chrono::milliseconds> waited{}, left{};  // likewise
  std::uint32_t attempts = 0;
};

// `objects` and `bytes` of the source, as the copy found them; 0 where it is not known.
StepFigures figures_of(const transfer::Verification& found, std::uint64_t objects,
                       std::uint64_t bytes);

// A step that waits: for how long so far, and how long still.
class Waiting {
 public:
  // A pause begins; what was waited before it counts.
  void begin(std::chrono::milliseconds time);
  void end();
  // Nothing as long as no pause was begun.
  void show(StepFigures& figures) const;
  // `pause`, seen. Whatever it is given to ends before this does.
  Pause watch(Pause pause);

 private:
  std::optional<SteadyTime> since_, until_;
  std::chrono::milliseconds before_{0};
};

class StepFigureSource {
 public:
  using Figures = std::function<StepFigures()>;
  StepFigureSource(const JobContext& context, Steps& steps, Figures figures, SteadyTime job_start);
  ProgressEvent now();

 private:
  const JobContext& context_;
  Steps& steps_;
  Figures figures_;
  SteadyTime job_start_;
  RateMeter rates_;
  std::uint64_t objects_peak_ = 0, bytes_peak_ = 0;  // the meter must not go back
};

// The figures of the open step, told from construction until stop() and once more then.
class StepTicker {
 public:
  // All references outlive the ticker; stop() is awaited before it goes.
  StepTicker(const JobContext& context, Steps& steps, SteadyTime job_start,
             StepFigureSource::Figures figures);
  net::Task<void> stop() { return ticker_.stop(); }

 private:
  StepFigureSource source_;
  Ticker ticker_;
};

}  // namespace s3m::workflow
