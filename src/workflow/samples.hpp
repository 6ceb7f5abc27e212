// samples.hpp: how fast a job was, over its whole time, in a few points for a chart.
//
// Layer   workflow; pure.
// Memory  at most `most_samples` points, however long the job runs: when they are full, each two
//         become one, and from then on each stands for twice the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "base/time.hpp"

namespace s3m::workflow {

inline constexpr std::size_t most_samples = 480;

struct Sample {
  WallTime time;                                        // when its time began
  double objects_per_second = 0, bytes_per_second = 0;  // the mean; 0 in steps that only compare
  std::uint32_t in_flight = 0;                          // the last
  std::uint64_t throttled = 0, retried = 0;             // in all until then
  friend bool operator==(const Sample&, const Sample&) = default;
};

class Samples {
 public:
  // `time` does not go back; if it does, the figures count for the last point.
  void add(WallTime time, const ProgressEvent& progress);

  const std::vector<Sample>& points() const noexcept { return points_; }

  // A text that load() understands; at most some 40 KB.
  std::string text() const;
  // What text() gave; nothing where it is not understood. A job that is taken up again goes on
  // where its earlier attempts ended.
  static Samples load(std::string_view text);

 private:
  void halve();

  std::vector<Sample> points_;
  std::vector<std::uint32_t> weights_;  // how many figures each is the mean of
  std::chrono::milliseconds gap_{1000};
};

// At most `most` points with the same ends, each the mean of those it stands for.
std::vector<Sample> thinned(const std::vector<Sample>& samples, std::size_t most);

}  // namespace s3m::workflow
