// steps.hpp: the steps of a job, told to whoever listens and remembered for the report.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "workflow/progress.hpp"
#include "workflow/report.hpp"

namespace s3m::workflow {

class Steps {
 public:
  // `names` in their order. `events` outlives this.
  Steps(EventSink& events, std::vector<std::string> names);

  // Each step is begun and ended in order; one that is not begun is skipped.
  void begin(std::string_view name, int percent);
  void end(StepState state, int percent, std::string message);
  void skip(std::string_view name, std::string message);
  // Ends the step that is open, if any, as failed.
  void fail_open(std::string message);
  // Leaves the step that is open, if any, to a later run; only the report is told why.
  void leave_open(std::string message);

  bool open() const noexcept { return open_; }
  const std::string& name() const noexcept { return names_.at(current_); }
  int number() const noexcept { return static_cast<int>(current_) + 1; }
  int count() const noexcept { return static_cast<int>(names_.size()); }
  HighestPercent& percent() noexcept { return percent_; }
  const std::vector<StepRecord>& records() const noexcept { return records_; }

 private:
  void emit(StepState state, std::string message);
  double since_begin() const;

  EventSink& events_;
  std::vector<std::string> names_;
  std::vector<StepRecord> records_;
  std::size_t current_ = 0;
  bool open_ = false;
  SteadyTime began_{};
  HighestPercent percent_;
};

}  // namespace s3m::workflow
