#include "transfer/governor.hpp"

#include <algorithm>

namespace s3m::transfer {

Budget::Budget(const GovernorOptions& options) : options_(options) {
  options_.minimum = std::max(options_.minimum, 1U);
  options_.maximum = std::max(options_.maximum, options_.minimum);
  limit_ = std::clamp(options_.initial, options_.minimum, options_.maximum);
}

void Budget::answered() noexcept {
  if (options_.adaptive) limit_ = std::min(limit_ + 1 / limit_, double(options_.maximum));
}

void Budget::throttled(SteadyTime sent, SteadyTime now) noexcept {
  if (!options_.adaptive || sent <= last_decrease_) return;
  limit_ = std::max(limit_ * options_.decrease, double(options_.minimum));
  last_decrease_ = now;
}

Governor::Governor(net::Loop& loop, GovernorOptions options, net::CancelToken& cancel)
    : cancel_(cancel), budget_(options), free_(loop) {}

bool Governor::try_admit(aws::RequestKind /*kind*/) {
  if (stopped() || free_.waiting() > 0 || in_flight_ >= budget()) return false;
  take();
  return true;
}

net::Task<Result<void>> Governor::admit(aws::RequestKind kind) {
  if (try_admit(kind)) co_return ok;
  if (!stopped()) {
    co_await free_.wait();
    const bool handed = handed_ > 0;
    if (handed) --handed_;
    if (handed && !stopped()) co_return ok;
    if (handed) --in_flight_;
  }
  co_return fail(Errc::cancelled, "the job is stopping");
}

void Governor::done(aws::RequestKind /*kind*/, std::chrono::nanoseconds latency,
                    aws::AttemptResult result) {
  const bool full = in_flight_ >= budget();
  if (result == aws::AttemptResult::throttled) {
    const auto now = std::chrono::steady_clock::now();
    budget_.throttled(now - std::chrono::duration_cast<SteadyTime::duration>(latency), now);
  } else if (result == aws::AttemptResult::ok && full) {
    budget_.answered();
  }
  --in_flight_;
  hand_over();
}

void Governor::stop() {
  stopped_ = true;
  hand_over();
}

void Governor::take() noexcept {
  ++in_flight_;
  peak_ = std::max(peak_, in_flight_);
}

void Governor::hand_over() {
  if (stopped()) {
    free_.notify_all();
    return;
  }
  while (free_.waiting() > 0 && in_flight_ < budget()) {
    take();
    ++handed_;
    free_.notify_one();
  }
}

}  // namespace s3m::transfer
