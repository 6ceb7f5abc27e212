// figures.hpp: a step's counters as the event that every face shows.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <functional>

#include "transfer/transfer.hpp"
#include "workflow/count_ahead.hpp"
#include "workflow/job_context.hpp"
#include "workflow/progress.hpp"
#include "workflow/steps.hpp"

namespace s3m::workflow {

// All references outlive these.
class CopyFigureSource {
 public:
  CopyFigureSource(const JobContext& context, Steps& steps, const transfer::Counters& counters,
                   const CountAhead& ahead, SteadyTime job_start, PercentSpan span);
  ProgressEvent now();

 private:
  void set_totals(ProgressEvent& event) const;

  const JobContext& context_;
  Steps& steps_;
  const transfer::Counters& counters_;
  const CountAhead& ahead_;
  SteadyTime job_start_;
  PercentSpan span_;
  RateMeter copied_, settled_;  // what is skipped is no throughput, but brings the end nearer
  // A part that fails takes its bytes back; the meters must not.
  std::uint64_t copied_peak_ = 0, settled_peak_ = 0;
};

// Restores asked for, then copied: `done` of `total`, both told by the step.
class RestoreFigureSource {
 public:
  struct Figures {
    std::uint64_t objects = 0, bytes = 0, total_objects = 0, total_bytes = 0, failed = 0;
    bool final = false;
  };
  RestoreFigureSource(const JobContext& context, Steps& steps, std::function<Figures()> figures,
                      SteadyTime job_start);
  ProgressEvent now();

 private:
  const JobContext& context_;
  Steps& steps_;
  std::function<Figures()> figures_;
  SteadyTime job_start_;
};

class VerifyFigureSource {
 public:
  // `objects` and `bytes` of the source, as the copy found them; 0 where it is not known.
  VerifyFigureSource(const JobContext& context, Steps& steps, const transfer::Verification& found,
                     std::uint64_t objects, std::uint64_t bytes, SteadyTime job_start);
  ProgressEvent now();

 private:
  const JobContext& context_;
  Steps& steps_;
  const transfer::Verification& found_;
  std::uint64_t objects_, bytes_;
  SteadyTime job_start_;
  RateMeter rates_;
};

}  // namespace s3m::workflow
