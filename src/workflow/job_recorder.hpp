// job_recorder.hpp: what a job tells, on its way to the display, gathered for the store.
//
// Layer      workflow.
// Threading  one loop. It writes nothing itself: whoever owns it stores its news from time to time.
// Memory     what is not stored yet; of failures at most `most_failures_kept` in all. A job's own
//            report lists every one of them.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "store/store.hpp"
#include "workflow/samples.hpp"

namespace s3m::workflow {

inline constexpr std::uint64_t most_failures_kept = 100'000;

// The fact of a job that holds its last figures, and the one that holds how it ended: lines as
// to_json_line() makes them.
inline constexpr std::string_view progress_fact = "progress";
inline constexpr std::string_view summary_fact = "summary";
// The one that holds how many of its failures, the first ones, a later pass has answered: they
// count no more.
inline constexpr std::string_view settled_fact = "failures-settled";
// The one that holds how fast it was (samples.hpp), over all attempts.
inline constexpr std::string_view samples_fact = "samples";
// Samples are stored so often while the job runs, oftener in the first minute, when each is news to
// who looks at the chart, and at its end.
inline constexpr std::chrono::seconds samples_gap{10}, first_samples_gap{2};
inline constexpr std::chrono::minutes first_samples{1};

struct JobNews {
  std::vector<store::JobStep> steps;
  std::vector<store::EventRecord> events;
  std::vector<store::FailureRecord> failures;
  std::string progress, summary, samples;  // empty: none, or none since
  std::optional<std::uint64_t> settled;    // unset: none since

  bool empty() const noexcept;
};

class JobRecorder final : public EventSink {
 public:
  // Passes every event on to `next`, which outlives this.
  // `samples` are those of earlier attempts; `earlier_failures`, which count no more, stay in the
  // store.
  JobRecorder(EventSink& next, std::string job_id, int attempt, Samples samples = {},
              std::uint64_t earlier_failures = 0);

  void emit(const Event& event) override;

  // What the store does not have yet, the oldest first, at most a batch of each kind.
  JobNews news() const;
  // The store has them.
  void stored(const JobNews& news);

 private:
  struct Step {
    store::JobStep step;
    bool stored = false;
  };

  void note_step(const StepEvent& event);
  void note_progress(const ProgressEvent& event);
  void note_failure(const FailureEvent& event);
  void note_event(const Event& event);

  EventSink& next_;
  EventStamp stamp_;
  std::map<std::string, Step> steps_;
  std::deque<store::EventRecord> events_;
  std::deque<store::FailureRecord> failures_;
  int furthest_step_ = 0;  // of this round
  std::uint64_t failure_count_ = 0, settled_ = 0, settled_stored_ = 0;
  std::string progress_, summary_;
  Samples samples_;
  bool sampled_ = false;  // since they were stored
  bool ended_ = false;
  WallTime begun_ = system_clock().now(), samples_stored_{};
};

// On the store's thread. A part of it may be stored when it fails; it may be stored again.
Result<void> store_news(store::Store& store, const std::string& job_id, const JobNews& news);

}  // namespace s3m::workflow
