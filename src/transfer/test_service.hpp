// test_service.hpp: the governor's laws against services of paper, in simulated time.
//
// A client that always has work sends as many requests as the laws allow. The service has a
// latency, so many that it works on at once (the others queue), and a rate beyond which it
// throttles, with what it has saved up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "transfer/budget.hpp"
#include "transfer/token_rate.hpp"

namespace s3m::transfer {

struct TestService {
  std::chrono::microseconds latency{20'000};
  std::uint32_t servers = 100'000;  // requests worked on at once
  std::function<double(double second)> rate = [](double) { return 1e9; };
  double saved_seconds = 1;
};

class TestRun {
 public:
  explicit TestRun(TestService service, BudgetOptions options = {})
      : budget(options), service_(std::move(service)), free_at_(service_.servers, start) {
    saved_ = service_.rate(0) * service_.saved_seconds;
  }

  // Goes on for so long; the counts begin anew.
  void run(double seconds) {
    ok = throttled = 0;
    const auto end = now + std::chrono::duration_cast<SteadyTime::duration>(
                               std::chrono::duration<double>(seconds));
    while (now < end) {
      send_all();
      step(end);
    }
    elapsed_ = seconds;
  }

  void set_latency(std::chrono::microseconds latency) { service_.latency = latency; }

  double ok_rate() const { return double(ok) / elapsed_; }
  double throttled_share() const { return double(throttled) / double(ok + throttled); }
  double second() const { return std::chrono::duration<double>(now - start).count(); }

  Budget budget;
  ServiceRate rate;
  std::uint64_t ok = 0, throttled = 0;
  std::uint32_t in_flight = 0;

  static constexpr SteadyTime start{std::chrono::hours(1)};
  SteadyTime now = start;

 private:
  struct Reply {
    SteadyTime at, sent;
    bool good;
    bool operator>(const Reply& other) const { return at > other.at; }
  };

  void send_all() {
    while (in_flight < budget.size() && rate.available(now)) {
      rate.take();
      ++in_flight;
      replies_.push(answer());
    }
  }

  Reply answer() {
    const double limit = service_.rate(second());
    saved_ = std::min(saved_ + std::chrono::duration<double>(now - filled_).count() * limit,
                      std::max(1.0, limit * service_.saved_seconds));
    filled_ = now;
    const auto base = jittered();
    if (saved_ < 1) return {now + base, now, false};
    saved_ -= 1;
    std::ranges::pop_heap(free_at_, std::greater<>());
    free_at_.back() = std::max(free_at_.back(), now) + base;
    const auto done = free_at_.back();
    std::ranges::push_heap(free_at_, std::greater<>());
    return {done, now, true};
  }

  // Up to a tenth more or less, the same in every run.
  std::chrono::nanoseconds jittered() {
    random_ = random_ * 6364136223846793005u + 1442695040888963407u;
    const double part = double(random_ >> 33) / double(1u << 31) - 0.5;
    return std::chrono::nanoseconds(
        std::int64_t(double(std::chrono::nanoseconds(service_.latency).count()) * (1 + part / 5)));
  }

  void step(SteadyTime end) {
    auto next = replies_.empty() ? end : std::min(end, replies_.top().at);
    if (in_flight < budget.size()) {
      const auto wait =
          std::max<std::chrono::nanoseconds>(rate.wait(now), std::chrono::milliseconds(1));
      next = std::min(next, now + wait);
    }
    now = std::max(next, now + std::chrono::nanoseconds(1));
    while (!replies_.empty() && replies_.top().at <= now) {
      receive(replies_.top());
      replies_.pop();
    }
  }

  void receive(const Reply& reply) {
    if (reply.good) {
      ++ok;
      budget.answered(now, now - reply.sent, in_flight);
      rate.answered(now, now - reply.sent);
    } else {
      ++throttled;
      if (rate.throttled(reply.sent, now)) budget.throttled(now);
    }
    --in_flight;
  }

  TestService service_;
  std::priority_queue<Reply, std::vector<Reply>, std::greater<>> replies_;
  std::vector<SteadyTime> free_at_;
  double saved_ = 0;
  SteadyTime filled_ = start;
  std::uint64_t random_ = 1;
  double elapsed_ = 0;
};

}  // namespace s3m::transfer
