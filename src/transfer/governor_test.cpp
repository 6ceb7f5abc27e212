#include "transfer/governor.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "net/task_group.hpp"

namespace s3m::transfer {
namespace {

using aws::AttemptResult;
using aws::RequestKind;
using std::chrono::milliseconds;

constexpr SteadyTime start{std::chrono::hours(1)};

TEST(Budget, StartsAtItsInitialSizeWithinBounds) {
  EXPECT_EQ(Budget({}).size(), 64U);
  EXPECT_EQ(Budget({.initial = 5000, .maximum = 100}).size(), 100U);
  EXPECT_EQ(Budget({.initial = 0, .minimum = 0}).size(), 1U);
}

TEST(Budget, AFlightOfThrottledRequestsDecreasesItOnce) {
  Budget budget({.initial = 100});
  for (int i = 0; i < 50; ++i)
    budget.throttled(start, start + milliseconds(100 + i));
  EXPECT_EQ(budget.size(), 70U);
}

TEST(Budget, ARequestSentAfterTheDecreaseMayDecreaseAgain) {
  Budget budget({.initial = 100});
  budget.throttled(start, start + milliseconds(100));
  budget.throttled(start + milliseconds(100), start + milliseconds(150));
  EXPECT_EQ(budget.size(), 70U) << "it was sent before the first decrease was known";
  budget.throttled(start + milliseconds(101), start + milliseconds(200));
  EXPECT_EQ(budget.size(), 49U);
}

TEST(Budget, NeverFallsBelowItsMinimum) {
  Budget budget({.initial = 10, .minimum = 2});
  for (int i = 0; i < 50; ++i) {
    const auto sent = start + i * milliseconds(100);
    budget.throttled(sent, sent + milliseconds(50));
  }
  EXPECT_EQ(budget.size(), 2U);
}

TEST(Budget, GrowsByAboutOneForEachRoundOfItsSize) {
  Budget budget({.initial = 64, .maximum = 200});
  for (int i = 0; i < 64; ++i)
    budget.answered();
  EXPECT_EQ(budget.size(), 64U);
  for (int i = 0; i < 2; ++i)
    budget.answered();
  EXPECT_EQ(budget.size(), 65U);
  for (int i = 0; i < 1'000'000; ++i)
    budget.answered();
  EXPECT_EQ(budget.size(), 200U);
}

TEST(Budget, AFixedOneStays) {
  Budget budget({.initial = 8, .adaptive = false});
  for (int i = 0; i < 1000; ++i)
    budget.answered();
  budget.throttled(start, start + milliseconds(1));
  EXPECT_EQ(budget.size(), 8U);
}

class GovernorTest : public testing::Test {
 protected:
  Governor fixed(std::uint32_t permits) {
    return Governor(loop_, {.initial = permits, .adaptive = false}, cancel_);
  }

  // Runs what is ready, and nothing that waits.
  void settle() {
    loop_.restart();
    loop_.poll();
  }

  net::Task<void> ask(Governor& governor, int name) {
    const auto admitted = co_await governor.admit(RequestKind::copy);
    (admitted ? admitted_ : refused_).push_back(name);
  }

  void spawn_waiters(Governor& governor, int count) {
    for (int i = 0; i < count; ++i)
      group_.spawn(ask(governor, i));
    settle();
  }

  static void finish(Governor& governor, AttemptResult result = AttemptResult::ok) {
    governor.done(RequestKind::copy, milliseconds(5), result);
  }

  net::Loop loop_;
  net::CancelToken cancel_{loop_};
  net::TaskGroup group_{loop_};
  std::vector<int> admitted_, refused_;
};

TEST_F(GovernorTest, AdmitsUpToTheBudget) {
  auto governor = fixed(2);
  EXPECT_TRUE(governor.try_admit(RequestKind::copy));
  EXPECT_TRUE(governor.try_admit(RequestKind::list));
  EXPECT_FALSE(governor.try_admit(RequestKind::copy));
  EXPECT_EQ(governor.in_flight(), 2U);
  finish(governor);
  EXPECT_TRUE(governor.try_admit(RequestKind::copy));
  EXPECT_EQ(governor.peak_in_flight(), 2U);
}

TEST_F(GovernorTest, ServesWaitersInArrivalOrder) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 4);
  EXPECT_TRUE(admitted_.empty());
  for (int i = 0; i < 4; ++i) {
    finish(governor);
    settle();
  }
  EXPECT_EQ(admitted_, (std::vector{0, 1, 2, 3}));
  EXPECT_EQ(governor.peak_in_flight(), 1U);
}

TEST_F(GovernorTest, NobodyOvertakesAWaiterThatWasWokenButHasNotRun) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 1);
  finish(governor);
  EXPECT_FALSE(governor.try_admit(RequestKind::copy));
  settle();
  EXPECT_EQ(admitted_, std::vector{0});
  EXPECT_EQ(governor.in_flight(), 1U);
}

TEST_F(GovernorTest, ADecreaseLetsRequestsInFlightEndBeforeOthersBegin) {
  Governor governor(loop_, {.initial = 10}, cancel_);
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 1);
  finish(governor, AttemptResult::throttled);
  finish(governor, AttemptResult::throttled);
  finish(governor, AttemptResult::failed);
  settle();
  EXPECT_EQ(governor.budget(), 7U);
  EXPECT_TRUE(admitted_.empty());
  finish(governor);
  settle();
  EXPECT_EQ(admitted_.size(), 1U);
  EXPECT_EQ(governor.in_flight(), 7U);
}

TEST_F(GovernorTest, GrowsOnlyWhileTheWholeBudgetIsUsed) {
  Governor governor(loop_, {.initial = 4}, cancel_);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(governor.try_admit(RequestKind::copy));
    finish(governor);
  }
  EXPECT_EQ(governor.budget(), 4U);
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  for (int i = 0; i < 30; ++i) {
    finish(governor);
    while (governor.try_admit(RequestKind::copy)) {
    }
  }
  EXPECT_GT(governor.budget(), 4U);
  EXPECT_EQ(governor.in_flight(), governor.budget());
}

TEST_F(GovernorTest, StoppingRefusesThoseWhoWaitAndThoseWhoCome) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 3);
  governor.stop();
  settle();
  EXPECT_EQ(refused_.size(), 3U);
  spawn_waiters(governor, 1);
  EXPECT_EQ(refused_.size(), 4U);
  EXPECT_EQ(governor.in_flight(), 1U);
}

TEST_F(GovernorTest, APermitHandedToAWaiterIsNotLostWhenTheJobStopsInBetween) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 2);
  finish(governor);
  governor.stop();
  settle();
  EXPECT_EQ(refused_.size(), 2U);
  EXPECT_EQ(governor.in_flight(), 0U);
}

TEST_F(GovernorTest, ACancelledJobFreesItsWaitersWithTheNextAnswer) {
  auto governor = fixed(1);
  ASSERT_TRUE(governor.try_admit(RequestKind::copy));
  spawn_waiters(governor, 2);
  cancel_.cancel();
  finish(governor);
  settle();
  EXPECT_EQ(refused_.size(), 2U);
  EXPECT_FALSE(governor.try_admit(RequestKind::copy));
}

}  // namespace
}  // namespace s3m::transfer
