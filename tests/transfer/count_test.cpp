// A count that is broken off again and again meets each object once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"
#include "transfer/count_ranges.hpp"

namespace s3m::transfer {
namespace {

void fill(Rig& rig, int objects) {
  for (int n = 0; n < objects; ++n)
    rig.put("original", {.key = fmt::format("{:03}/key-{}", n % 37, n), .size = 3});
}

TEST(Count, IsGoneOnWithWhereItWasBrokenOff) {
  Rig rig(two_buckets());
  fill(rig, 5000);
  CountState state;
  int calls = 0;
  for (; !state.complete() && calls < 100; ++calls) {
    int asked = 0;
    const auto before = state.objects;
    auto counted =
        rig.run(count_on(*rig.context, {}, false, state, [&asked] { return ++asked > 16; }));
    ASSERT_TRUE(counted) << counted.error().describe();
    EXPECT_GE(state.objects, before);
  }
  EXPECT_GT(calls, 1) << "it was never broken off";
  EXPECT_TRUE(state.complete());
  EXPECT_EQ(state.objects, 5000u);
  EXPECT_EQ(state.bytes, 15000u);
}

TEST(Count, WhatTheFilterLeavesOutIsNotCountedButPassed) {
  Rig rig(two_buckets());
  fill(rig, 2000);
  const Filter filter({{.include = false, .pattern = "*7"}});
  CountState state;
  while (!state.complete()) {
    int asked = 0;
    ASSERT_TRUE(
        rig.run(count_on(*rig.context, filter, false, state, [&asked] { return ++asked > 60; })));
  }
  EXPECT_EQ(state.objects, 1800u);
}

TEST(Count, AFailureKeepsWhatWasCounted) {
  Rig rig(two_buckets());
  fill(rig, 3000);
  CountState state;
  rig.fault({.operation = "ListObjectsV2", .first = 3, .status = 403, .code = "AccessDenied"});
  const auto failed = rig.run(count_on(*rig.context, {}, false, state, [] { return false; }));
  ASSERT_FALSE(failed);
  EXPECT_FALSE(state.complete());
  EXPECT_LT(state.objects, 3000u);
  ASSERT_TRUE(rig.run(count_on(*rig.context, {}, false, state, [] { return false; })));
  EXPECT_EQ(state.objects, 3000u);
}

}  // namespace
}  // namespace s3m::transfer
