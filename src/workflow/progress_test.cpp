#include "workflow/progress.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime start{};

TEST(CopyPercent, FollowsTheArticlesTable) {
  EXPECT_EQ(copy_percent({.copied = 0, .total = 1000}), 6);
  EXPECT_EQ(copy_percent({.copied = 500, .total = 1000}), 52);
  EXPECT_EQ(copy_percent({.copied = 1000, .total = 1000}), 99);
  EXPECT_EQ(copy_percent({.total = 0}), 99);
}

TEST(CopyPercent, IsRoundedDown) {
  EXPECT_EQ(copy_percent({.copied = 10, .total = 1000}), 6);
  EXPECT_EQ(copy_percent({.copied = 11, .total = 1000}), 7);
  EXPECT_EQ(copy_percent({.copied = 999'999'999, .total = 1'000'000'000}), 98);
}

TEST(CopyPercent, WhatWasThereBeforeDoesNotCount) {
  EXPECT_EQ(copy_percent({.copied = 0, .skipped = 500, .total = 1000}), 6);
  EXPECT_EQ(copy_percent({.copied = 250, .skipped = 500, .total = 1000}), 52);
  EXPECT_EQ(copy_percent({.copied = 0, .skipped = 1000, .total = 1000}), 99);
}

TEST(CopyPercent, FailuresAreSettledAndAnUnknownTotalIsTheBeginning) {
  EXPECT_EQ(copy_percent({.copied = 400, .failed = 100, .total = 1000}), 52);
  EXPECT_EQ(copy_percent({.copied = 400, .failed = 100}), 6);
}

TEST(HighestPercent, NeverFalls) {
  HighestPercent percent;
  EXPECT_EQ(percent.raise(40), 40);
  EXPECT_EQ(percent.raise(30), 40);
  EXPECT_EQ(percent.raise(41), 41);
}

TEST(RateMeter, SaysTheRecentAndTheAverageRate) {
  RateMeter rates(start);
  for (unsigned i = 0; i <= 60; ++i)
    rates.add(start + seconds(i), i * 100, i * 1000);
  for (unsigned i = 1; i <= 20; ++i) {
    rates.add(start + seconds(60 + i), 6000 + i * 10, 60'000 + i * 500);
  }
  EXPECT_DOUBLE_EQ(rates.objects_per_second(), 10);
  EXPECT_DOUBLE_EQ(rates.bytes_per_second(), 500);
  EXPECT_DOUBLE_EQ(rates.average_objects_per_second(), 6200.0 / 80);
  EXPECT_DOUBLE_EQ(rates.average_bytes_per_second(), 70'000.0 / 80);
}

TEST(RateMeter, IsZeroBeforeThereAreTwoSamples) {
  RateMeter rates(start);
  EXPECT_EQ(rates.objects_per_second(), 0);
  rates.add(start, 0, 0);
  EXPECT_EQ(rates.objects_per_second(), 0);
  EXPECT_EQ(rates.average_bytes_per_second(), 0);
}

TEST(RateMeter, ManySamplesASecondSpanTheSameWindow) {
  RateMeter rates(start);
  for (unsigned i = 0; i <= 30'000; ++i)
    rates.add(start + milliseconds(i), i, i);
  EXPECT_NEAR(rates.objects_per_second(), 1000, 1);
}

TEST(Estimate, IsARangeOfWhatTheRatesMake) {
  RateMeter rates(start);
  rates.add(start, 0, 0);
  rates.add(start + seconds(20), 4000, 4000);
  rates.add(start + seconds(30), 5000, 5000);  // recent 100/s, average 166.7/s
  const auto eta = estimate(rates, 1000, 1000);
  ASSERT_TRUE(eta);
  EXPECT_DOUBLE_EQ(eta->low_seconds, 6);
  EXPECT_DOUBLE_EQ(eta->high_seconds, 10);
}

TEST(Estimate, IsAbsentAtFirstAndWhileNothingMoves) {
  RateMeter rates(start);
  rates.add(start, 0, 0);
  rates.add(start + seconds(5), 4000, 4000);
  EXPECT_FALSE(estimate(rates, 1000, 1000));
  rates.add(start + seconds(16), 4000, 4000);
  rates.add(start + seconds(27), 4000, 4000);
  EXPECT_FALSE(estimate(rates, 1000, 1000));
}

}  // namespace
}  // namespace s3m::workflow
