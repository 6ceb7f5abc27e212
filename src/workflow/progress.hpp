// progress.hpp: how far a job is, how fast, and how long it may still take.
//
// Layer      workflow; pure: the caller gives the time.
// Threading  one loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.hpp"

namespace s3m::workflow {

// The article's table for a copy: 0 started, 5 destination bucket there, 6 to 99 copying, 100 only
// when everything is verified and reported.
inline constexpr int percent_started = 0;
inline constexpr int percent_bucket_ready = 5;
inline constexpr int percent_copy_first = 6;
inline constexpr int percent_copy_last = 99;
inline constexpr int percent_finished = 100;

// The share of a job's percentage that one step has.
struct PercentSpan {
  int first = 0, last = 0;
};
inline constexpr PercentSpan percent_of_copy{percent_copy_first, percent_copy_last};

// What the walk has settled and what there is to settle, in objects. What was in the destination
// before the job does not count on either side.
struct CopyFigures {
  std::uint64_t copied = 0;
  std::uint64_t skipped = 0;  // the same already
  std::uint64_t failed = 0;
  // Of the source, by counting ahead of the walk or by the walk itself; nullopt: not yet known.
  std::optional<std::uint64_t> total;
};

// From the first to the last of `span`, rounded down; the first while the total is unknown.
int copy_percent(const CopyFigures& figures, PercentSpan span = percent_of_copy) noexcept;

// A percentage that never falls.
class HighestPercent {
 public:
  int raise(int percent) noexcept;
  int value() const noexcept { return value_; }

 private:
  int value_ = 0;
};

// Rates over the last ten seconds and over all.
class RateMeter {
 public:
  explicit RateMeter(SteadyTime start) : start_(start) {}

  // The figures as they stand at `now`; neither time nor figures may go back.
  void add(SteadyTime now, std::uint64_t objects, std::uint64_t bytes);

  double objects_per_second() const noexcept;
  double bytes_per_second() const noexcept;
  double average_objects_per_second() const noexcept;
  double average_bytes_per_second() const noexcept;
  double elapsed_seconds() const noexcept;

 private:
  struct Sample {
    SteadyTime time;
    std::uint64_t objects = 0, bytes = 0;
  };
  SteadyTime start_;
  std::deque<Sample> samples_;  // oldest first: one beyond the window, so that it is spanned
};

struct Eta {
  double low_seconds = 0, high_seconds = 0;
};

// The remaining time as a range: the least and the most that the recent and the average rate, by
// objects and by bytes, make of what remains.
//
// Gives  nullopt before ten seconds have passed or while nothing moves: no honest estimate then.
std::optional<Eta> estimate(const RateMeter& rates, std::uint64_t objects_left,
                            std::uint64_t bytes_left) noexcept;

}  // namespace s3m::workflow
