// token_rate.hpp: how many requests a second a service bears, as laws without clock or loop.
//
// Layer      transfer; pure: the caller gives the time, which never goes back.
// Source     design, section 5; CUBIC (RFC 9438) for the way back to a remembered ceiling.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace s3m::transfer {

// Tokens that come at a rate; a fiftieth of a second's worth is saved up, so that a timer of a
// millisecond or two is fine enough.
class TokenBucket {
 public:
  // Adds what `rate` (a second) has brought since the last call.
  void fill(double rate, SteadyTime now) noexcept;
  bool ready() const noexcept { return tokens_ >= 1; }
  void take() noexcept { tokens_ -= 1; }
  void drain(SteadyTime now) noexcept;
  // How long until the next token comes.
  std::chrono::nanoseconds next(double rate) const noexcept;

 private:
  double tokens_ = 0;
  SteadyTime filled_{};
};

// Good answers a second, over the last tenth or so.
class AnswerMeter {
 public:
  void answered(SteadyTime now) noexcept;
  void restart(SteadyTime now) noexcept;
  // 0 while nothing is known.
  double rate(SteadyTime now) const noexcept;
  std::uint64_t count() const noexcept { return count_; }

 private:
  SteadyTime since_{};
  std::uint64_t count_ = 0;
  double last_ = 0;
};

// What one service, one kind of request of it or one range of keys takes, learned from its 503s.
//
// Without a limit until the first 503. That one holds everything back for a round trip: what the
// service accepts of the requests that are still on their way is what it sustains, whatever it had
// saved up before. From then on requests go by tokens:
//   - a 503 to a request that was sent after the last decrease lowers the rate to a share of what
//     was accepted; all others are echoes of the same event (one decrease a round trip);
//   - then the rate climbs as CUBIC does: fast, flat near the remembered ceiling, then beyond it;
//   - a ceiling far below the one known before is most likely a passing trouble: after a second
//     without a 503 the rate doubles each quarter of a second up to the old one. Where that fails
//     it is tried again after 2, 4, 8 and 16 seconds; then the old ceiling is forgotten;
//   - the rate never gets far ahead of what is really sent.
class ServiceRate {
 public:
  bool limited() const noexcept { return limited_; }

  // Whether a request may go now. Always while not limited.
  bool available(SteadyTime now) noexcept;
  // A request goes. Requires available().
  void take() noexcept;
  // How long until a request may go.
  std::chrono::nanoseconds wait(SteadyTime now) const noexcept;

  void answered(SteadyTime now, std::chrono::nanoseconds latency) noexcept;
  // Gives true when this 503 has lowered the rate.
  bool throttled(SteadyTime sent, SteadyTime now) noexcept;

  // Requests a second; 0 while not limited.
  double rate() const noexcept { return limited_ ? rate_ : 0; }
  std::chrono::nanoseconds round_trip() const noexcept { return round_trip_; }

  // As if no request had been throttled; the round trip stays known.
  void lift() noexcept;

  // Gives half of it away: a range of keys was split, and both halves may lie in the same place.
  ServiceRate split() noexcept;

 private:
  double seconds_since_decrease(SteadyTime now) const noexcept;
  // The ceiling is far below that of better days.
  bool troubled() const noexcept { return ceiling_ < high_ / 2; }
  double recovery() const noexcept;
  void remember(double accepted, SteadyTime now) noexcept;
  double climb(SteadyTime now) noexcept;
  void update(SteadyTime now) noexcept;
  void hold_back(SteadyTime now) noexcept;
  void settle(SteadyTime now) noexcept;
  void restart_from(double ceiling, SteadyTime now) noexcept;

  bool limited_ = false, settling_ = false;
  bool sure_ = false;    // ceiling_ was met again on the way up from below it
  bool proven_ = false;  // high_ is no flood that the service had saved up for
  TokenBucket tokens_;
  AnswerMeter accepted_;
  double rate_ = 0;      // as of computed_
  double ceiling_ = 0;   // where the 503s began the last time
  double start_ = 0;     // where the climb began
  double high_ = 0;      // the ceiling of better days
  double before_ = 0;    // what was accepted before the first 503
  double patience_ = 1;  // seconds until the better days are tried again
  SteadyTime decreased_{}, computed_{}, settled_{};
  std::chrono::nanoseconds round_trip_{0};  // smoothed, of good answers
};

}  // namespace s3m::transfer
