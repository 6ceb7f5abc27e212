#include "transfer/token_rate.hpp"

#include <algorithm>
#include <cmath>

namespace s3m::transfer {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double saved_seconds = 0.02;
constexpr milliseconds meter_window{100}, meter_patience{1'000}, meter_least{20};
constexpr std::uint64_t meter_enough = 16;

constexpr double decrease = 0.85;  // of what was accepted
// The climb back to the ceiling, in seconds. The short one, where better is known, is doubled each
// time that the better was not there, up to the last.
constexpr double long_recovery = 4, short_recovery = 1, last_recovery = 16;
constexpr double doubling = 0.25, search_doubling = 0.5;
// However long a service refuses all: so few do no harm, and tell when it is well again.
constexpr double lowest_rate = 25, lowest_ceiling = 25;
// What S3 promises each prefix, for a first ceiling when nothing was accepted to measure.
constexpr double promised_rate = 3'500;
constexpr double least_reach = 64;  // that the climb is not held to what was sent below
constexpr milliseconds longest_pause{200};
constexpr milliseconds update_gap{1};

double to_seconds(nanoseconds span) noexcept {
  return std::chrono::duration<double>(span).count();
}

double cube(double x) noexcept {
  return x * x * x;
}

}  // namespace

void TokenBucket::fill(double rate, SteadyTime now) noexcept {
  const double passed = to_seconds(now - filled_);
  if (passed <= 0) return;
  filled_ = now;
  tokens_ =
      std::min(tokens_ + std::min(passed, 3600.0) * rate, std::max(1.0, rate * saved_seconds));
}

void TokenBucket::drain(SteadyTime now) noexcept {
  tokens_ = 0;
  filled_ = now;
}

nanoseconds TokenBucket::next(double rate) const noexcept {
  if (ready()) return nanoseconds(0);
  return nanoseconds(static_cast<std::int64_t>((1 - tokens_) / std::max(rate, 0.001) * 1e9));
}

void AnswerMeter::answered(SteadyTime now) noexcept {
  if (since_ == SteadyTime{}) since_ = now;
  ++count_;
  const auto passed = now - since_;
  if (passed < meter_window || (count_ < meter_enough && passed < meter_patience)) return;
  last_ = double(count_) / to_seconds(passed);
  since_ = now;
  count_ = 0;
}

void AnswerMeter::restart(SteadyTime now) noexcept {
  since_ = now;
  count_ = 0;
  last_ = 0;
}

double AnswerMeter::rate(SteadyTime now) const noexcept {
  const auto passed = now - since_;
  if (last_ > 0 && passed < meter_window) return last_;
  return passed < meter_least ? 0 : double(count_) / to_seconds(passed);
}

bool ServiceRate::available(SteadyTime now) noexcept {
  if (!limited_) return true;
  if (settling_) {
    if (now < settled_) return false;
    settle(now);
  }
  update(now);
  tokens_.fill(rate_, now);
  return tokens_.ready();
}

void ServiceRate::take() noexcept {
  if (limited_) tokens_.take();
}

nanoseconds ServiceRate::wait(SteadyTime now) const noexcept {
  if (!limited_) return nanoseconds(0);
  return settling_ && now < settled_ ? settled_ - now : tokens_.next(rate_);
}

void ServiceRate::answered(SteadyTime now, nanoseconds latency) noexcept {
  accepted_.answered(now);
  round_trip_ = round_trip_.count() == 0 ? latency : (7 * round_trip_ + latency) / 8;
}

bool ServiceRate::throttled(SteadyTime sent, SteadyTime now) noexcept {
  if (limited_ && (settling_ || sent <= decreased_)) return false;
  if (!limited_) {
    hold_back(now);
    return true;
  }
  update(now);
  // Measured since the last decrease: in a fall that is one round trip.
  const double measured = accepted_.rate(now);
  const double accepted = measured > 0 ? std::clamp(measured, rate_ / 4, rate_) : rate_ / 2;
  sure_ = sure_ || seconds_since_decrease(now) > short_recovery;
  remember(accepted, now);
  restart_from(accepted, now);
  return true;
}

// What a 503 says about the ceiling of better days: nothing, while the rate falls.
void ServiceRate::remember(double accepted, SteadyTime now) noexcept {
  const double passed = seconds_since_decrease(now);
  const bool calm = passed > short_recovery;
  const bool was_there = calm && rate_ >= decrease * high_;
  const bool tried = troubled() && passed >= patience_;
  if (tried) patience_ *= 2;
  if (proven_ && !was_there && !(tried && patience_ > last_recovery)) return;
  proven_ = proven_ || calm;
  high_ = accepted;
  patience_ = short_recovery;
}

// The first 503: waits for what is on its way.
void ServiceRate::hold_back(SteadyTime now) noexcept {
  limited_ = true;
  before_ = accepted_.rate(now);
  const auto pause = std::clamp<nanoseconds>(round_trip_, milliseconds(5), longest_pause);
  settling_ = round_trip_ <= longest_pause;
  settled_ = now + pause;
  decreased_ = now;
  if (settling_) {
    accepted_.restart(now);
  } else {
    high_ = std::max(before_, lowest_ceiling);
    restart_from(high_, now);
  }
}

void ServiceRate::settle(SteadyTime now) noexcept {
  settling_ = false;
  const double measured = double(accepted_.count()) / to_seconds(now - decreased_);
  const double most = before_ > 0 ? before_ : promised_rate;
  const double ceiling = std::clamp(measured, std::min(lowest_ceiling, most), most);
  // Where next to nothing is accepted, that is not what it sustains.
  proven_ = measured < most / 16;
  high_ = proven_ ? most : ceiling;
  restart_from(ceiling, now);
}

void ServiceRate::restart_from(double ceiling, SteadyTime now) noexcept {
  ceiling_ = std::max(ceiling, lowest_rate);
  start_ = std::max(ceiling * decrease, lowest_rate);
  high_ = std::max(high_, ceiling_);
  decreased_ = computed_ = now;
  rate_ = start_;
  accepted_.restart(now);
  tokens_.drain(now);
}

double ServiceRate::seconds_since_decrease(SteadyTime now) const noexcept {
  return to_seconds(now - decreased_);
}

// A ceiling that was met once, in the rush of the beginning, is hardly more than a guess.
double ServiceRate::recovery() const noexcept {
  if (troubled()) return patience_;
  return sure_ ? long_recovery : short_recovery;
}

// The rate of the law, before it is held to what is really sent.
double ServiceRate::climb(SteadyTime now) noexcept {
  const double passed = seconds_since_decrease(now), whole = recovery();
  if (passed < whole) return ceiling_ - (ceiling_ - start_) * cube(1 - passed / whole);
  const double beyond = passed - whole;
  if (!sure_) return ceiling_ * std::exp2(std::min(beyond / search_doubling, 60.0));
  if (ceiling_ >= decrease * high_) return ceiling_ * (1 + (1 - decrease) * cube(beyond / whole));
  const double doubled = ceiling_ * std::exp2(std::min(beyond / doubling, 60.0));
  return std::min(doubled, decrease * high_);
}

void ServiceRate::update(SteadyTime now) noexcept {
  if (now - computed_ < update_gap) return;
  computed_ = now;
  const double sent = 2 * accepted_.rate(now);
  rate_ = std::min(climb(now), std::max({ceiling_, sent, least_reach}));
  if (ceiling_ < decrease * high_ && rate_ >= decrease * high_) {
    // Back where it was in better days: from here on by their ceiling.
    ceiling_ = high_;
    start_ = rate_;
    decreased_ = now;
    patience_ = short_recovery;
  }
}

void ServiceRate::lift() noexcept {
  const auto known = round_trip_;
  *this = ServiceRate();
  round_trip_ = known;
}

ServiceRate ServiceRate::split() noexcept {
  // However often it is split, each part may be asked as rarely as the whole, not more rarely.
  for (double* part : {&rate_, &ceiling_, &start_, &high_, &before_})
    *part = std::min(*part, std::max(*part / 2, lowest_rate));
  sure_ = false;  // that each half bears half
  ServiceRate other = *this;
  other.tokens_.drain(computed_);
  return other;
}

}  // namespace s3m::transfer
