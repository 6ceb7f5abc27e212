#include "net/task_group.hpp"

#include <stdexcept>
#include <string>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "net/bounded_queue.hpp"
#include "net/test_support.hpp"

namespace s3m::net {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines): the closures of these tests
// outlive run_task(), which runs their coroutines to the end.

using testing::run_task;
using namespace std::chrono_literals;

Task<void> note(std::string& log, char name) {
  log.push_back(name);
  co_return;
}

TEST(TaskGroup, StartsATaskAfterItsCallerSuspends) {
  Loop loop(1);
  std::string log;
  auto parent = [&]() -> Task<void> {
    TaskGroup group(loop);
    group.spawn(note(log, 'b'));
    EXPECT_EQ(group.running(), 1u);
    log.push_back('a');
    co_await group.join();
    EXPECT_EQ(group.running(), 0u);
    log.push_back('c');
  };
  run_task(loop, parent());
  EXPECT_EQ(log, "abc");
}

TEST(TaskGroup, JoinsTasksSpawnedWhileItWaits) {
  Loop loop(1);
  TaskGroup group(loop);
  std::string log;
  auto first = [&]() -> Task<void> {
    co_await sleep_for(1ms);
    group.spawn(note(log, 'x'));
  };
  group.spawn(first());
  run_task(loop, group.join());
  EXPECT_EQ(log, "x");
}

TEST(TaskGroup, JoiningAnEmptyGroupDoesNotWait) {
  Loop loop(1);
  TaskGroup group(loop);
  run_task(loop, group.join());
}

TEST(TaskGroup, RethrowsTheFirstExceptionOnce) {
  Loop loop(1);
  TaskGroup group(loop);
  auto thrower = [](std::string what) -> Task<void> {
    throw std::runtime_error(what);
    co_return;
  };
  group.spawn(thrower("first"));
  group.spawn(thrower("second"));
  std::string what;
  try {
    run_task(loop, group.join());
  } catch (const std::runtime_error& error) {
    what = error.what();
  }
  EXPECT_EQ(what, "first");
  EXPECT_NO_THROW(run_task(loop, group.join()));
}

// As a stopping HttpServer does to a handler: its frame must not go before its tasks.
TEST(TaskGroup, ACancelledCoroutineStillJoins) {
  Loop loop(1);
  asio::cancellation_signal cancel;
  bool child_ended = false;
  bool joined = false;
  bool ended_by_exception = false;
  auto child = [&](std::chrono::milliseconds duration) -> Task<void> {
    co_await sleep_for(duration);
    child_ended = duration == 5ms;
  };
  auto parent = [&]() -> Task<void> {
    TaskGroup group(loop);
    group.spawn(child(1ms));
    group.spawn(child(5ms));
    co_await group.join();
    joined = child_ended;
    co_await sleep_for(1h);
  };
  asio::co_spawn(loop.get_executor(), parent(),
                 asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown) {
                   ended_by_exception = thrown != nullptr;
                 }));
  loop.poll();
  asio::post(loop, [&] { cancel.emit(asio::cancellation_type::terminal); });
  loop.run();
  EXPECT_TRUE(joined);
  EXPECT_TRUE(ended_by_exception);
}

TEST(TaskGroup, WaitBelowIsBackPressure) {
  Loop loop(1);
  TaskGroup group(loop);
  Signal go(loop);
  std::size_t most = 0;
  auto waiter = [&]() -> Task<void> {
    most = std::max(most, group.running());
    co_await sleep_for(100us);
  };
  auto producer = [&]() -> Task<void> {
    for (int i = 0; i < 50; ++i) {
      co_await group.wait_below(4);
      group.spawn(waiter());
    }
    co_await group.join();
  };
  run_task(loop, producer());
  EXPECT_EQ(most, 4u);
}

TEST(TaskGroupDeathTest, IsNotDestroyedBeforeItsTasks) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Loop loop(1);
        std::string log;
        TaskGroup group(loop);
        group.spawn(note(log, 'a'));
      },
      "destroyed before its tasks");
}

TEST(BoundedQueue, HandsOverInOrderWithBackPressure) {
  Loop loop(1);
  BoundedQueue<int> queue(loop, 2);
  TaskGroup group(loop);
  std::size_t longest = 0;
  std::string got;
  auto producer = [&]() -> Task<void> {
    for (int i = 0; i < 9; ++i) {
      const bool taken = co_await queue.push(i);
      EXPECT_TRUE(taken);
      longest = std::max(longest, queue.size());
    }
    queue.close();
  };
  auto consumer = [&]() -> Task<void> {
    for (;;) {
      const std::optional<int> item = co_await queue.pop();
      if (!item) co_return;
      got += std::to_string(*item);
    }
  };
  group.spawn(producer());
  group.spawn(consumer());
  run_task(loop, group.join());
  EXPECT_EQ(got, "012345678");
  EXPECT_EQ(longest, 2u);
}

TEST(BoundedQueue, CanBeUsedWithoutWaiting) {
  Loop loop(1);
  BoundedQueue<std::string> queue(loop, 1);
  EXPECT_EQ(queue.try_pop(), std::nullopt);
  std::string first = "a";
  std::string second = "b";
  EXPECT_TRUE(queue.try_push(first));
  EXPECT_FALSE(queue.try_push(second));
  EXPECT_EQ(second, "b");
  EXPECT_EQ(queue.try_pop(), "a");
  EXPECT_TRUE(queue.try_push(second));
  queue.close();
  EXPECT_FALSE(queue.try_push(first));
  EXPECT_EQ(queue.try_pop(), "b");
}

TEST(BoundedQueue, CloseDrainsAndFreesBlockedProducers) {
  Loop loop(1);
  BoundedQueue<int> queue(loop, 1);
  TaskGroup group(loop);
  bool second_taken = true;
  auto producer = [&]() -> Task<void> {
    co_await queue.push(1);
    second_taken = co_await queue.push(2);
  };
  group.spawn(producer());
  loop.poll();
  queue.close();
  run_task(loop, group.join());
  EXPECT_FALSE(second_taken);
  EXPECT_EQ(run_task(loop, queue.pop()), 1);
  EXPECT_EQ(run_task(loop, queue.pop()), std::nullopt);
  EXPECT_FALSE(run_task(loop, queue.push(3)));
}

TEST(BoundedQueue, CloseWakesAllConsumers) {
  Loop loop(1);
  BoundedQueue<int> queue(loop, 1);
  TaskGroup group(loop);
  int ended = 0;
  auto consumer = [&]() -> Task<void> {
    const std::optional<int> item = co_await queue.pop();
    if (!item) ++ended;
  };
  for (int i = 0; i < 3; ++i)
    group.spawn(consumer());
  loop.poll();
  queue.close();
  run_task(loop, group.join());
  EXPECT_EQ(ended, 3);
}

TEST(BoundedQueue, AbandonDropsWhatIsQueued) {
  Loop loop(1);
  BoundedQueue<int> queue(loop, 3);
  EXPECT_TRUE(run_task(loop, queue.push(1)));
  queue.abandon();
  EXPECT_EQ(run_task(loop, queue.pop()), std::nullopt);
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace s3m::net
