// log_memory.hpp: what a monitor has read of a job's log, and where it goes on: windows, pages, and
// each event once.
//
// Layer   workflow; pure: whoever has it asks the service.
// Source  design, section 8: the window since the watermark less five minutes for events that came
//         late, paged to the end, de-duplicated by (job, attempt, seq).
// Memory  the events of the last five minutes, as ranges of their numbers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/logs.hpp"
#include "base/event.hpp"

namespace s3m::workflow {

// What the job told in what was read so far.
struct LogFindings {
  int percent = 0;                                    // the highest
  int attempt = 0;                                    // the latest; 0: nothing was read
  std::string step;                                   // the latest
  std::uint64_t objects_done = 0, objects_total = 0;  // of the step, the latest
  std::uint64_t failures = 0;    // objects that could not be settled, of the latest attempt
  std::uint64_t events = 0;      // of all attempts, each once
  std::string outcome;           // of the latest attempt; empty: it has not ended
  std::optional<int> exit_code;  // likewise
  std::optional<WallTime> told;  // when the latest event was made
};

class LogMemory {
 public:
  static constexpr std::chrono::minutes lateness{5};

  // Nothing is read yet. `since`: before the job's first event.
  LogMemory(std::string job, WallTime since) : job_(std::move(job)), read_until_(since) {}
  // As save() wrote it, of that job; nullopt for anything else.
  static std::optional<LogMemory> load(std::string_view text, const std::string& job);
  std::string save() const;

  // The stream that is read. Another one than before: each task has its own, so its window begins
  // where the last one's ended. Requires that no window is open, unless it is the same stream.
  void turn_to(std::string group, std::string stream);
  const std::string& group() const noexcept { return group_; }
  const std::string& stream() const noexcept { return stream_; }

  // The window to be read: the one that was begun and not read to its end, else a new one to `now`.
  aws::LogWindow open(WallTime now);
  bool is_open() const noexcept { return window_end_.has_value(); }
  // Asks for the next page of it; empty: for the first.
  const std::string& token() const noexcept { return token_; }
  void take(const aws::LogPage& page);
  // The service does not know the token any more (they live a day): the window begins again.
  void forget_token() { token_.clear(); }
  // There is nothing to read, as of now: no stream yet.
  void close();

  const LogFindings& findings() const noexcept { return findings_; }

 private:
  // Events `first` to `last` of an attempt; the newest of them is of that time, by the log.
  struct Seen {
    int attempt = 0;
    std::uint64_t first = 0, last = 0;
    WallTime newest;
  };
  void take(const aws::LogEvent& event);
  bool is_new(int attempt, std::uint64_t seq, WallTime time);
  void note(const EventStamp& stamp, std::string_view type, std::string_view line);

  std::string job_, group_, stream_, token_;
  WallTime read_until_;  // the end of the last window that was read whole
  std::optional<WallTime> window_start_, window_end_;  // of the open one
  std::vector<Seen> seen_;  // by attempt and number; they do not overlap or touch
  LogFindings findings_;
};

}  // namespace s3m::workflow
