#include "sim/throttle.hpp"

#include <string>
#include <tuple>

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

// Asks `per_second` times a second, over keys k0000 to k0999; gives how many were admitted.
int ask(Throttle& throttle, WallTime& now, int per_second, std::chrono::seconds span) {
  int admitted = 0;
  for (const auto end = now + span; now < end; now += 100ms) {
    for (int i = 0; i < per_second / 10; ++i) {
      const auto key = "k" + std::to_string(1000 + i * 7919 % 1000);
      admitted += throttle.admit("b", key, true, now) ? 1 : 0;
    }
  }
  return admitted;
}

TEST(Throttle, APartitionThatStaysBusyIsSplit) {
  Throttle throttle({{.writes_per_second = 1000, .split_after = 3s, .most_partitions = 2}});
  WallTime now{1h};
  EXPECT_NEAR(ask(throttle, now, 2000, 2s), 3000, 200) << "a second's worth was saved up";
  std::ignore = ask(throttle, now, 2000, 3s);
  EXPECT_NEAR(ask(throttle, now, 2000, 5s), 10'000, 500);
  std::ignore = ask(throttle, now, 8000, 20s);
  EXPECT_NEAR(ask(throttle, now, 8000, 5s), 10'000, 500) << "into two and no more";
}

TEST(Throttle, AQuietPartitionIsNotSplit) {
  Throttle throttle({{.writes_per_second = 1000, .split_after = 3s}});
  WallTime now{1h};
  std::ignore = ask(throttle, now, 500, 60s);
  EXPECT_NEAR(ask(throttle, now, 4000, 2s), 3000, 200);
}

TEST(Throttle, ACollapseEndsAndComesAgain) {
  Throttle throttle({{.writes_per_second = 1000,
                      .burst_seconds = 0.1,
                      .collapse_every = 10s,
                      .collapse_for = 2s,
                      .collapse_to = 0.1}});
  WallTime now{1h};
  for (int round = 0; round < 2; ++round) {
    EXPECT_NEAR(ask(throttle, now, 2000, 8s), 8000, 200);
    EXPECT_NEAR(ask(throttle, now, 2000, 2s), 200, 30);
  }
}

}  // namespace
}  // namespace s3m::sim
