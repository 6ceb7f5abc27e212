// flow.hpp: the share that one range of a walk has in the governor's budget.
//
// Layer      transfer; implements aws::Admission in front of the governor.
// Threading  one loop.
// Lifetime   shared: a range's work may outlive its walk. The governor outlives every flow, and a
//            flow every request that was given it.
//
// A service throttles by partition, and a range lies in few of them. Requests that carry their
// range's flow (WriteOptions::admission) let a 503 slow that range first: it gets a rate of its
// own. The job's rate falls only when many ranges are throttled at once, and then it alone counts.
#pragma once

#include <memory>

#include "transfer/governor.hpp"

namespace s3m::transfer {

class Flow final : public aws::Admission {
 public:
  explicit Flow(Governor& governor);
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  bool try_admit(aws::RequestKind kind) override;
  net::Task<Result<void>> admit(aws::RequestKind kind) override;
  void done(aws::RequestKind kind, std::chrono::nanoseconds latency,
            aws::AttemptResult result) override;
  void backs_off(aws::RequestKind kind) override { governor_.backs_off(kind); }
  void comes_back(aws::RequestKind kind) override { governor_.comes_back(kind); }

  // Whether one more piece of work should be begun beside `outstanding` ones. After a no, the
  // governor's changed() is notified when it is worth asking again, or a piece of work must end.
  bool wants_more(std::size_t outstanding);

  // A flow for a part of this one's range. A throttled one gives half of its rate away.
  std::shared_ptr<Flow> split();

  // Requests a second; 0 while no request of it was throttled.
  double rate() const noexcept { return rate_.rate(); }

 private:
  friend class Governor;
  void yield_to_the_job() noexcept;
  void hand_over(SteadyTime now);
  void take_a_turn(SteadyTime now);

  Governor& governor_;
  ServiceRate rate_;
  ThrottleSpread::Mark mark_;
  net::Signal turn_;
  std::uint64_t yielded_;  // when the job's rate was last given way to
  bool listed_ = false;    // the governor will call hand_over()
};

using FlowPtr = std::shared_ptr<Flow>;

}  // namespace s3m::transfer
