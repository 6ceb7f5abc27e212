#include "transfer/throttle_spread.hpp"

#include <array>

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using std::chrono::milliseconds;

class ThrottleSpreadTest : public testing::Test {
 protected:
  ThrottleSpreadTest() {
    for (auto& flow : flows_)
      spread_.answered(flow, now_);
  }

  ThrottleSpread spread_;
  std::array<ThrottleSpread::Mark, 16> flows_;
  SteadyTime now_{std::chrono::hours(1)};
};

TEST_F(ThrottleSpreadTest, OneHotFlowConcernsNobodyElse) {
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(spread_.throttled(flows_[3], now_));
}

TEST_F(ThrottleSpreadTest, MoreThanAQuarterIsTheWholeJob) {
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_FALSE(spread_.throttled(flows_[i], now_)) << i;
  EXPECT_TRUE(spread_.throttled(flows_[4], now_));
}

TEST_F(ThrottleSpreadTest, WhatWasThrottledInAnotherEpochDoesNotAddUp) {
  for (std::size_t i = 0; i < 16; ++i) {
    now_ += milliseconds(250);
    for (auto& flow : flows_)
      spread_.answered(flow, now_);
    EXPECT_FALSE(spread_.throttled(flows_[i], now_)) << i;
  }
}

TEST_F(ThrottleSpreadTest, TheFlowsOfTheLastEpochStillCount) {
  now_ += milliseconds(250);
  EXPECT_FALSE(spread_.throttled(flows_[0], now_));
}

TEST_F(ThrottleSpreadTest, ThoseThatEndedLongAgoDoNot) {
  now_ += milliseconds(700);
  EXPECT_TRUE(spread_.throttled(flows_[0], now_));
}

TEST(ThrottleSpread, TheOnlyFlowIsTheJob) {
  ThrottleSpread spread;
  ThrottleSpread::Mark only;
  EXPECT_TRUE(spread.throttled(only, SteadyTime(std::chrono::hours(1))));
}

}  // namespace
}  // namespace s3m::transfer
