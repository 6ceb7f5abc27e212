#include "transfer/governor.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>

#include "transfer/flow.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::milliseconds shortest_wait{1}, longest_wait{100};

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

std::uint32_t most_in_flight(const GovernorOptions& options) noexcept {
  const auto most = options.adaptive ? options.maximum : std::min(options.initial, options.maximum);
  return std::max(most, 1U);
}

}  // namespace

// A timer whose handler may outlive the governor.
struct Governor::Alarm {
  using Timer = net::asio::basic_waitable_timer<
      std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

  Alarm(net::Loop& loop, Governor& governor) : timer(loop), owner(&governor) {}

  Timer timer;
  Governor* owner;  // null once it is gone
  SteadyTime due = SteadyTime::max();
};

Governor::Governor(net::Loop& loop, GovernorOptions options, net::CancelToken& cancel)
    : loop_(loop),
      cancel_(cancel),
      most_in_flight_(most_in_flight(options)),
      most_per_second_(options.most_per_second),
      shares_([&]() -> std::array<Share, classes> {
        const BudgetOptions budget{options.initial, options.maximum, options.adaptive};
        return {Share{loop, budget}, Share{loop, budget}, Share{loop, budget}, Share{loop, budget}};
      }()),
      changed_(loop),
      alarm_(std::make_shared<Alarm>(loop, *this)) {}

Governor::~Governor() {
  alarm_->owner = nullptr;
  alarm_->timer.cancel();
}

void Governor::change(const GovernorOptions& options) {
  const auto now = steady_now();
  most_in_flight_ = most_in_flight(options);
  // What was saved up at another rate does not count.
  if (most_per_second_ != options.most_per_second) tokens_.drain(now);
  most_per_second_ = options.most_per_second;
  for (auto& each : shares_)
    each.budget.change({options.initial, options.maximum, options.adaptive});
  if (waiting_ > 0) hand_over(now);
  changed_.notify_all();
}

std::size_t Governor::class_of(aws::RequestKind kind) noexcept {
  switch (kind) {
    case aws::RequestKind::copy:
    case aws::RequestKind::write:
      return copies;
    case aws::RequestKind::list:
      return lists;
    case aws::RequestKind::remove:
      return deletes;
    case aws::RequestKind::read:
    case aws::RequestKind::control:
      break;
  }
  return others;
}

std::uint32_t Governor::budget(aws::RequestKind kind) const noexcept {
  return std::min(shares_[class_of(kind)].budget.size(), most_in_flight_);
}

double Governor::rate() const noexcept {
  return shares_[copies].rate.rate();
}

std::uint32_t Governor::parked(aws::RequestKind kind) const noexcept {
  return shares_[class_of(kind)].parked;
}

// Whether a request of the class may go now, apart from those that wait.
bool Governor::free(Share& share, SteadyTime now) {
  if (in_flight_ >= most_in_flight_ || share.in_flight >= share.budget.size()) return false;
  if (most_per_second_ > 0) {
    tokens_.fill(most_per_second_, now);
    if (!tokens_.ready()) return false;
  }
  return share.rate.available(now);
}

void Governor::take(Share& share) noexcept {
  if (most_per_second_ > 0) tokens_.take();
  share.rate.take();
  ++share.in_flight;
  ++in_flight_;
  peak_ = std::max(peak_, in_flight_);
}

bool Governor::try_admit(aws::RequestKind kind) {
  Share& mine = share(kind);
  if (stopped() || mine.free.waiting() > 0) return false;
  // Those of another class that wait for what all share come first.
  const bool scarce = most_per_second_ > 0 || in_flight_ + 1 >= most_in_flight_;
  if (scarce && waiting_ > 0) return false;
  const bool by_time = most_per_second_ > 0 || mine.rate.limited();
  if (!free(mine, by_time ? steady_now() : SteadyTime{})) return false;
  take(mine);
  return true;
}

net::Task<Result<void>> Governor::admit(aws::RequestKind kind) {
  if (try_admit(kind)) co_return ok;
  if (!stopped()) {
    Share& mine = share(kind);
    const auto now = steady_now();
    if (most_per_second_ > 0 || mine.rate.limited()) wake_after(time_to_wait(mine, now));
    ++waiting_;
    co_await mine.free.wait();
    --waiting_;
    const bool handed = mine.handed > 0;
    if (handed) --mine.handed;
    if (handed && !stopped()) co_return ok;
    if (handed) {
      --mine.in_flight;
      --in_flight_;
    }
  }
  co_return fail(Errc::cancelled, "the job is stopping");
}

void Governor::done(aws::RequestKind kind, nanoseconds latency, aws::AttemptResult result) {
  settle(kind, latency, result, true, steady_now());
}

void Governor::settle(aws::RequestKind kind, nanoseconds latency, aws::AttemptResult result,
                      bool concerns_all, SteadyTime now) {
  Share& mine = share(kind);
  if (result == aws::AttemptResult::ok) {
    mine.budget.answered(now, latency, mine.in_flight);
    mine.rate.answered(now, latency);
  } else if (result == aws::AttemptResult::throttled && concerns_all) {
    const auto sent = now - std::chrono::duration_cast<SteadyTime::duration>(latency);
    if (mine.rate.throttled(sent, now)) mine.budget.throttled(now);
  }
  --mine.in_flight;
  --in_flight_;
  if (waiting_ > 0) hand_over(now);
}

void Governor::backs_off(aws::RequestKind kind) {
  ++share(kind).parked;
  changed_.notify_all();
}

void Governor::comes_back(aws::RequestKind kind) {
  --share(kind).parked;
}

void Governor::stop() {
  stopped_ = true;
  hand_over(steady_now());
  ring();
}

void Governor::hand_over(SteadyTime now) {
  if (stopped()) {
    for (auto& each : shares_)
      each.free.notify_all();
    return;
  }
  // One to each class in turn, until none can be served.
  for (std::size_t missed = 0; missed < classes; turn_ = (turn_ + 1) % classes)
    missed = hand_over_one(shares_[turn_], now) ? 0 : missed + 1;
  for (const auto& each : shares_) {
    const auto time = time_to_wait(each, now);
    if (each.free.waiting() > 0 && time.count() > 0) wake_after(time);
  }
}

// How long until tokens allow a request; 0 when they do not hold it back.
nanoseconds Governor::time_to_wait(const Share& share, SteadyTime now) const noexcept {
  const auto shared = most_per_second_ > 0 ? tokens_.next(most_per_second_) : nanoseconds(0);
  return std::max(shared, share.rate.wait(now));
}

bool Governor::hand_over_one(Share& share, SteadyTime now) {
  if (share.free.waiting() == 0 || !free(share, now)) return false;
  take(share);
  ++share.handed;
  share.free.notify_one();
  return true;
}

void Governor::wake_after(nanoseconds delay) {
  const auto due = steady_now() + std::clamp<nanoseconds>(delay, shortest_wait, longest_wait);
  if (due >= alarm_->due) return;
  alarm_->due = due;
  alarm_->timer.expires_at(due);
  alarm_->timer.async_wait([alarm = alarm_](const boost::system::error_code& error) {
    if (error || alarm->owner == nullptr) return;
    alarm->due = SteadyTime::max();
    alarm->owner->ring();
  });
}

void Governor::ring() {
  const auto now = steady_now();
  // A flow that still has to wait puts itself on the list again.
  ringing_flows_.clear();
  std::swap(ringing_flows_, waiting_flows_);
  for (Flow* flow : ringing_flows_)
    flow->hand_over(now);
  if (waiting_ > 0) hand_over(now);
  changed_.notify_all();
}

}  // namespace s3m::transfer
