// The governor, the flows and the lanes against a service that throttles.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::milliseconds;

constexpr int cold_prefixes = 8, objects_each = 100, hot_objects = 600;

std::string prefix(int number) {
  return std::string("cold") + static_cast<char>('a' + number) + "/";
}

sim::Scenario with_objects(std::uint64_t count) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "key/", .count = count, .min_size = 10, .max_size = 10});
  return scenario;
}

// Each prefix is a range of its own, as the walk would make of them.
std::vector<KeyRange> by_prefix() {
  std::vector<KeyRange> ranges;
  for (int i = 0; i < cold_prefixes; ++i)
    ranges.push_back({.after = prefix(i), .until = prefix(i) + "~"});
  ranges.push_back({.after = "hot/", .until = "hot/~"});
  return ranges;
}

// The hot prefix takes nothing until all others are copied: were its range able to hold up theirs,
// neither would ever end.
TEST(GovernorRun, APrefixThatTakesNothingHoldsUpNobodyElse) {
  auto scenario = two_buckets();
  auto& original = scenario.bucket("original", sim::source_account);
  for (int i = 0; i < cold_prefixes; ++i) {
    original.with(sim::GeneratorSpec{
        .prefix = prefix(i), .count = objects_each, .min_size = 10, .max_size = 10});
  }
  original.with(
      sim::GeneratorSpec{.prefix = "hot/", .count = hot_objects, .min_size = 10, .max_size = 10});
  scenario.latencies.push_back({.operation = "CopyObject", .fixed = milliseconds(2)});
  Rig rig(scenario, {.governor = {.initial = 16}});
  rig.fault({.operation = "CopyObject", .key = "hot/*", .count = 0, .code = "SlowDown"});
  rig.cloud([](sim::Cloud& world) {
    world.before_each([&world, left = cold_prefixes * objects_each](const auto& request) mutable {
      const bool cold = request.operation == "CopyObject" && request.key.starts_with("cold");
      if (cold && --left == 0) world.faults().clear();
    });
  });
  rig.must_copy({}, by_prefix());
  EXPECT_EQ(rig.counters.copied, 8U * objects_each + hot_objects);
}

TEST(GovernorRun, BurstsOfThrottlingCostPatienceAndNoObject) {
  auto scenario = with_objects(1200);
  scenario.throttles.push_back({.bucket = "copy",
                                .writes_per_second = 1500,
                                .burst_seconds = 0.1,
                                .collapse_every = milliseconds(400),
                                .collapse_for = milliseconds(100),
                                .collapse_to = 0.05});
  Rig rig(scenario, {.governor = {}, .real_time = true});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1200U);
  EXPECT_GT(rig.runtime->counters.throttled, 0U);
  EXPECT_LT(rig.requests("CopyObject"), 2400U) << "most requests are not sent in vain";
}

TEST(GovernorRun, OnePermitServesListingsAndCopies) {
  Rig rig(with_objects(1500), {.governor = {.initial = 1, .adaptive = false}});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1500U);
  EXPECT_EQ(rig.governor->peak_in_flight(), 1U);
}

TEST(GovernorRun, TheUsersRateIsKept) {
  Rig rig(with_objects(150), {.governor = {.most_per_second = 500}});
  const auto begin = std::chrono::steady_clock::now();
  rig.must_copy();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  // A fiftieth of a second's worth may be saved up.
  EXPECT_GE(took.count(), (150 - 10 - 1) / 500.0);
}

}  // namespace
}  // namespace s3m::transfer
