#include "transfer/budget.hpp"

#include <algorithm>
#include <cmath>

namespace s3m::transfer {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// What S3 promises a prefix. Beyond it the growth is half as fast: more of what is in flight would
// be throttled when the end comes.
constexpr double promised_rate = 3'500;
constexpr double follows_in_startup = 1.25;  // as BBR has it
constexpr int most_misses = 3;
constexpr double headroom = 1.25;
constexpr double first_up = 1.25, largest_up = 2;
constexpr double worth_keeping = 0.4;  // the share of a step up by which the rate must follow
constexpr double down = 0.8, no_loss = 0.97;
constexpr milliseconds startup_span{20}, judging_span{100};
constexpr milliseconds first_pause{500}, longest_pause{8'000};
constexpr std::uint64_t least_answers = 8;

}  // namespace

Budget::Budget(const BudgetOptions& options) {
  change(options);
  resize(options_.initial);
}

void Budget::change(const BudgetOptions& options) noexcept {
  // What nothing but its limit held back begins again: what was found is the limit.
  const bool held_back = limit_ >= options_.maximum && options.maximum > options_.maximum;
  if (held_back) {
    phase_ = Phase::startup;
    growing_ = true;
    misses_ = 0;
    best_rate_ = least_latency_ = 0;
  }
  options_ = options;
  options_.maximum = std::max(options_.maximum, 1U);
  options_.initial = std::clamp(options_.initial, 1U, options_.maximum);
  resize(limit_);
}

void Budget::resize(double size) noexcept {
  limit_ = std::clamp(size, double(options_.initial), double(options_.maximum));
  size_ = static_cast<std::uint32_t>(limit_);
}

void Budget::answered(SteadyTime now, nanoseconds latency, std::uint32_t in_flight) noexcept {
  if (!options_.adaptive) return;
  round_trip_ = round_trip_.count() == 0 ? latency : (7 * round_trip_ + latency) / 8;
  if (span_began_ == SteadyTime{}) begin_span(now - latency);
  // A few lanes are always between two requests.
  const bool full = in_flight + in_flight / 8 >= size_;
  ++answers_;
  full_answers_ += full ? 1 : 0;
  latencies_ += std::chrono::duration<double>(latency).count();
  if (phase_ == Phase::startup && growing_ && full) {
    const double grown = limit_ + (best_rate_ < promised_rate ? 1 : 0.5);
    resize(std::min(grown, 2 * span_limit_));
  }
  const auto passed = now - span_began_;
  if (answers_ < least_answers || passed < span_length()) return;
  const double count = double(answers_);
  span_ended(now, count / std::chrono::duration<double>(passed).count(), latencies_ / count);
}

void Budget::begin_span(SteadyTime now) noexcept {
  span_began_ = now;
  span_limit_ = limit_;
  answers_ = full_answers_ = 0;
  latencies_ = 0;
}

nanoseconds Budget::span_length() const noexcept {
  switch (phase_) {
    case Phase::startup:
      return std::max<nanoseconds>(round_trip_, startup_span);
    case Phase::changing:
      return round_trip_ + round_trip_ / 4;
    case Phase::cruise:
    case Phase::judging:
      break;
  }
  return std::max<nanoseconds>(2 * round_trip_, judging_span);
}

void Budget::span_ended(SteadyTime now, double rate, double latency) noexcept {
  const bool in_full_use = 2 * full_answers_ >= answers_;
  begin_span(now);
  if (!in_full_use) {
    if (phase_ == Phase::changing || phase_ == Phase::judging) {
      resize(base_limit_);
      rest(now, first_pause);
    }
    return;
  }
  switch (phase_) {
    case Phase::startup:
      return started(now, rate, latency);
    case Phase::cruise:
      return cruised(now, rate);
    case Phase::changing:
      phase_ = Phase::judging;
      return;
    case Phase::judging:
      return judged(now, rate);
  }
}

void Budget::started(SteadyTime now, double rate, double latency) noexcept {
  least_latency_ = least_latency_ == 0 ? latency : std::min(least_latency_, latency);
  growing_ = rate >= best_rate_ * follows_in_startup;
  best_rate_ = std::max(best_rate_, rate);
  misses_ = growing_ ? 0 : misses_ + 1;
  if (misses_ == most_misses) leave_startup(now, best_rate_ * least_latency_ * headroom);
}

void Budget::leave_startup(SteadyTime now, double size) noexcept {
  resize(std::min(size, limit_));
  upwards_ = true;
  up_ = first_up;
  pause_ = first_pause;
  phase_ = Phase::cruise;
  next_probe_ = now + milliseconds(100);
}

void Budget::throttled(SteadyTime now) noexcept {
  if (!options_.adaptive) return;
  if (phase_ == Phase::changing || phase_ == Phase::judging) resize(base_limit_);
  leave_startup(now, phase_ == Phase::startup ? limit_ / 2 : limit_);
  begin_span(now);
}

void Budget::cruised(SteadyTime now, double rate) noexcept {
  if (now >= next_probe_) probe(now, rate);
}

void Budget::probe(SteadyTime now, double rate) noexcept {
  base_limit_ = limit_;
  base_rate_ = rate;
  resize(limit_ * (upwards_ ? up_ : down));
  if (std::abs(limit_ - base_limit_) < 1) {
    upwards_ = !upwards_;
    resize(base_limit_);
    return rest(now, pause_);
  }
  phase_ = Phase::changing;
}

void Budget::judged(SteadyTime now, double rate) noexcept {
  const double needed = upwards_ ? 1 + worth_keeping * (limit_ / base_limit_ - 1) : no_loss;
  if (rate >= base_rate_ * needed) {
    pause_ = first_pause;
    if (upwards_) up_ = std::min(up_ * first_up, largest_up);
    return probe(now, rate);
  }
  resize(base_limit_);
  rest(now, pause_);
  // One that fails after others were kept may have been too large a step.
  if (!upwards_ || up_ == first_up) upwards_ = !upwards_;
  up_ = first_up;
  if (upwards_) pause_ = std::min<nanoseconds>(2 * pause_, longest_pause);
}

void Budget::rest(SteadyTime now, nanoseconds pause) noexcept {
  phase_ = Phase::cruise;
  next_probe_ = now + pause;
}

}  // namespace s3m::transfer
