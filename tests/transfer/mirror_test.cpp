// G19: what the source does not have any more does not come back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/versions_rig.hpp"

namespace s3m::transfer {
namespace {

using testing::ElementsAre;

sim::Scenario three() {
  auto scenario = two_buckets();
  for (const auto* const key : {"a", "b", "c"})
    scenario.bucket("original", sim::source_account).with({.key = key, .body = key});
  return scenario;
}

TEST(Mirror, G19WhatTheSourceHasLostIsLost) {
  Rig rig(three());
  rig.must_copy();
  rig.put("copy", {.key = ".s3migrator/record.json", .body = "ours"});
  rig.cloud([](sim::Cloud& cloud) { cloud.remove("original", "b"); });
  ASSERT_TRUE(rig.mirror().has_value());
  EXPECT_THAT(rig.keys("copy"), ElementsAre(".s3migrator/record.json", "a", "c"));
  EXPECT_THAT(rig.keys("original"), ElementsAre("a", "c"));
  EXPECT_EQ(rig.mirrored.keys, 1U);
  EXPECT_EQ(rig.mirrored.deleted, 1U);
  rig.must_copy();
  rig.must_verify();
  EXPECT_EQ(rig.verification.extra, 0U);
}

TEST(Mirror, DoesNothingWhereNothingIsToBeDone) {
  Rig rig(three());
  rig.must_copy();
  ASSERT_TRUE(rig.mirror().has_value());
  EXPECT_EQ(rig.mirrored.keys, 0U);
  EXPECT_EQ(rig.keys("copy").size(), 3U);
}

TEST(Mirror, ASourceThatShowsNothingIsMostLikelyAMistake) {
  Rig rig(three());
  rig.must_copy();
  rig.cloud([](sim::Cloud& cloud) {
    for (const auto* const key : {"a", "b", "c"})
      cloud.remove("original", key);
  });
  rig.put("original", {.key = ".s3migrator/scratch", .body = "x"});
  const auto refused = rig.mirror();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), Errc::refused);
  EXPECT_EQ(rig.keys("copy").size(), 3U);
  ASSERT_TRUE(rig.mirror({.source_may_be_empty = true}).has_value());
  EXPECT_TRUE(rig.keys("copy").empty());
}

TEST(Mirror, WhatWasWrittenMeanwhileStays) {
  Rig rig(three());
  rig.must_copy();
  rig.put("copy", {.key = "extra", .body = "old"});
  rig.before_deletion(
      [](sim::Cloud& cloud) { cloud.put("copy", {.key = "extra", .body = "new"}); });
  const auto done = rig.mirror();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::precondition_failed);
  EXPECT_TRUE(rig.object("copy", "extra").has_value());
}

// After a mirror the next copy makes both the same, whatever the histories were.
TEST(Mirror, G19HistoriesCanBeCopiedAgain) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    std::mt19937 random(seed);
    auto scenario = versioned_buckets();
    scenario.switches.listing_page = 3 + random() % 20;
    scenario.switches.lost_marker_skips_key = random() % 2 == 0;
    Versions versions(scenario);
    const auto here = random_histories(random, 40, 6), there = random_histories(random, 40, 6);
    for (const auto& [key, steps] : here) {
      versions.add("original", key, steps);
      if (random() % 2 == 0) versions.add("copy", key, steps);
    }
    for (const auto& [key, steps] : there)
      versions.add("copy", key, steps);
    const auto mirrored = versions.rig.mirror({.all_versions = true});
    ASSERT_TRUE(mirrored.has_value()) << mirrored.error().describe();
    EXPECT_GT(versions.rig.mirrored.keys, 0U);
    versions.must_copy();
  }
}

TEST(Mirror, WhatIsABeginningStays) {
  Versions versions;
  versions.add("original", "k", {"1", "2", std::nullopt, "3"});
  versions.add("copy", "k", {"1", "2", "x"});
  versions.add("original", "begun", {"1", "2"});
  versions.add("copy", "begun", {"1"});
  versions.add("copy", "gone", {"1", std::nullopt});
  ASSERT_TRUE(versions.rig.mirror({.all_versions = true}).has_value());
  EXPECT_EQ(versions.rig.mirrored.keys, 2U);
  EXPECT_EQ(versions.rig.mirrored.other_histories, 1U);
  EXPECT_EQ(versions.rig.mirrored.deleted, 2U);
  EXPECT_EQ(versions.rig.mirrored.deleted_markers, 1U);
  const auto left = versions.histories("copy");
  EXPECT_EQ(left.size(), 2U);
  EXPECT_EQ(left.at("k").size(), 2U);
  versions.must_copy();
}

}  // namespace
}  // namespace s3m::transfer
