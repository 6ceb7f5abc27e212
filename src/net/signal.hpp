// signal.hpp: waiting for something that happens on the same loop.
//
// Layer      net.
// Threading  one loop: call every member on it.
// Teardown   a loop that is destroyed while coroutines wait destroys their frames: those that wait
//            on sockets and timers first, then those that wait on Signals, the latest first, so
//            that tasks go before the frame that joins them.
#pragma once

#include <chrono>
#include <cstddef>

#include "net/task.hpp"

namespace s3m::net {

// Waiters queue in arrival order. There is no stored state: a notify without a waiter is lost, so
// a waiter checks its condition before it waits and again when it wakes. A woken waiter resumes
// from the loop, never inside notify.
//
// Lifetime  the Signal outlives its waiters' waits: destroying it destroys the frames that still
//           wait on it.
class Signal {
 public:
  explicit Signal(Loop& loop);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  // Suspends until notified. Never fails.
  Task<void> wait();
  void notify_one();
  void notify_all();
  std::size_t waiting() const noexcept { return waiting_; }

  // The loop is being destroyed: nothing will run any more, frames are only taken down.
  bool loop_is_gone() const noexcept;

 private:
  struct Waiter;
  template <class Handler>
  struct HandlerWaiter;
  class Registry;

  void enqueue(Waiter* waiter) noexcept;
  Waiter* dequeue() noexcept;

  Registry& registry_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  std::size_t waiting_ = 0;
};

// Suspends for `duration` (steady clock). A coroutine whose cancellation slot is signalled wakes
// with the exception operation_aborted; that is how a stopping HttpServer ends its handlers.
Task<void> sleep_for(std::chrono::nanoseconds duration);

// Cooperative cancellation: set once, seen by all who hold it; sleepers on it wake at once.
// Threading: one loop. (A signal handler posts to the loop.)
class CancelToken {
 public:
  explicit CancelToken(Loop& loop) : loop_(loop) {}
  ~CancelToken();
  CancelToken(const CancelToken&) = delete;
  CancelToken& operator=(const CancelToken&) = delete;

  void cancel();
  bool cancelled() const noexcept { return cancelled_; }
  // Sleeps for `duration` or until cancelled; true if it slept to the end.
  Task<bool> sleep_for(std::chrono::nanoseconds duration);

 private:
  struct Sleeper;
  Loop& loop_;
  Sleeper* sleepers_ = nullptr;
  bool cancelled_ = false;
};

}  // namespace s3m::net
