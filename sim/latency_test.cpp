#include "sim/latency.hpp"

#include <gtest/gtest.h>

namespace s3m::sim {
namespace {

using namespace std::chrono_literals;

TEST(Latencies, TheFirstThatMatchesCounts) {
  Faults random;
  Latencies latencies({{.operation = "List*", .fixed = 10us}, {.fixed = 20us}});
  EXPECT_EQ(latencies.of("ListObjectsV2", true, WallTime{}, random), 10us);
  EXPECT_EQ(latencies.of("CopyObject", true, WallTime{}, random), 20us);
  EXPECT_EQ(Latencies().of("CopyObject", true, WallTime{}, random), 0us);
}

TEST(Latencies, WhatTheServersCannotTakeQueues) {
  Faults random;
  Latencies latencies({{.operation = "CopyObject", .fixed = 20ms, .servers = 2}});
  const auto copy = [&](WallTime now) { return latencies.of("CopyObject", true, now, random); };
  const WallTime now{1h};
  EXPECT_EQ(copy(now), 20ms);
  EXPECT_EQ(copy(now), 20ms);
  EXPECT_EQ(copy(now), 40ms);
  EXPECT_EQ(copy(now + 5ms), 35ms);
  EXPECT_EQ(latencies.of("CopyObject", false, now, random), 20ms) << "refused at once";
  EXPECT_EQ(copy(now + 1s), 20ms) << "nothing is left of the queue";
}

}  // namespace
}  // namespace s3m::sim
