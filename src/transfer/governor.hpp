// governor.hpp: how many requests are in flight, and how many go out a second.
//
// Layer      transfer; implements aws::Admission.
// Threading  one loop; a permit is a plain counter.
// Source     design, section 5; docs/adr/0007-governor.md.
//
// Drives the laws of budget.hpp and token_rate.hpp with the clock and the loop. Copies, lists,
// deletes and all other requests each have a budget and a rate of their own, so none of them
// starves another; what all share is the limit in flight and the user's rate, handed out in turn.
// Requests that come through a Flow slow that flow first.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "aws/admission.hpp"
#include "net/signal.hpp"
#include "transfer/budget.hpp"
#include "transfer/throttle_spread.hpp"
#include "transfer/token_rate.hpp"

namespace s3m::transfer {

class Flow;

struct GovernorOptions {
  std::uint32_t initial = 32;    // in flight, of each kind
  std::uint32_t maximum = 2048;  // in flight, of all kinds together
  // False: --concurrency N. As many as `initial`, never more; a service that throttles is still
  // sent fewer a second.
  bool adaptive = true;
  double most_per_second = 0;  // of all requests; 0: no limit
};

class Governor final : public aws::Admission {
 public:
  // `cancel` outlives the governor.
  Governor(net::Loop& loop, GovernorOptions options, net::CancelToken& cancel);
  ~Governor() override;
  Governor(const Governor&) = delete;
  Governor& operator=(const Governor&) = delete;

  // Other limits, from now on. What is in flight beyond them ends as it would; requests that wait
  // and may now go are let go. Fixed after adaptive, it is as many as `initial` at once; adaptive
  // after fixed, it goes on from where it was.
  void change(const GovernorOptions& options);

  bool try_admit(aws::RequestKind kind) override;
  net::Task<Result<void>> admit(aws::RequestKind kind) override;
  void done(aws::RequestKind kind, std::chrono::nanoseconds latency,
            aws::AttemptResult result) override;
  void backs_off(aws::RequestKind kind) override;
  void comes_back(aws::RequestKind kind) override;

  // Of copies, the parts of large objects included.
  std::uint32_t budget() const noexcept { return budget(aws::RequestKind::copy); }
  std::uint32_t budget(aws::RequestKind kind) const noexcept;
  // Of copies, a second; 0 while the service has not throttled.
  double rate() const noexcept;
  std::uint32_t in_flight() const noexcept { return in_flight_; }
  std::uint32_t peak_in_flight() const noexcept { return peak_; }
  // Requests of the kind that wait to be sent again, or for their flow. They have no permit.
  std::uint32_t parked(aws::RequestKind kind) const noexcept;
  bool stopped() const noexcept { return stopped_ || cancel_.cancelled(); }
  // Notified when work that was held back may be begun: a flow has tokens, a request was parked.
  net::Signal& changed() noexcept { return changed_; }
  // The job is stopping: all waiters get `cancelled`, and nothing is admitted any more.
  void stop();

 private:
  friend class Flow;
  struct Alarm;
  enum Class : std::uint8_t { copies, lists, deletes, others };
  static constexpr std::size_t classes = 4;
  struct Share {
    Share(net::Loop& loop, const BudgetOptions& options) : budget(options), free(loop) {}
    Budget budget;
    ServiceRate rate;
    net::Signal free;
    // handed: permits already counted in flight for waiters that were woken and have not run yet,
    // so that nobody overtakes them.
    std::uint32_t in_flight = 0, handed = 0, parked = 0;
  };

  static std::size_t class_of(aws::RequestKind kind) noexcept;
  Share& share(aws::RequestKind kind) noexcept { return shares_[class_of(kind)]; }
  bool free(Share& share, SteadyTime now);
  void take(Share& share) noexcept;
  void hand_over(SteadyTime now);
  bool hand_over_one(Share& share, SteadyTime now);
  void settle(aws::RequestKind kind, std::chrono::nanoseconds latency, aws::AttemptResult result,
              bool concerns_all, SteadyTime now);
  // Calls ring() after about `delay`.
  void wake_after(std::chrono::nanoseconds delay);
  void ring();
  std::chrono::nanoseconds time_to_wait(const Share& share, SteadyTime now) const noexcept;

  net::Loop& loop_;
  net::CancelToken& cancel_;
  std::uint32_t most_in_flight_;
  double most_per_second_;
  TokenBucket tokens_;  // of most_per_second_
  std::array<Share, classes> shares_;
  ThrottleSpread spread_;
  std::uint64_t throttled_widely_ = 0;  // how often the trouble was the whole job's
  net::Signal changed_;
  std::vector<Flow*> waiting_flows_, ringing_flows_;
  std::shared_ptr<Alarm> alarm_;
  std::uint32_t in_flight_ = 0, peak_ = 0, waiting_ = 0;
  std::size_t turn_ = 0;  // the class that is served first
  bool stopped_ = false;
};

}  // namespace s3m::transfer
