#include "transfer/budget.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "transfer/test_service.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr SteadyTime start{std::chrono::hours(1)};

TEST(Budget, StartsAtItsInitialSizeWithinBounds) {
  EXPECT_EQ(Budget({}).size(), 32U);
  EXPECT_EQ(Budget({.initial = 5000, .maximum = 100}).size(), 100U);
  EXPECT_EQ(Budget({.initial = 0}).size(), 1U);
}

TEST(Budget, GoesOnFromWhereItIsWithinOtherLimits) {
  Budget budget({.initial = 32, .maximum = 2048});
  budget.change({.initial = 32, .maximum = 10});
  EXPECT_EQ(budget.size(), 10U);
  budget.change({.initial = 100, .maximum = 100, .adaptive = false});
  EXPECT_EQ(budget.size(), 100U);
  budget.change({.initial = 32, .maximum = 2048});
  EXPECT_EQ(budget.size(), 100U);
  budget.change({.initial = 4, .maximum = 4, .adaptive = false});
  EXPECT_EQ(budget.size(), 4U);
}

TEST(Budget, FindsTheKneeAfterItsLimitWasRaised) {
  TestRun run({.latency = milliseconds(30)}, {.initial = 8, .maximum = 8});
  run.run(0.3);
  EXPECT_EQ(run.budget.size(), 8U);
  run.budget.change({.initial = 32, .maximum = 2048});
  run.run(1);
  EXPECT_GE(run.budget.size(), 512U);
}

TEST(Budget, AFixedOneStays) {
  TestRun run({.latency = milliseconds(20)}, {.initial = 8, .adaptive = false});
  run.run(2);
  run.budget.throttled(run.now);
  EXPECT_EQ(run.budget.size(), 8U);
}

TEST(Budget, ReachesHundredsInAFewRoundTripsWhileTheServiceFollows) {
  TestRun run({.latency = milliseconds(30)});
  run.run(0.3);
  EXPECT_GE(run.budget.size(), 512U);
  EXPECT_TRUE(run.budget.starting());
  run.run(5);
  EXPECT_GE(run.budget.size(), 1600U) << "a fifth less for the time of a probe";
  EXPECT_LE(run.budget.size(), 2048U);
}

TEST(Budget, FindsTheKneeOfAServiceThatQueues) {
  for (const std::uint32_t servers : {64U, 100U, 300U, 800U}) {
    TestRun run({.latency = milliseconds(20), .servers = servers});
    run.run(1);
    EXPECT_LE(run.budget.size(), servers * 2) << servers;
    run.run(20);
    EXPECT_LE(run.budget.size(), servers * 3 / 2) << servers;
    EXPECT_GE(run.ok_rate(), 0.93 * servers / 0.020) << servers;
  }
}

TEST(Budget, LooksAtTheRateBetweenTwoDoublingsOfAServiceThatAnswersAtOnce) {
  TestRun run({.latency = microseconds(200), .servers = 4});
  std::uint32_t most = 0;
  for (int millisecond = 0; millisecond < 500; ++millisecond) {
    run.run(0.001);
    most = std::max(most, run.budget.size());
  }
  EXPECT_GE(most, 64U);
  EXPECT_LE(most, 128U) << "it sees at the second look that more brings nothing";
}

TEST(Budget, GoesNoLowerThanItBegan) {
  TestRun run({.latency = microseconds(200), .servers = 4});
  run.run(10);
  EXPECT_EQ(run.budget.size(), 32U);
}

TEST(Budget, GrowsAgainWhenTheServiceDoes) {
  Budget budget({.initial = 32, .maximum = 1000});
  budget.throttled(start);  // ends the startup
  ASSERT_EQ(budget.size(), 32U);
  // A service that answers each request after 20 ms, however many there are.
  auto now = start;
  for (int round = 0; round < 300; ++round) {
    now += milliseconds(20);
    const auto size = budget.size();
    for (std::uint32_t i = 0; i < size; ++i)
      budget.answered(now, milliseconds(20), size);
  }
  EXPECT_GE(budget.size(), 400U);
}

// A stall of the service, of the machine or of the network looks like a knee for a while.
TEST(Budget, AStallInTheStartupIsMadeUpForInASecond) {
  TestRun run({.latency = milliseconds(30)});
  run.run(0.07);
  run.set_latency(milliseconds(300));
  run.run(1.5);
  ASSERT_FALSE(run.budget.starting());
  ASSERT_LT(run.budget.size(), 300U);
  run.set_latency(milliseconds(30));
  run.run(2);
  EXPECT_GE(run.budget.size(), 1000U);
}

TEST(Budget, LearnsNothingWhileItIsNotUsedUp) {
  Budget budget({.initial = 100});
  auto now = start;
  for (int i = 0; i < 10'000; ++i) {
    now += milliseconds(1);
    budget.answered(now, milliseconds(20), 20);
  }
  EXPECT_EQ(budget.size(), 100U);
  EXPECT_TRUE(budget.starting());
}

TEST(Budget, TheFirstThrottlingEndsTheStartupWithHalf) {
  TestRun run({.latency = milliseconds(30)});
  run.run(0.2);
  const auto before = run.budget.size();
  run.budget.throttled(run.now);
  EXPECT_FALSE(run.budget.starting());
  EXPECT_NEAR(run.budget.size(), before / 2.0, 1.0);
  run.budget.throttled(run.now);
  EXPECT_NEAR(run.budget.size(), before / 2.0, 1.0) << "from here on the rate rules";
}

}  // namespace
}  // namespace s3m::transfer
