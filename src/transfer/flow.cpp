#include "transfer/flow.hpp"

#include <algorithm>

namespace s3m::transfer {
namespace {

// How much of a throttled flow may be outstanding: what is in flight, and half a second's worth of
// requests that wait to be sent again.
constexpr double parked_seconds = 0.5;
constexpr double least_outstanding = 4;

}  // namespace

Flow::Flow(Governor& governor)
    : governor_(governor), turn_(governor.loop_), yielded_(governor.throttled_widely_) {}

// Where the job's own rate has come to rule, that of the flow was no more than a part of it.
void Flow::yield_to_the_job() noexcept {
  if (yielded_ == governor_.throttled_widely_) return;
  yielded_ = governor_.throttled_widely_;
  rate_.lift();
}

bool Flow::try_admit(aws::RequestKind kind) {
  yield_to_the_job();
  if (!rate_.limited()) return governor_.try_admit(kind);
  if (turn_.waiting() > 0 || !rate_.available(std::chrono::steady_clock::now())) return false;
  if (!governor_.try_admit(kind)) return false;
  rate_.take();
  return true;
}

net::Task<Result<void>> Flow::admit(aws::RequestKind kind) {
  const auto now = std::chrono::steady_clock::now();
  yield_to_the_job();
  if (!governor_.stopped() && (turn_.waiting() > 0 || !rate_.available(now))) {
    governor_.backs_off(kind);
    take_a_turn(now);
    co_await turn_.wait();
    governor_.comes_back(kind);
  } else {
    rate_.take();
  }
  co_return co_await governor_.admit(kind);
}

void Flow::done(aws::RequestKind kind, std::chrono::nanoseconds latency,
                aws::AttemptResult result) {
  const auto now = std::chrono::steady_clock::now();
  bool many = false;
  if (result == aws::AttemptResult::throttled) {
    many = governor_.spread_.throttled(mark_, now);
    if (many) {
      ++governor_.throttled_widely_;
    } else {
      rate_.throttled(now - std::chrono::duration_cast<SteadyTime::duration>(latency), now);
    }
  } else {
    governor_.spread_.answered(mark_, now);
    if (result == aws::AttemptResult::ok) rate_.answered(now, latency);
  }
  governor_.settle(kind, latency, result, many, now);
}

bool Flow::wants_more(std::size_t outstanding) {
  yield_to_the_job();
  if (!rate_.limited() || governor_.stopped()) return true;
  const auto now = std::chrono::steady_clock::now();
  const double round_trip = std::chrono::duration<double>(rate_.round_trip()).count();
  const double most = std::max(least_outstanding, rate_.rate() * (round_trip + parked_seconds));
  if (double(outstanding) >= most) return false;
  if (turn_.waiting() == 0 && rate_.available(now)) return true;
  governor_.wake_after(rate_.wait(now));
  return false;
}

std::shared_ptr<Flow> Flow::split() {
  yield_to_the_job();
  auto other = std::make_shared<Flow>(governor_);
  other->rate_ = rate_.split();
  return other;
}

void Flow::take_a_turn(SteadyTime now) {
  if (!listed_) governor_.waiting_flows_.push_back(this);
  listed_ = true;
  governor_.wake_after(rate_.wait(now));
}

void Flow::hand_over(SteadyTime now) {
  listed_ = false;
  yield_to_the_job();
  if (governor_.stopped()) return turn_.notify_all();
  while (turn_.waiting() > 0 && rate_.available(now)) {
    rate_.take();
    turn_.notify_one();
  }
  if (turn_.waiting() > 0) take_a_turn(now);
}

}  // namespace s3m::transfer
