#include "net/signal.hpp"

#include <memory>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "net/test_support.hpp"

namespace s3m::net {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-capturing-lambda-coroutines): the closures of these tests
// outlive run_task(), which runs their coroutines to the end.

using testing::run_task;
using namespace std::chrono_literals;

// Says when the frame that holds it is gone.
using Sentinel = std::shared_ptr<int>;

Task<void> wait_and_note(Signal& signal, std::string& log, char name, Sentinel = {}) {
  co_await signal.wait();
  log.push_back(name);
}

TEST(Signal, WakesInArrivalOrder) {
  Loop loop(1);
  Signal signal(loop);
  TaskGroup group(loop);
  std::string log;
  for (const char name : {'a', 'b', 'c'})
    group.spawn(wait_and_note(signal, log, name));
  loop.poll();
  ASSERT_EQ(signal.waiting(), 3u);
  signal.notify_one();
  EXPECT_EQ(log, "") << "a waiter resumed inside notify";
  EXPECT_EQ(signal.waiting(), 2u);
  loop.poll();
  EXPECT_EQ(log, "a");
  signal.notify_all();
  run_task(loop, group.join());
  EXPECT_EQ(log, "abc");
  EXPECT_EQ(signal.waiting(), 0u);
}

TEST(Signal, KeepsNothingForLaterWaiters) {
  Loop loop(1);
  Signal signal(loop);
  signal.notify_all();
  signal.notify_one();
  TaskGroup group(loop);
  std::string log;
  group.spawn(wait_and_note(signal, log, 'a'));
  loop.poll();
  EXPECT_EQ(log, "");
  signal.notify_one();
  run_task(loop, group.join());
  EXPECT_EQ(log, "a");
}

TEST(Signal, AWaiterThatWaitsAgainIsNotWokenTwice) {
  Loop loop(1);
  Signal signal(loop);
  TaskGroup group(loop);
  int wakes = 0;
  auto waiter = [&]() -> Task<void> {
    for (; wakes < 2; ++wakes)
      co_await signal.wait();
  };
  group.spawn(waiter());
  loop.poll();
  signal.notify_all();
  loop.poll();
  EXPECT_EQ(wakes, 1);
  signal.notify_all();
  run_task(loop, group.join());
}

TEST(Signal, DestroyingItTakesItsWaitersDown) {
  Loop loop(1);
  auto sentinel = std::make_shared<int>();
  std::string log;
  {
    Signal signal(loop);
    asio::co_spawn(loop.get_executor(), wait_and_note(signal, log, 'a', sentinel),
                   [](std::exception_ptr) {});
    loop.poll();
    EXPECT_EQ(sentinel.use_count(), 2);
  }
  loop.restart();
  loop.poll();
  EXPECT_EQ(sentinel.use_count(), 1);
  EXPECT_EQ(log, "");
}

TEST(Signal, DestroyingTheLoopTakesItsWaitersDown) {
  auto sentinel = std::make_shared<int>();
  std::string log;
  {
    Loop loop(1);
    Signal* signal = new Signal(loop);
    asio::co_spawn(loop.get_executor(), wait_and_note(*signal, log, 'a', sentinel),
                   [keep = std::shared_ptr<Signal>(signal)](std::exception_ptr) {});
    loop.poll();
    EXPECT_EQ(sentinel.use_count(), 2);
  }
  EXPECT_EQ(sentinel.use_count(), 1);
}

// A frame that owns the group it joins owns, through the group's signal, itself.
TEST(Signal, DestroyingTheLoopTakesAJoiningFrameDown) {
  auto sentinel = std::make_shared<int>();
  {
    Loop loop(1);
    auto child = [](Sentinel) -> Task<void> { co_await sleep_for(1h); };
    auto parent = [child](Loop& its_loop, Sentinel kept) -> Task<void> {
      TaskGroup group(its_loop);
      group.spawn(child(kept));
      group.spawn(child(kept));
      co_await group.join();
    };
    asio::co_spawn(loop.get_executor(), parent(loop, sentinel), [](std::exception_ptr) {});
    loop.poll();
    EXPECT_GT(sentinel.use_count(), 3);
  }
  EXPECT_EQ(sentinel.use_count(), 1);
}

TEST(CancelToken, SleepsToTheEnd) {
  Loop loop(1);
  CancelToken token(loop);
  EXPECT_TRUE(run_task(loop, token.sleep_for(1ms)));
  EXPECT_FALSE(token.cancelled());
}

TEST(CancelToken, CancelWakesAllSleepers) {
  Loop loop(1);
  CancelToken token(loop);
  TaskGroup group(loop);
  int woken = 0;
  auto sleeper = [&]() -> Task<void> {
    const bool slept = co_await token.sleep_for(1h);
    if (!slept) ++woken;
  };
  for (int i = 0; i < 3; ++i)
    group.spawn(sleeper());
  loop.poll();
  token.cancel();
  run_task(loop, group.join());
  EXPECT_EQ(woken, 3);
  EXPECT_TRUE(token.cancelled());
  EXPECT_FALSE(run_task(loop, token.sleep_for(1h)));
}

TEST(CancelToken, SleepersLeaveInAnyOrder) {
  Loop loop(1);
  CancelToken token(loop);
  TaskGroup group(loop);
  int woken = 0;
  auto sleeper = [&](std::chrono::milliseconds duration) -> Task<void> {
    const bool slept = co_await token.sleep_for(duration);
    if (slept) ++woken;
  };
  for (const auto duration : {2ms, 1ms, 3ms})
    group.spawn(sleeper(duration));
  run_task(loop, group.join());
  EXPECT_EQ(woken, 3);
  token.cancel();  // nobody is linked any more
}

TEST(CancelToken, MayGoBeforeTheFramesThatSleepOnIt) {
  Loop loop(1);
  auto token = std::make_unique<CancelToken>(loop);
  asio::co_spawn(loop.get_executor(), token->sleep_for(1h), [](std::exception_ptr, bool) {});
  loop.poll();
  token.reset();
}

// NOLINTEND(cppcoreguidelines-avoid-capturing-lambda-coroutines)

}  // namespace
}  // namespace s3m::net
