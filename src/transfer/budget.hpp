// budget.hpp: how many requests in flight are worth it, as a law without clock or loop.
//
// Layer      transfer; pure: the caller gives the time, which never goes back.
// Source     design, section 5; the shape is that of BBR (startup, then probing by a quarter).
//
// A service answers n requests in flight at the rate n / latency. Up to its knee more in flight
// brings more answers; beyond it, only longer waits. The law finds the knee by what is answered:
//   startup  one more for each answer, so twice as many each round trip, while the rate follows;
//            half as fast above the rate that S3 promises to a cold prefix, and no more than twice
//            as many before the rate was looked at again: a service that answers at once has many
//            round trips in that time, and each request more in flight costs it a connection.
//            It ends when three round trips in a row brought less than a quarter more, or with the
//            first 503, and leaves what the best rate needs at the shortest latency seen.
//   cruise   from time to time a probe: a quarter more in flight, kept if the rate follows; then,
//            if it did not, a fifth less, kept if the rate does not follow. A probe that is kept is
//            repeated at once, upwards with a larger step, up to twice as many: what a stall ended
//            too early is made up for in a second. Where neither is kept the next wait is longer.
// Judged are only times in which the whole budget was in use: a slow listing proves nothing.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace s3m::transfer {

struct BudgetOptions {
  std::uint32_t initial = 32;  // also the least: so few harm no service, and 503s rule the rate
  std::uint32_t maximum = 2048;
  bool adaptive = true;
};

class Budget {
 public:
  explicit Budget(const BudgetOptions& options);

  // Goes on from where it is, within the new limits.
  void change(const BudgetOptions& options) noexcept;

  std::uint32_t size() const noexcept { return size_; }
  bool starting() const noexcept { return phase_ == Phase::startup; }

  // A good answer; `in_flight` counts the request itself.
  void answered(SteadyTime now, std::chrono::nanoseconds latency, std::uint32_t in_flight) noexcept;
  // The service throttles, so the rate is ruled by tokens from now on, and the search goes on from
  // what did well a round trip ago.
  void throttled(SteadyTime now) noexcept;

 private:
  enum class Phase : std::uint8_t { startup, cruise, changing, judging };

  void resize(double size) noexcept;
  void begin_span(SteadyTime now) noexcept;
  std::chrono::nanoseconds span_length() const noexcept;
  void span_ended(SteadyTime now, double rate, double latency) noexcept;
  void started(SteadyTime now, double rate, double latency) noexcept;
  void cruised(SteadyTime now, double rate) noexcept;
  void judged(SteadyTime now, double rate) noexcept;
  void leave_startup(SteadyTime now, double size) noexcept;
  void probe(SteadyTime now, double rate) noexcept;
  void rest(SteadyTime now, std::chrono::nanoseconds pause) noexcept;

  BudgetOptions options_;
  double limit_ = 0;
  std::uint32_t size_ = 0;
  Phase phase_ = Phase::startup;
  // The span that is being measured.
  SteadyTime span_began_{};
  double span_limit_ = 0;  // when it began
  std::uint64_t answers_ = 0, full_answers_ = 0;
  double latencies_ = 0;
  std::chrono::nanoseconds round_trip_{0};  // smoothed
  // Startup.
  bool growing_ = true;
  int misses_ = 0;
  double best_rate_ = 0, least_latency_ = 0;
  // Probing.
  bool upwards_ = true;
  double up_ = 1, base_limit_ = 0, base_rate_ = 0;
  SteadyTime next_probe_{};
  std::chrono::nanoseconds pause_{0};
};

}  // namespace s3m::transfer
