#include "app/job_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::app {
namespace {

using ::testing::ElementsAre;

TEST(SharedLimits, OfACommandThatIsGivenAgainAreThoseItNamesOrElseThoseThatWereSet) {
  const JobLimits set{.concurrency = 3, .max_requests_per_second = 50};
  Arguments silent;
  silent.concurrency = 8;  // a default is not said
  set_unnamed_limits(silent, set);
  EXPECT_EQ(limits_of(silent), set);
  EXPECT_FALSE(silent.keep_limits);

  Arguments names;
  names.given = {{.name = "--concurrency", .value = "auto"}};
  set_unnamed_limits(names, set);
  EXPECT_EQ(names.concurrency, std::nullopt);
  EXPECT_EQ(names.max_requests_per_second, 50U);
  EXPECT_TRUE(names.keep_limits);
}

TEST(SharedLimits, AreDividedEqually) {
  EXPECT_THAT(divide(100, {std::nullopt, std::nullopt}), ElementsAre(50, 50));
  EXPECT_THAT(divide(7, {std::nullopt, std::nullopt}), ElementsAre(3, 4)) << "and wholly";
  EXPECT_THAT(divide(100, {}), ElementsAre());
  EXPECT_THAT(divide(1, {std::nullopt, std::nullopt}), ElementsAre(1, 1)) << "nobody stands still";
}

TEST(SharedLimits, WhatOneDoesNotWantIsTheOthers) {
  EXPECT_THAT(divide(100, {10, std::nullopt, std::nullopt}), ElementsAre(10, 45, 45));
  EXPECT_THAT(divide(100, {90, 20}), ElementsAre(80, 20));
  EXPECT_THAT(divide(100, {10, 20}), ElementsAre(10, 20));
}

TEST(SharedLimits, NoJobHasMoreThanItsShareNorThanItsOwn) {
  const JobLimits own{.concurrency = 64, .max_requests_per_second = 500};
  auto options = governor_options(own, {.in_flight = 16, .per_second = 1000});
  EXPECT_FALSE(options.adaptive);
  EXPECT_EQ(options.initial, 16U);
  EXPECT_EQ(options.maximum, 16U);
  EXPECT_EQ(options.most_per_second, 500);
  options = governor_options({}, {.in_flight = 16, .per_second = 100});
  EXPECT_TRUE(options.adaptive);
  EXPECT_EQ(options.maximum, 16U);
  EXPECT_EQ(options.most_per_second, 100);
  options = governor_options({}, {});
  EXPECT_EQ(options.maximum, transfer::GovernorOptions().maximum);
  EXPECT_EQ(options.most_per_second, 0);
}

TEST(SharedLimits, WhatIsNotSharedIsEachJobsOwn) {
  const auto shares = shares_of({.in_flight = std::nullopt, .per_second = 90},
                                {{.concurrency = 5}, {.max_requests_per_second = 10}, {}});
  ASSERT_EQ(shares.size(), 3u);
  EXPECT_FALSE(shares[0].in_flight);
  EXPECT_EQ(shares[0].per_second, 40U);
  EXPECT_EQ(shares[1].per_second, 10U);
  EXPECT_EQ(shares[2].per_second, 40U);
}

}  // namespace
}  // namespace s3m::app
