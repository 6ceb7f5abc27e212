#include "console/attempt_limit.hpp"

#include <gtest/gtest.h>

namespace s3m::console {
namespace {

using namespace std::chrono_literals;

class AttemptLimitTest : public ::testing::Test {
 protected:
  ManualClock clock_{WallTime(1'800'000'000'000ms)};
  AttemptLimit limit_{clock_,
                      {.failures = 3, .each = 10s, .failures_of_all = 5, .each_of_all = 1s}};
};

TEST_F(AttemptLimitTest, AFewFailuresAreFree) {
  EXPECT_EQ(limit_.wait("a"), 0s);
  limit_.failed("a");
  limit_.failed("a");
  EXPECT_EQ(limit_.wait("a"), 0s);
  limit_.failed("a");
  EXPECT_EQ(limit_.wait("a"), 10s);
  EXPECT_EQ(limit_.wait("b"), 0s);
}

TEST_F(AttemptLimitTest, TimeGivesThemBackOneByOne) {
  for (int i = 0; i < 3; ++i)
    limit_.failed("a");
  clock_.advance(9s);
  EXPECT_EQ(limit_.wait("a"), 1s);
  clock_.advance(1s);
  EXPECT_EQ(limit_.wait("a"), 0s);
  limit_.failed("a");
  EXPECT_EQ(limit_.wait("a"), 10s);
}

TEST_F(AttemptLimitTest, ManyAddressesShareALimit) {
  for (const char* const peer : {"a", "b", "c", "d", "e"})
    limit_.failed(peer);
  EXPECT_EQ(limit_.wait("f"), 1s);
  clock_.advance(1s);
  EXPECT_EQ(limit_.wait("f"), 0s);
}

TEST_F(AttemptLimitTest, AClockThatGoesBackGivesNothingBack) {
  for (int i = 0; i < 3; ++i)
    limit_.failed("a");
  clock_.set(clock_.now() - 1h);
  EXPECT_EQ(limit_.wait("a"), 10s);
}

}  // namespace
}  // namespace s3m::console
