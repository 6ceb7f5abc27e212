// What a cut-short emptying has left of histories (G24): it goes only where the rest proves it, and
// then the whole can be copied again.
#include "transfer/tails.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "tests/transfer/versions_rig.hpp"

namespace s3m::transfer {
namespace {

// The way back: the copy is the source.
Context turned_round(Rig& rig) {
  Context back = *rig.context;
  std::swap(back.source, back.destination);
  back.both_ways = true;
  return back;
}

struct Clearing {
  Result<void> done;
  Tails tails;
};

Clearing clear(Rig& rig, TailOptions options = {}) {
  auto back = turned_round(rig);
  Clearing clearing;
  clearing.done = rig.run(clear_tails(back, options, {KeyRange{}}, clearing.tails));
  return clearing;
}

void copy_back(Rig& rig, const CopyOptions& options) {
  auto back = turned_round(rig);
  Counters counters;
  const auto copied = rig.run(transfer::copy(back, options, {KeyRange{}}, counters));
  ASSERT_TRUE(copied.has_value()) << copied.error().describe();
  EXPECT_EQ(counters.failed, 0U);
}

class TailsOfAnEmptying : public testing::TestWithParam<unsigned> {};

TEST_P(TailsOfAnEmptying, GoAndTheWholeComesBackWhereverItWasCutShort) {
  std::mt19937 random(GetParam());
  auto scenario = versioned_buckets();
  scenario.switches.listing_page = 5 + random() % 20;
  scenario.switches.lost_marker_skips_key = random() % 2 == 0;
  Versions versions(scenario);
  for (const auto& [key, steps] : random_histories(random, 30, 9))
    versions.add("original", key, steps);
  versions.must_copy();
  const auto whole = versions.histories("original");
  const auto cut_short = [&] {
    for (const std::string operation : {"DeleteObject", "DeleteObjects"}) {
      versions.rig.fault({.operation = operation,
                          .first = 1 + random() % 8,
                          .count = 0,
                          .status = 403,
                          .code = "AccessDenied"});
    }
  };
  cut_short();
  ASSERT_FALSE(versions.rig.empty({.all_versions = true}).has_value());
  // Cut short itself it goes on: what is left still is an end.
  versions.rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  cut_short();
  static_cast<void>(clear(versions.rig));
  versions.rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto cleared = clear(versions.rig);
  ASSERT_TRUE(cleared.done.has_value()) << cleared.done.error().describe();
  for (const auto& [key, left] : versions.histories("original"))
    EXPECT_EQ(left, whole.at(key)) << "what is whole stays";
  copy_back(versions.rig, versions.options);
  EXPECT_EQ(versions.histories("original"), whole);
  EXPECT_EQ(versions.histories("copy"), whole);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TailsOfAnEmptying, testing::Range(0U, 12U));

TEST(Tails, AreTakenOutOldestFirstAndNothingElseIs) {
  Versions versions;
  versions.add("copy", "k", {"1", "2", std::nullopt, "3"});
  versions.add("original", "k", {std::nullopt, "3"});
  versions.add("copy", "whole", {"1", "2"});
  versions.add("original", "whole", {"1", "2"});
  versions.add("copy", "gone", {"1"});
  versions.add("original", "another's", {"1"});
  const auto cleared = clear(versions.rig);
  ASSERT_TRUE(cleared.done.has_value()) << cleared.done.error().describe();
  EXPECT_EQ(cleared.tails.keys, 1U);
  EXPECT_EQ(cleared.tails.deleted, 1U);
  EXPECT_EQ(cleared.tails.deleted_markers, 1U);
  const auto left = versions.histories("original");
  EXPECT_EQ(left.size(), 2U);
  EXPECT_EQ(left.at("whole").size(), 2U);
  EXPECT_EQ(left.at("another's").size(), 1U);
  EXPECT_EQ(versions.histories("copy").size(), 3U);
}

TEST(Tails, AVersionThatIsNowhereElseStays) {
  for (const Steps& left : {Steps{"3", "new"}, Steps{"2"}, Steps{"x"}, Steps{std::nullopt}}) {
    Versions versions;
    versions.add("copy", "a", {"1", "2"});
    versions.add("original", "a", {"2"});
    versions.add("copy", "k", {"1", "2", "3"});
    versions.add("original", "k", left);
    const auto before = versions.histories("original");
    const auto refused = clear(versions.rig);
    ASSERT_FALSE(refused.done.has_value());
    EXPECT_EQ(refused.done.error().code(), Errc::mismatch);
    EXPECT_EQ(refused.done.error().key(), "k");
    EXPECT_EQ(versions.histories("original"), before) << "not even of the other key";
  }
}

// An equal ETag tells of the bytes alone.
TEST(Tails, AVersionWithOtherAttributesStays) {
  for (const bool tagged : {true, false}) {
    Versions versions;
    versions.add("copy", "k", {"1", "2"});
    sim::ObjectSpec last{.key = "k", .body = "2"};
    (tagged ? last.tags : last.metadata) = {{"wish", "last"}};
    versions.rig.put("original", last);
    const auto refused = clear(versions.rig);
    ASSERT_FALSE(refused.done.has_value());
    EXPECT_EQ(refused.done.error().code(), Errc::mismatch);
    EXPECT_EQ(refused.done.error().key(), "k");
    EXPECT_EQ(versions.histories("original").size(), 1U);
  }
}

TEST(Tails, AVersionWrittenMeanwhileStays) {
  Versions versions;
  versions.add("copy", "k", {"1", "2", "3"});
  versions.add("original", "k", {"2", "3"});
  versions.rig.before_deletion(
      [](sim::Cloud& cloud) { cloud.put("original", sim::ObjectSpec{.key = "k", .body = "new"}); });
  ASSERT_TRUE(clear(versions.rig).done.has_value());
  EXPECT_EQ(versions.rig.cloud([](sim::Cloud& cloud) { return cloud.read("original", "k", 9); }),
            "new");
}

}  // namespace
}  // namespace s3m::transfer
