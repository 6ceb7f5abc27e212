#include "workflow/progress.hpp"

#include <algorithm>

namespace s3m::workflow {
namespace {

constexpr std::chrono::seconds window{10};
// More samples than this in the window tell nothing new.
constexpr std::chrono::milliseconds sample_gap{200};

double seconds(SteadyTime::duration duration) noexcept {
  return std::chrono::duration<double>(duration).count();
}

double rate(std::uint64_t amount, double time) noexcept {
  return time > 0 ? static_cast<double>(amount) / time : 0;
}

}  // namespace

int copy_percent(const CopyFigures& figures, PercentSpan span) noexcept {
  if (!figures.total) return span.first;
  const auto total = *figures.total > figures.skipped ? *figures.total - figures.skipped : 0;
  const auto settled = figures.copied + figures.failed;
  if (settled >= total) return span.last;
  // Long double: 100 times a count of objects may pass 64 bits only in a fuzzer, but it costs
  // nothing.
  const auto share = static_cast<long double>(settled) / static_cast<long double>(total);
  return span.first + static_cast<int>(share * (span.last - span.first));
}

int HighestPercent::raise(int percent) noexcept {
  value_ = std::max(value_, percent);
  return value_;
}

void RateMeter::add(SteadyTime now, std::uint64_t objects, std::uint64_t bytes) {
  const Sample sample{now, objects, bytes};
  // The newest sample moves along until it is far enough from the one before.
  if (samples_.size() >= 2 && now - samples_[samples_.size() - 2].time < sample_gap) {
    samples_.back() = sample;
  } else {
    samples_.push_back(sample);
  }
  while (samples_.size() > 2 && now - samples_[1].time >= window)
    samples_.pop_front();
}

double RateMeter::objects_per_second() const noexcept {
  if (samples_.size() < 2) return 0;
  const auto& first = samples_.front();
  const auto& last = samples_.back();
  return rate(last.objects - first.objects, seconds(last.time - first.time));
}

double RateMeter::bytes_per_second() const noexcept {
  if (samples_.size() < 2) return 0;
  const auto& first = samples_.front();
  const auto& last = samples_.back();
  return rate(last.bytes - first.bytes, seconds(last.time - first.time));
}

double RateMeter::average_objects_per_second() const noexcept {
  return samples_.empty() ? 0 : rate(samples_.back().objects, elapsed_seconds());
}

double RateMeter::average_bytes_per_second() const noexcept {
  return samples_.empty() ? 0 : rate(samples_.back().bytes, elapsed_seconds());
}

double RateMeter::elapsed_seconds() const noexcept {
  return samples_.empty() ? 0 : seconds(samples_.back().time - start_);
}

std::optional<Eta> estimate(const RateMeter& rates, std::uint64_t objects_left,
                            std::uint64_t bytes_left) noexcept {
  if (rates.elapsed_seconds() < seconds(window)) return std::nullopt;
  std::optional<Eta> eta;
  const auto consider = [&eta](std::uint64_t left, double per_second) {
    if (left == 0 || per_second <= 0) return;
    const double time = static_cast<double>(left) / per_second;
    if (!eta) eta = Eta{time, time};
    eta->low_seconds = std::min(eta->low_seconds, time);
    eta->high_seconds = std::max(eta->high_seconds, time);
  };
  // A stall now makes every estimate from the average alone a lie.
  if (rates.objects_per_second() <= 0 && rates.bytes_per_second() <= 0) return std::nullopt;
  consider(objects_left, rates.objects_per_second());
  consider(objects_left, rates.average_objects_per_second());
  consider(bytes_left, rates.bytes_per_second());
  consider(bytes_left, rates.average_bytes_per_second());
  return eta;
}

}  // namespace s3m::workflow
