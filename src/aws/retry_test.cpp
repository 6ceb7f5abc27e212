#include "aws/retry.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;

Error transient(Errc code = Errc::unavailable) {
  return Error(code, {}, RetryClass::transient);
}
Error throttled() {
  return Error(Errc::throttled, {}, RetryClass::throttle);
}
Error expired() {
  return Error(Errc::expired_credentials, {}, RetryClass::refresh);
}

class Retry : public testing::Test {
 protected:
  RetryDecision after(const Error& error, bool may_send_twice = true) {
    return decide(policy_, quota_, history_, error, may_send_twice, random_);
  }
  RetryPolicy policy_;
  RetryQuota quota_;
  RetryHistory history_;
  double random_ = 0.999999;
};

TEST_F(Retry, NeverMeansNever) {
  EXPECT_FALSE(after(Error(Errc::access_denied)).again);
  EXPECT_EQ(quota_.tokens(), 500);
}

TEST_F(Retry, TransientFailuresEndAfterTheLastAttempt) {
  policy_.max_attempts = 4;
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(after(transient()).again) << i;
  EXPECT_FALSE(after(transient()).again);
}

TEST_F(Retry, TransientDelaysDoubleUpToTheCap) {
  policy_.max_attempts = 100;
  quota_ = RetryQuota(100'000);
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 11; ++i)
    delays.push_back(after(transient()).delay.count() + 1);
  EXPECT_EQ(delays, (std::vector<std::int64_t>{50, 100, 200, 400, 800, 1600, 3200, 6400, 12800,
                                               20000, 20000}));
}

TEST_F(Retry, JitterIsFull) {
  random_ = 0;
  EXPECT_EQ(after(transient()).delay, 0ms);
  random_ = 0.5;
  EXPECT_EQ(after(transient()).delay, 50ms);
}

TEST_F(Retry, ThrottlingEndsByTimeNotByCount) {
  for (int i = 0; i < 50; ++i)
    EXPECT_TRUE(after(throttled()).again) << i;
  history_.since_first_throttle = policy_.throttle_patience;
  EXPECT_FALSE(after(throttled()).again);
}

TEST_F(Retry, AThrottledRequestWaitsBrieflyHoweverOften) {
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 6; ++i)
    delays.push_back(after(throttled()).delay.count() + 1);
  EXPECT_EQ(delays, (std::vector<std::int64_t>{250, 500, 1000, 2000, 2000, 2000}));
}

TEST_F(Retry, ThrottlingNeitherSpendsTheQuotaNorNeedsIt) {
  for (int i = 0; i < 200; ++i)
    (void)after(throttled());
  EXPECT_EQ(quota_.tokens(), 500);
  quota_ = RetryQuota(0);
  EXPECT_LT(after(throttled()).delay, policy_.longest_throttle_delay);
}

TEST_F(Retry, AnEmptyQuotaMakesRetriesSlow) {
  random_ = 0;
  quota_ = RetryQuota(13);
  EXPECT_EQ(after(transient()).delay, policy_.max_delay / 2);
  random_ = 0.999999;
  EXPECT_EQ(after(transient()).delay, policy_.max_delay - 1ms);
  EXPECT_EQ(quota_.tokens(), 13);
}

TEST_F(Retry, AttemptsEndWhateverTheQuota) {
  quota_ = RetryQuota(0);
  policy_.max_attempts = 3;
  EXPECT_TRUE(after(transient()).again);
  EXPECT_TRUE(after(transient()).again);
  EXPECT_FALSE(after(transient()).again);
}

TEST_F(Retry, RetriesCostAndSuccessPaysBack) {
  (void)after(transient());
  EXPECT_EQ(quota_.tokens(), 500 - 14);
  (void)after(transient());
  EXPECT_EQ(quota_.tokens(), 500 - 28);
  settle(quota_, history_);
  EXPECT_EQ(quota_.tokens(), 500 - 14);
  settle(quota_, RetryHistory{});
  EXPECT_EQ(quota_.tokens(), 500 - 13);
}

TEST_F(Retry, TheQuotaIsNeverMoreThanFull) {
  settle(quota_, RetryHistory{});
  EXPECT_EQ(quota_.tokens(), 500);
}

TEST_F(Retry, EachRepairIsTriedOnceAndAtOnce) {
  auto decision = after(expired());
  EXPECT_TRUE(decision.again);
  EXPECT_EQ(decision.repair, Repair::credentials);
  EXPECT_EQ(decision.delay, 0ms);

  Error skewed(Errc::clock_skew, {}, RetryClass::refresh);
  skewed.server_time(std::chrono::sys_seconds(1s));
  decision = after(skewed);
  EXPECT_TRUE(decision.again);
  EXPECT_EQ(decision.repair, Repair::clock);

  EXPECT_FALSE(after(expired()).again);
  EXPECT_FALSE(after(skewed).again);
}

TEST_F(Retry, AClockCannotBeCorrectedWithoutTheTime) {
  EXPECT_FALSE(after(Error(Errc::clock_skew, {}, RetryClass::refresh)).again);
}

TEST_F(Retry, AnotherRegionIsTheCallersBusiness) {
  EXPECT_FALSE(after(Error(Errc::wrong_region, {}, RetryClass::refresh)).again);
}

TEST_F(Retry, WhatMayNotBeSentTwiceIsOnlyRepeatedIfItWasNotSent) {
  EXPECT_FALSE(after(transient(), false).again);
  EXPECT_FALSE(after(transient(Errc::reset), false).again);
  EXPECT_FALSE(after(transient(Errc::timeout), false).again);
  EXPECT_TRUE(after(throttled(), false).again) << "the service refused it";
  EXPECT_TRUE(after(expired(), false).again);
  EXPECT_TRUE(after(transient(Errc::connect), false).again);
  EXPECT_TRUE(after(transient(Errc::resolve), false).again);
}

TEST_F(Retry, TheServicesOwnDelayIsKeptWithinFiveSeconds) {
  auto asked = throttled();
  asked.retry_after(10s);
  random_ = 0;
  EXPECT_EQ(after(asked).delay, 10s);
  random_ = 0.999999;
  policy_.throttle_base = policy_.longest_throttle_delay = 20s;
  EXPECT_EQ(after(asked).delay, 15s);
}

}  // namespace
}  // namespace s3m::aws
