#include "sim/throttle.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "sim/faults.hpp"

namespace s3m::sim {
namespace {

constexpr double busy_share = 0.8;
constexpr std::size_t sample_size = 64;
constexpr std::chrono::seconds one_second{1};

std::string_view prefix_of(std::string_view key, std::size_t slashes) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < slashes; ++i) {
    const std::size_t slash = key.find('/', end);
    if (slash == std::string_view::npos) break;
    end = slash + 1;
  }
  return key.substr(0, end);
}

bool collapsed(const ThrottleSpec& limit, std::chrono::milliseconds since_begin) {
  if (limit.collapse_every.count() <= 0) return false;
  return since_begin % limit.collapse_every >= limit.collapse_every - limit.collapse_for;
}

}  // namespace

bool Throttle::take(std::size_t spec, std::string_view bucket, std::string_view key, bool write,
                    WallTime now) {
  const ThrottleSpec& limit = specs_[spec];
  double rate = write ? limit.writes_per_second : limit.reads_per_second;
  if (rate <= 0 || !glob_match(limit.bucket, bucket) || !glob_match(limit.key, key)) return true;
  if (collapsed(limit, now - began_)) rate *= limit.collapse_to;
  const double most = std::max(1.0, rate * limit.burst_seconds);
  const std::string name = fmt::format("{}{}{}/{}", spec, write ? 'w' : 'r', bucket,
                                       prefix_of(key, limit.prefix_slashes));
  auto& partitions = prefixes_[name];
  if (partitions.empty()) {
    partitions[""] = {.left = most, .filled = now, .second = now, .quiet = now};
  }
  const auto found = std::prev(partitions.upper_bound(key));
  Partition& tokens = found->second;
  const std::chrono::duration<double> passed = now - tokens.filled;
  tokens.left = std::min(most, tokens.left + std::max(0.0, passed.count()) * rate);
  tokens.filled = now;
  const bool admitted = tokens.left >= 1;
  if (admitted) tokens.left -= 1;
  if (partitions.size() < limit.most_partitions && busy_for_long(limit, rate, tokens, key, now)) {
    split(partitions, found, most, now);
  }
  return admitted;
}

// Counts the request; true when the partition was busy in each second for long enough.
bool Throttle::busy_for_long(const ThrottleSpec& limit, double rate, Partition& partition,
                             std::string_view key, WallTime now) {
  if (limit.split_after.count() <= 0) return false;
  if (now - partition.second >= one_second) {
    const std::chrono::duration<double> passed = now - partition.second;
    if (partition.asked < busy_share * rate * passed.count()) partition.quiet = now;
    partition.second = now;
    partition.asked = 0;
    partition.keys.clear();
  }
  partition.asked += 1;
  // A rare one is as good as another for the middle of what is asked for.
  const auto gap = std::max<std::size_t>(1, static_cast<std::size_t>(rate) / sample_size);
  if (static_cast<std::size_t>(partition.asked) % gap == 0) partition.keys.emplace_back(key);
  return now - partition.quiet >= limit.split_after && partition.keys.size() >= sample_size / 4;
}

void Throttle::split(Partitions& partitions, Partitions::iterator busy, double most, WallTime now) {
  auto keys = std::move(busy->second.keys);
  busy->second.keys.clear();
  busy->second.quiet = now;
  const auto middle = keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 2);
  std::ranges::nth_element(keys, middle);
  partitions.try_emplace(std::move(*middle),
                         Partition{.left = most, .filled = now, .second = now, .quiet = now});
}

bool Throttle::admit(std::string_view bucket, std::string_view key, bool write, WallTime now) {
  if (began_ == WallTime{}) began_ = now;
  bool admitted = true;
  for (std::size_t spec = 0; spec < specs_.size(); ++spec) {
    admitted = take(spec, bucket, key, write, now) && admitted;
  }
  return admitted;
}

}  // namespace s3m::sim
