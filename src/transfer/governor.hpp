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
#include "net/signal.hpp"

namespace s3m::transfer {

struct GovernorOptions {
  std::uint32_t initial = 64;
  std::uint32_t minimum = 1;
  std::uint32_t maximum = 1024;
  bool adaptive = true;       // false: --concurrency N, fixed
  double decrease = 0.7;
};

class Governor final : public aws::Admission {
 public:
  Governor(net::Loop& loop, GovernorOptions options, net::CancelToken& cancel);

  bool try_admit(aws::RequestKind kind) override;
  net::Task<Result<void>> admit(aws::RequestKind kind) override;
  void done(aws::RequestKind kind, std::chrono::nanoseconds latency,
            aws::AttemptResult result) override;

  std::uint32_t budget() const noexcept;
  std::uint32_t in_flight() const noexcept { return in_flight_; }
  std::uint32_t peak_in_flight() const noexcept { return peak_; }
  // The job is stopping: all waiters get `cancelled`.
  void stop();

 private:
  GovernorOptions options_;
  net::CancelToken& cancel_;
  net::Signal free_;
  double limit_;
  std::uint32_t in_flight_ = 0, peak_ = 0;
  std::uint64_t sent_ = 0, epoch_end_ = 0, answered_ = 0;
  bool stopped_ = false;
};

}  // namespace s3m::transfer
