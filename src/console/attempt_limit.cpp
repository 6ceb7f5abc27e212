#include "console/attempt_limit.hpp"

#include <algorithm>
#include <cmath>

namespace s3m::console {

using std::chrono::duration;
using std::chrono::seconds;

AttemptLimit::AttemptLimit(const Clock& clock, AttemptRules rules) : clock_(clock), rules_(rules) {
  all_.at = clock.now();
}

// A clock that was set back gives nothing back.
void AttemptLimit::refresh(Bucket& bucket, seconds each) const {
  const auto now = clock_.now();
  const double passed = std::max(0.0, duration<double>(now - bucket.at) / duration<double>(each));
  bucket.used = std::max(0.0, bucket.used - passed);
  bucket.at = now;
}

seconds AttemptLimit::wait_of(const Bucket& bucket, double most, seconds each) const {
  const double over = bucket.used + 1 - most;
  if (over <= 0) return seconds(0);
  constexpr double rounding = 1e-6;
  return seconds(static_cast<long>(std::ceil(over * static_cast<double>(each.count()) - rounding)));
}

seconds AttemptLimit::wait(const std::string& peer) {
  refresh(all_, rules_.each_of_all);
  const auto of_all = wait_of(all_, rules_.failures_of_all, rules_.each_of_all);
  const auto known = peers_.find(peer);
  if (known == peers_.end()) return of_all;
  refresh(known->second, rules_.each);
  return std::max(of_all, wait_of(known->second, rules_.failures, rules_.each));
}

void AttemptLimit::failed(const std::string& peer) {
  refresh(all_, rules_.each_of_all);
  all_.used += 1;
  if (peers_.size() >= most_peers && !peers_.contains(peer)) forget_recovered();
  if (peers_.size() >= most_peers && !peers_.contains(peer)) return;  // the limit of all holds
  auto& bucket = peers_.try_emplace(peer, Bucket{.used = 0, .at = clock_.now()}).first->second;
  refresh(bucket, rules_.each);
  bucket.used += 1;
}

void AttemptLimit::forget_recovered() {
  for (auto& [peer, bucket] : peers_)
    refresh(bucket, rules_.each);
  std::erase_if(peers_, [](const auto& entry) { return entry.second.used == 0; });
}

}  // namespace s3m::console
