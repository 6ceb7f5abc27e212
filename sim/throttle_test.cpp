#include "sim/throttle.hpp"

#include <gtest/gtest.h>

namespace s3m::sim {
namespace {

using namespace std::chrono_literals;

TEST(Throttle, EachPrefixHasTokensOfItsOwnAndTheyComeBack) {
  Throttle throttle({{.bucket = "b*", .prefix_slashes = 1, .writes_per_second = 2}});
  WallTime now{};
  const auto admit = [&](const char* key) { return throttle.admit("b1", key, true, now); };
  EXPECT_TRUE(admit("a/1"));
  EXPECT_TRUE(admit("a/2"));
  EXPECT_FALSE(admit("a/3"));
  EXPECT_TRUE(admit("c/1"));
  EXPECT_TRUE(throttle.admit("b1", "a/3", false, now));
  EXPECT_TRUE(throttle.admit("other", "a/3", true, now));
  now += 500ms;
  EXPECT_TRUE(admit("a/3"));
  EXPECT_FALSE(admit("a/4"));
  now += 1h;  // what is saved up is one second's worth
  EXPECT_TRUE(admit("a/5"));
  EXPECT_TRUE(admit("a/6"));
  EXPECT_FALSE(admit("a/7"));
}

}  // namespace
}  // namespace s3m::sim
