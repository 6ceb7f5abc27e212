#include "net/task_group.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace s3m::net {

TaskGroup::~TaskGroup() {
  if (running_ == 0 || idle_.loop_is_gone()) return;
  std::fputs("bug: a TaskGroup was destroyed before its tasks had ended\n", stderr);
  std::abort();
}

void TaskGroup::spawn(Task<void> task) {
  ++running_;
  asio::post(loop_, [this, first_run = std::move(task)]() mutable {
    asio::co_spawn(loop_.get_executor(), std::move(first_run),
                   [this](std::exception_ptr exception) { ended(std::move(exception)); });
  });
}

void TaskGroup::ended(std::exception_ptr exception) {
  --running_;
  if (exception && !first_exception_) first_exception_ = std::move(exception);
  idle_.notify_all();
}

Task<void> TaskGroup::join() {
  // A cancelled coroutine that joins must not leave by exception: its tasks would be left behind.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (running_ > 0)
    co_await idle_.wait();
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (first_exception_) std::rethrow_exception(std::exchange(first_exception_, nullptr));
}

Task<void> TaskGroup::wait_below(std::size_t limit) {
  while (running_ >= limit)
    co_await idle_.wait();
}

}  // namespace s3m::net
