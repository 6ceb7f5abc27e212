// task_group.hpp: structured concurrency. Every coroutine that is started belongs to a group, and
// every group is joined.
//
// Layer      net.
// Threading  one loop: call every member on it.
// Lifetime   the group outlives its tasks; its destructor requires that they have ended (it
//            aborts the program otherwise, because a task would outlive what it refers to).
#pragma once

#include <cstddef>
#include <exception>

#include "net/signal.hpp"
#include "net/task.hpp"

namespace s3m::net {

class TaskGroup {
 public:
  explicit TaskGroup(Loop& loop) : loop_(loop), idle_(loop) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  // Starts `task`. It begins at once on the loop, after the caller suspends or returns.
  void spawn(Task<void> task);

  // Waits until no task is running; tasks spawned while waiting are waited for as well.
  // Rethrows the first exception that escaped a task (exceptions are bugs here).
  Task<void> join();

  // Waits until fewer than `limit` tasks are running: back-pressure for a producer.
  Task<void> wait_below(std::size_t limit);

  std::size_t running() const noexcept { return running_; }

 private:
  void ended(std::exception_ptr exception);
  Loop& loop_;
  Signal idle_;
  std::size_t running_ = 0;
  std::exception_ptr first_exception_;
};

}  // namespace s3m::net
