// The emptying walk of histories (G7): oldest first, whole, and never what came meanwhile.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/versions_rig.hpp"

namespace s3m::transfer {
namespace {

using testing::IsEmpty;

const EmptyOptions with_versions{.all_versions = true};

std::size_t versions_left(Rig& rig, const std::string& bucket = "original") {
  return rig.cloud([&](sim::Cloud& cloud) { return cloud.versions(bucket).size(); });
}

class EmptyVersions : public testing::TestWithParam<unsigned> {};

TEST_P(EmptyVersions, LeavesNothingWhateverTheMarkersAre) {
  std::mt19937 random(GetParam());
  auto scenario = versioned_buckets();
  scenario.switches.listing_page = 2 + random() % 30;
  scenario.switches.inclusive_key_marker = random() % 2 == 0;
  scenario.switches.lost_marker_skips_key = random() % 2 == 0;
  Versions versions(scenario);
  for (const auto& [key, steps] : random_histories(random, 60, 1 + random() % 12))
    versions.add("original", key, steps);
  versions.must_copy();
  const auto before = versions.histories("copy");
  const auto done = versions.rig.empty(with_versions);
  ASSERT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_EQ(versions_left(versions.rig), 0U);
  EXPECT_EQ(versions.histories("copy"), before);
  EXPECT_EQ(versions.rig.emptied.deleted + versions.rig.emptied.deleted_markers,
            versions_left(versions.rig, "copy"));
}

// Cut short anywhere, what is left of each key is the end of its history, so the newest version
// is seen to the last; and the next run goes on.
TEST_P(EmptyVersions, GoesOldestFirstAndGoesOnAfterACrash) {
  std::mt19937 random(GetParam());
  auto scenario = versioned_buckets();
  scenario.switches.listing_page = 20;
  Versions versions(scenario);
  for (const auto& [key, steps] : random_histories(random, 30, 9))
    versions.add("original", key, steps);
  versions.must_copy();
  const auto whole = versions.histories("copy");
  for (const std::string operation : {"DeleteObject", "DeleteObjects"}) {
    versions.rig.fault({.operation = operation,
                        .first = 1 + random() % 12,
                        .count = 0,
                        .status = 403,
                        .code = "AccessDenied"});
  }
  const auto cut_short = versions.rig.empty(with_versions);
  ASSERT_FALSE(cut_short.has_value());
  EXPECT_EQ(cut_short.error().code(), Errc::access_denied);
  for (const auto& [key, left] : versions.histories("original")) {
    const auto& all = whole.at(key);
    ASSERT_LE(left.size(), all.size());
    EXPECT_TRUE(std::equal(left.rbegin(), left.rend(), all.rbegin())) << key;
  }
  versions.rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  versions.rig.restart();
  const auto rest =
      versions.rig.run(check_rest(*versions.rig.context, {.all_versions = true}, KeyRange{}));
  EXPECT_TRUE(rest.has_value()) << rest.error().describe();
  EXPECT_TRUE(versions.rig.failures.empty());
  const auto done = versions.rig.empty(with_versions);
  ASSERT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_EQ(versions_left(versions.rig), 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, EmptyVersions, testing::Range(0U, 12U));

TEST(EmptyHistories, AreNotTouchedWhereTheCopyHasAnother) {
  Versions versions;
  versions.add("original", "k", {"1", "2", "3"});
  versions.add("copy", "k", {"1", "x", "3"});
  const auto done = versions.rig.empty(with_versions);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::mismatch);
  EXPECT_EQ(versions.rig.emptied.unproven_key, "k");
  EXPECT_EQ(versions_left(versions.rig), 3U);
}

TEST(EmptyHistories, AreNotTouchedWhereTheCopyHasLess) {
  Versions versions;
  versions.add("original", "k", {"1", "2"});
  versions.add("copy", "k", {"2"});
  EXPECT_FALSE(versions.rig.empty(with_versions).has_value());
  EXPECT_EQ(versions_left(versions.rig), 2U);
}

TEST(EmptyHistories, OfACopyThatIsNotFinishedAreBeginnings) {
  Versions versions;
  versions.add("original", "k", {"1", std::nullopt});
  versions.add("copy", "k", {"1", std::nullopt, "1", "2"});
  EXPECT_FALSE(versions.rig.empty(with_versions).has_value());
  EXPECT_EQ(versions_left(versions.rig), 2U);
  const auto done = versions.rig.empty({.all_versions = true, .beginnings = true});
  EXPECT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_EQ(versions_left(versions.rig), 0U);
}

TEST(EmptyHistories, G5AVersionWrittenMeanwhileStays) {
  Versions versions;
  versions.add("original", "k", {"1", std::nullopt, "2"});
  versions.must_copy();
  versions.rig.before_deletion(
      [](sim::Cloud& cloud) { cloud.put("original", sim::ObjectSpec{.key = "k", .body = "new"}); });
  EXPECT_FALSE(versions.rig.empty(with_versions).has_value());
  EXPECT_EQ(versions_left(versions.rig), 1U);
  EXPECT_EQ(versions.rig.cloud([](sim::Cloud& cloud) { return cloud.read("original", "k", 9); }),
            "new");
}

// Where versioning is suspended, or never was on, a new object takes the place of the version null.
TEST(EmptyHistories, G5TheVersionNullIsPinnedByItsContentToo) {
  auto scenario = versioned_buckets();
  scenario.bucket("original", sim::source_account).versioning = "Suspended";
  Versions versions(scenario);
  versions.add("original", "k", {"old"});
  versions.must_copy();
  versions.rig.before_deletion(
      [](sim::Cloud& cloud) { cloud.put("original", sim::ObjectSpec{.key = "k", .body = "new"}); });
  const auto done = versions.rig.empty(with_versions);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), Errc::precondition_failed);
  EXPECT_EQ(versions.rig.cloud([](sim::Cloud& cloud) { return cloud.read("original", "k", 9); }),
            "new");
}

TEST(EmptyHistories, OfOneKeyGoTogetherHoweverManyTheyAre) {
  auto scenario = versioned_buckets();
  scenario.switches.listing_page = 10;
  scenario.switches.lost_marker_skips_key = true;
  Versions versions(scenario);
  Steps steps;
  for (int i = 0; i < 45; ++i)
    steps.push_back(i % 7 == 6 ? std::nullopt : std::optional(std::to_string(i)));
  versions.add("original", "k", steps);
  versions.add("original", "l", {"last"});
  versions.must_copy();
  const auto done = versions.rig.empty(with_versions);
  ASSERT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_EQ(versions_left(versions.rig), 0U);
  EXPECT_EQ(versions.rig.emptied.deleted_markers, 6U);
}

}  // namespace
}  // namespace s3m::transfer
