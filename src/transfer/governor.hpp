// governor.hpp: how many requests are in flight.
//
// Layer      transfer; implements aws::Admission.
// Threading  one loop; a permit is a plain counter.
//
// Starts at the given budget, grows slowly while nothing is throttled, and decreases once per
// round-trip epoch on 503 SlowDown: answers to requests sent before the last decrease do not
// decrease again (design, section 5). Small copies and parts share the one budget.
#pragma once

#include <chrono>
#include <cstdint>

#include "aws/admission.hpp"
#include "base/time.hpp"
#include "net/signal.hpp"

namespace s3m::transfer {

struct GovernorOptions {
  std::uint32_t initial = 64;
  std::uint32_t minimum = 1;
  std::uint32_t maximum = 1024;
  bool adaptive = true;  // false: --concurrency N, fixed
  double decrease = 0.7;
};

// The number itself, as a state machine without clock or loop.
class Budget {
 public:
  explicit Budget(const GovernorOptions& options);

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(limit_); }
  // A good answer came while the whole budget was in use: one more after `size()` of them.
  void answered() noexcept;
  // A request sent at `sent` was throttled. Decreases unless it was sent before the last decrease
  // took effect, so a burst of 503 to one flight of requests counts once.
  void throttled(SteadyTime sent, SteadyTime now) noexcept;

 private:
  GovernorOptions options_;
  double limit_;
  SteadyTime last_decrease_ = SteadyTime::min();
};

class Governor final : public aws::Admission {
 public:
  // `cancel` outlives the governor.
  Governor(net::Loop& loop, GovernorOptions options, net::CancelToken& cancel);

  bool try_admit(aws::RequestKind kind) override;
  net::Task<Result<void>> admit(aws::RequestKind kind) override;
  void done(aws::RequestKind kind, std::chrono::nanoseconds latency,
            aws::AttemptResult result) override;

  std::uint32_t budget() const noexcept { return budget_.size(); }
  std::uint32_t in_flight() const noexcept { return in_flight_; }
  std::uint32_t peak_in_flight() const noexcept { return peak_; }
  // The job is stopping: all waiters get `cancelled`, and nothing is admitted any more.
  void stop();

 private:
  bool stopped() const noexcept { return stopped_ || cancel_.cancelled(); }
  void take() noexcept;
  void hand_over();

  net::CancelToken& cancel_;
  Budget budget_;
  net::Signal free_;
  // handed_: permits already counted in flight for waiters that were woken and have not run yet,
  // so that nobody overtakes them.
  std::uint32_t in_flight_ = 0, peak_ = 0, handed_ = 0;
  bool stopped_ = false;
};

}  // namespace s3m::transfer
