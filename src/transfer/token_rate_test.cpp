#include "transfer/token_rate.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "transfer/test_service.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::milliseconds;

constexpr SteadyTime start{std::chrono::hours(1)};

TestService limited(double rate, double saved_seconds = 1) {
  return {.latency = milliseconds(20),
          .servers = 400,
          .rate = [rate](double) { return rate; },
          .saved_seconds = saved_seconds};
}

TEST(TokenBucket, GivesWhatTheRateBringsAndSavesLittle) {
  TokenBucket tokens;
  tokens.drain(start);
  const auto taken_by = [&](SteadyTime until) {
    int taken = 0;
    for (tokens.fill(1000, until); tokens.ready(); ++taken)
      tokens.take();
    return taken;
  };
  EXPECT_EQ(taken_by(start), 0);
  EXPECT_EQ(taken_by(start + milliseconds(5)), 5);
  EXPECT_EQ(taken_by(start + milliseconds(5'000)), 20);
  EXPECT_EQ(tokens.next(1000), milliseconds(1));
}

TEST(TokenBucket, ALowRateStillGivesWholeRequests) {
  TokenBucket tokens;
  tokens.drain(start);
  int taken = 0;
  for (int i = 1; i <= 1000; ++i) {
    tokens.fill(2, start + i * milliseconds(10));
    if (!tokens.ready()) continue;
    tokens.take();
    ++taken;
  }
  EXPECT_NEAR(taken, 20, 1);
}

// A rate that has met its first 503 when 1000 requests a second were accepted.
class ServiceRateTest : public testing::Test {
 protected:
  void SetUp() override {
    answer(1000, 1);
    rate_.throttled(now_ - milliseconds(10), now_);
  }

  void answer(int per_second, double seconds) {
    const auto gap = std::chrono::nanoseconds(1'000'000'000 / per_second);
    for (const auto end = now_ + std::chrono::nanoseconds(std::int64_t(seconds * 1e9)); now_ < end;
         now_ += gap) {
      rate_.answered(now_, milliseconds(10));
      if (rate_.available(now_)) rate_.take();
    }
  }

  // What is on its way is answered; the pause is over.
  void settle(int per_second) {
    answer(per_second, 0.02);
    EXPECT_TRUE(rate_.available(now_ + milliseconds(2)));
  }

  ServiceRate rate_;
  SteadyTime now_ = start;
};

TEST_F(ServiceRateTest, IsNoLimitBeforeTheFirst503) {
  ServiceRate fresh;
  EXPECT_FALSE(fresh.limited());
  EXPECT_TRUE(fresh.available(start));
  EXPECT_EQ(fresh.wait(start), milliseconds(0));
  EXPECT_EQ(fresh.rate(), 0);
}

TEST_F(ServiceRateTest, TheFirst503HoldsEverythingBackForARoundTrip) {
  EXPECT_TRUE(rate_.limited());
  EXPECT_FALSE(rate_.available(now_));
  EXPECT_FALSE(rate_.available(now_ + milliseconds(9)));
  EXPECT_EQ(rate_.wait(now_), milliseconds(10));
  settle(500);
  EXPECT_NEAR(rate_.rate(), 0.85 * 500, 100);
}

TEST_F(ServiceRateTest, A503ToARequestSentBeforeTheDecreaseIsAnEcho) {
  settle(1000);
  const auto after = rate_.rate();
  EXPECT_FALSE(rate_.throttled(now_ - milliseconds(30), now_));
  EXPECT_EQ(rate_.rate(), after);
  answer(static_cast<int>(after), 0.1);
  EXPECT_TRUE(rate_.throttled(now_ - milliseconds(10), now_));
  EXPECT_LT(rate_.rate(), after);
}

TEST_F(ServiceRateTest, DoubtsTheFirstCeiling) {
  settle(1000);
  answer(900, 1);
  answer(1500, 1);
  EXPECT_GT(rate_.rate(), 1500) << "no 503 since, so it was too low";
}

TEST_F(ServiceRateTest, ComesBackToTheCeilingAndThenGoesBeyond) {
  settle(1000);
  answer(1000, 1.2);
  ASSERT_TRUE(rate_.throttled(now_, now_)) << "met again: it is true";
  answer(900, 1);
  EXPECT_GT(rate_.rate(), 900);
  answer(1000, 3);
  EXPECT_NEAR(rate_.rate(), 1000, 80);
  answer(1000, 8);
  EXPECT_GT(rate_.rate(), 1080);
}

TEST_F(ServiceRateTest, DoesNotRunAheadOfWhatIsSent) {
  settle(1000);
  answer(300, 120);
  EXPECT_LE(rate_.rate(), 1100);
}

TEST_F(ServiceRateTest, ASplitOneHasHalfOfTheRate) {
  settle(1000);
  const auto whole = rate_.rate();
  const auto other = rate_.split();
  EXPECT_DOUBLE_EQ(rate_.rate(), whole / 2);
  EXPECT_DOUBLE_EQ(other.rate(), whole / 2);
  ServiceRate free;
  EXPECT_FALSE(free.split().limited());
  for (int i = 0; i < 10; ++i)
    (void)rate_.split();
  EXPECT_GE(rate_.rate(), 25) << "as rarely as that, and not more rarely, is anything asked";
}

TEST(ServiceRate, SettlesJustUnderTheRateWithHardlyA503) {
  for (const double per_second : {100.0, 350.0, 3500.0, 10'000.0}) {
    for (const double saved : {0.1, 1.0}) {
      TestRun run(limited(per_second, saved));
      run.run(15);
      EXPECT_LE(run.throttled, 700U) << per_second << ' ' << saved;
      run.run(60);
      EXPECT_GE(run.ok_rate(), 0.92 * per_second) << per_second << ' ' << saved;
      EXPECT_LE(run.throttled_share(), 0.01) << per_second << ' ' << saved;
    }
  }
}

TEST(ServiceRate, OnePercentHoldsFromAColdStartOn) {
  TestRun run(limited(3500));
  run.run(14);  // 49,000 copies
  EXPECT_LE(run.throttled_share(), 0.01);
  EXPECT_GE(run.ok_rate(), 3400);
}

TEST(ServiceRate, FallsInAFewRoundTripsAndComesBackAfterABurst) {
  TestRun run({.latency = milliseconds(20), .servers = 1000, .rate = [](double second) {
                 return std::fmod(second, 10) < 8 ? 3500.0 : 350.0;
               }});
  run.run(8);
  run.run(0.3);
  EXPECT_LE(run.throttled, 350U);
  EXPECT_LE(run.rate.rate(), 400);
  run.run(1.7);  // the burst
  run.run(3.5);
  EXPECT_GE(run.rate.rate(), 2800) << "the ceiling was remembered";
  run.run(60);
  EXPECT_LE(run.throttled_share(), 0.015);
}

TEST(ServiceRate, LearnsThatTheBetterDaysAreOver) {
  TestRun run({.latency = milliseconds(20), .servers = 1000, .rate = [](double second) {
                 return second < 10 ? 3500.0 : 350.0;
               }});
  run.run(60);
  run.run(60);
  EXPECT_GE(run.ok_rate(), 300);
  EXPECT_LE(run.throttled_share(), 0.01);
}

TEST(ServiceRate, FindsOutThatAPartitionWasSplit) {
  TestRun run({.latency = milliseconds(20), .servers = 1000, .rate = [](double second) {
                 return second < 10 ? 3500.0 : 14'000.0;
               }});
  run.run(40);
  run.run(20);
  EXPECT_GE(run.ok_rate(), 12'000);
  EXPECT_LE(run.throttled_share(), 0.01);
}

TEST(ServiceRate, APartitionThatAcceptsNothingIsHardlyAskedAndRecovers) {
  TestRun run({.latency = milliseconds(20), .servers = 1000, .rate = [](double second) {
                 return second < 5 ? 0.001 : 3500.0;
               }});
  run.run(0.5);
  run.run(4.5);
  EXPECT_LE(run.throttled, 200U);
  run.run(20);
  run.run(10);
  EXPECT_GE(run.ok_rate(), 3000);
}

}  // namespace
}  // namespace s3m::transfer
