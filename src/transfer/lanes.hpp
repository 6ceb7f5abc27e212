// lanes.hpp: coroutines that pull work from one queue.
//
// Layer      transfer.
// Threading  one loop.
// Lifetime   finish() must be awaited before the lanes go.
//
// A lane is begun when there is work that no idle lane waits for, up to the governor's budget, so
// that a permit is nearly always free for the one request a lane has in flight.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "net/bounded_queue.hpp"
#include "net/task_group.hpp"
#include "transfer/governor.hpp"

namespace s3m::transfer {

template <class Work>
class Lanes {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    // `work` stays until the Task ends.
    virtual net::Task<void> handle(Work& work) = 0;
  };

  // `governor` and `handler` outlive the lanes.
  Lanes(net::Loop& loop, const Governor& governor, Handler& handler)
      : governor_(governor), handler_(handler), queue_(loop, capacity), room_(loop), group_(loop) {}

  bool full() const noexcept { return queue_.size() >= capacity; }

  // Requires not full(). After stop() the work is dropped.
  void push(Work work) {
    if (!queue_.try_push(work)) return;
    if (queue_.size() > waiting_ && group_.running() < governor_.budget()) {
      ++waiting_;
      group_.spawn(lane());
    }
  }

  // Waits until half of the queue is free, or stop().
  net::Task<void> room() {
    while (!stopped_ && queue_.size() > capacity / 2)
      co_await room_.wait();
  }

  // Drops what is queued. What is being handled goes on to its end.
  void stop() {
    stopped_ = true;
    queue_.abandon();
    room_.notify_all();
  }

  // No more work will come; waits until all of it is done.
  net::Task<void> finish() {
    queue_.close();
    return group_.join();
  }

 private:
  static constexpr std::size_t capacity = 2000;

  net::Task<void> lane() {
    for (;;) {
      std::optional<Work> work = queue_.try_pop();
      if (!work) work = co_await queue_.pop();
      --waiting_;
      if (!work) co_return;
      if (room_.waiting() > 0 && queue_.size() <= capacity / 2) room_.notify_all();
      co_await handler_.handle(*work);
      ++waiting_;
    }
  }

  const Governor& governor_;
  Handler& handler_;
  net::BoundedQueue<Work> queue_;
  net::Signal room_;
  net::TaskGroup group_;
  std::size_t waiting_ = 0;  // lanes that take an item as soon as they run
  bool stopped_ = false;
};

}  // namespace s3m::transfer
