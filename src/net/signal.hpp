// signal.hpp: waiting for something that happens on the same loop.
//
// Layer      net.
// Threading  one loop: call every member on it.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>

#include "net/task.hpp"

namespace s3m::net {

// Waiters queue in arrival order. There is no stored state: a notify without a waiter is lost, so
// a waiter checks its condition before it waits and again when it wakes.
class Signal {
 public:
  explicit Signal(Loop& loop) : loop_(loop) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  // Suspends until notified. Never fails.
  Task<void> wait();
  void notify_one();
  void notify_all();
  std::size_t waiting() const noexcept;

 private:
  struct Waiter;
  Loop& loop_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
};

// Suspends for `duration` (steady clock).
Task<void> sleep_for(std::chrono::nanoseconds duration);

// Cooperative cancellation: set once, seen by all who hold it; sleepers on it wake at once.
// Threading: one loop. (A signal handler posts to the loop.)
class CancelToken {
 public:
  explicit CancelToken(Loop& loop) : changed_(loop) {}
  void cancel() {
    cancelled_ = true;
    changed_.notify_all();
  }
  bool cancelled() const noexcept { return cancelled_; }
  // Sleeps for `duration` or until cancelled; true if it slept to the end.
  Task<bool> sleep_for(std::chrono::nanoseconds duration);

 private:
  bool cancelled_ = false;
  Signal changed_;
};

}  // namespace s3m::net
