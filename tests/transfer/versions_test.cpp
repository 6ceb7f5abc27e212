// --versions all: whatever the histories, the pages and the accidents, the destination has the same
// history of each key, or the key is told of.
#include <algorithm>
#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/versions_rig.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

using sim::FaultEffect;
using testing::HasSubstr;

class VersionsProperty : public testing::TestWithParam<unsigned> {};

TEST_P(VersionsProperty, EachHistoryArrivesWhole) {
  std::mt19937 random(GetParam());
  auto scenario = versioned_buckets();
  scenario.switches.listing_page = 2 + random() % 40;
  scenario.switches.inclusive_key_marker = random() % 2 == 0;
  scenario.switches.lost_marker_skips_key = random() % 2 == 0;
  Versions versions(scenario);
  for (const auto& [key, steps] : random_histories(random, 60, 1 + random() % 12)) {
    versions.add("original", key, steps);
    // Some are there in part.
    if (random() % 3 == 0) {
      const auto part = static_cast<std::ptrdiff_t>(random() % (steps.size() + 1));
      versions.add("copy", key, Steps(steps.begin(), steps.begin() + part));
    }
  }
  versions.must_copy();
  ASSERT_TRUE(versions.verify().has_value());
  EXPECT_TRUE(versions.rig.verification.complete());
  EXPECT_EQ(versions.rig.verification.extra, 0u);
  versions.rig.forget_requests();
  versions.must_copy();
  EXPECT_EQ(versions.rig.counters.copied, 0u) << "all is there already";
  EXPECT_EQ(versions.rig.requests("CopyObject") + versions.rig.requests("DeleteObject"), 0u);
}

// Each key with the whole of its history once, however the key space is split.
TEST_P(VersionsProperty, TheWalkMeetsEachHistoryOnce) {
  struct Notes final : Visitor {
    void visit(const Pair& pair) override {
      EXPECT_TRUE(seen.emplace(pair.key, pair.source_history->versions.size()).second);
    }
    std::map<std::string, std::size_t> seen;
  };
  std::mt19937 random(GetParam());
  auto scenario = versioned_buckets();
  scenario.switches.listing_page = 2 + random() % 30;
  scenario.switches.inclusive_key_marker = random() % 2 == 0;
  Versions versions(scenario);
  std::map<std::string, std::size_t> expected;
  std::vector<std::string> keys;
  for (const auto& [key, steps] : random_histories(random, 150, 1 + random() % 9)) {
    versions.add("original", key, steps);
    expected[key] = steps.size();
    keys.push_back(key);
  }
  for (int round = 0; round < 3; ++round) {
    Notes notes;
    std::vector<std::string> bounds;
    for (auto count = random() % 5; count > 0; --count)
      bounds.push_back(keys[random() % keys.size()] + (random() % 2 == 0 ? "" : "a"));
    std::ranges::sort(bounds);
    bounds.erase(std::ranges::unique(bounds).begin(), bounds.end());
    std::vector<KeyRange> ranges;
    std::string after;
    for (const auto& bound : bounds)
      ranges.push_back({std::exchange(after, bound), bound});
    ranges.push_back({after, std::nullopt});
    const WalkOptions walked_with{.page_size = static_cast<int>(2 + random() % 30),
                                  .lanes = 1 + random() % 20,
                                  .versions = true};
    const auto walked = versions.rig.run(walk(*versions.rig.context, ranges, notes, walked_with));
    ASSERT_TRUE(walked.has_value()) << walked.error().describe();
    EXPECT_EQ(notes.seen, expected);
  }
}

// Replies are lost while the writes take effect, also where conditions are ignored.
TEST_P(VersionsProperty, LostRepliesMakeNoVersionTwice) {
  std::mt19937 random(GetParam());
  auto scenario = versioned_buckets();
  scenario.switches.ignore_if_match = random() % 2 == 0;
  scenario.switches.ignore_if_none_match = scenario.switches.ignore_if_match;
  Versions versions(scenario);
  for (const auto& [key, steps] : random_histories(random, 15, 5))
    versions.add("original", key, steps);
  for (const std::string operation : {"CopyObject", "DeleteObject"}) {
    for (const bool applied : {true, false}) {
      versions.rig.fault({.operation = operation,
                          .count = 0,
                          .probability = 0.15,
                          .effect = random() % 2 == 0 ? FaultEffect::reset_mid_head
                                                      : FaultEffect::reset_before_head,
                          .applied = applied});
    }
  }
  // Rarely a key meets more accidents than it is looked at again; then it goes on the next time.
  for (int run = 0; run < 5; ++run) {
    versions.rig.restart();
    const auto copied = versions.copy();
    ASSERT_TRUE(copied.has_value()) << copied.error().describe();
    if (versions.rig.counters.failed == 0) break;
  }
  EXPECT_EQ(versions.histories("copy"), versions.histories("original"));
}

INSTANTIATE_TEST_SUITE_P(Seeds, VersionsProperty, testing::Range(0U, 15U));

TEST(VersionsCopy, IsOldestFirstWithDeleteMarkersInPlace) {
  Versions versions;
  versions.add("original", "k", {"1", std::nullopt, "2", std::nullopt, std::nullopt, "3"});
  versions.add("original", "gone", {std::nullopt, "x", std::nullopt});
  versions.must_copy();
  const auto& counters = versions.rig.counters;
  EXPECT_EQ(counters.version_keys, 2u);
  EXPECT_EQ(counters.source_objects, 9u);
  EXPECT_EQ(counters.copied, 9u);
  EXPECT_EQ(counters.source_markers, 5u);
  EXPECT_EQ(counters.copied_markers, 5u);
  EXPECT_EQ(versions.rig.object("copy", "k")->size, 1u);
  EXPECT_FALSE(versions.rig.object("copy", "gone").has_value());
}

TEST(VersionsCopy, LargeVersionsGoInPartsEachPinned) {
  auto scenario = versioned_buckets();
  Versions versions(scenario);
  for (const std::uint64_t size : {20 * mib, 30 * mib}) {
    versions.rig.clock.advance(std::chrono::seconds(1));
    versions.rig.put("original", {.key = "big", .size = size, .seed = size});
  }
  versions.options.multipart_threshold = 8 * mib;
  versions.options.part_size = 8 * mib;
  versions.rig.must_copy(versions.options);
  const auto made = versions.rig.cloud([](sim::Cloud& cloud) { return cloud.versions("copy"); });
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].size, 30 * mib);
  EXPECT_EQ(made[1].size, 20 * mib);
  EXPECT_EQ(versions.rig.requests("UploadPartCopy"), 7u);
  versions.rig.restart();
  ASSERT_TRUE(versions.copy().has_value());
  EXPECT_EQ(versions.rig.counters.skipped, 2u);
  EXPECT_EQ(versions.rig.counters.failed, 0u);
  ASSERT_TRUE(versions.verify().has_value());
  EXPECT_TRUE(versions.rig.verification.complete());
}

TEST(VersionsCopy, TheVersionNullIsOneOfThem) {
  auto scenario = versioned_buckets();
  scenario.bucket("original", sim::source_account).versioning = "";
  Versions versions(scenario);
  versions.add("original", "k", {"first"});
  versions.must_copy();
  EXPECT_EQ(versions.rig.counters.copied, 1u);
}

TEST(VersionsCopy, ABucketThatKeepsNoVersionsEndsIt) {
  auto scenario = versioned_buckets();
  scenario.bucket("copy", sim::source_account).versioning = "Suspended";
  Versions versions(scenario);
  versions.add("original", "k", {"1", std::nullopt});
  const auto copied = versions.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::refused);
}

TEST(VersionsCopy, AnotherHistoryStopsItsKeyAndNoOther) {
  Versions versions;
  versions.add("original", "a", {"1", "2"});
  versions.add("copy", "a", {"2"});
  versions.add("original", "b", {"1", "2"});
  versions.add("original", "c", {"1"});
  versions.add("copy", "c", {"1", std::nullopt});
  ASSERT_TRUE(versions.copy().has_value());
  EXPECT_EQ(versions.rig.counters.copied, 2u);
  ASSERT_EQ(versions.rig.failures.size(), 2u);
  for (const auto& failure : versions.rig.failures) {
    EXPECT_EQ(failure.code, "mismatch");
    EXPECT_THAT(failure.message, HasSubstr("no beginning of the source's"));
  }
  EXPECT_EQ(versions.histories("copy")["a"].size(), 1u) << "nothing was added to it";
}

TEST(VersionsCopy, OfAKeyThatIsLeftAloneNothingIsWritten) {
  Versions versions;
  versions.add("original", "a", {"1", "2", "3"});
  versions.add("original", "b", {"1"});
  auto options = versions.options;
  options.left = std::make_shared<LeftFailures>(
      LeftFailures{{"a", {.operation = "CopyObject", .key = "a", .message = "before"}}});
  versions.rig.fault(
      {.operation = "CopyObject", .key = "a", .count = 0, .status = 500, .code = "InternalError"});
  ASSERT_TRUE(versions.rig.copy(options).has_value());
  EXPECT_EQ(versions.rig.requests("CopyObject"), 1u);
  EXPECT_EQ(versions.rig.counters.copied, 1u);
  EXPECT_EQ(versions.rig.counters.failed, 3u);
  ASSERT_EQ(versions.rig.failures.size(), 1u);
  EXPECT_EQ(versions.rig.failures[0].message, "before");
}

TEST(VersionsCopy, AWriteOfAnotherMeanwhileStopsTheKey) {
  Versions versions;
  versions.add("original", "k", {"1", "2"});
  versions.rig.before_first("CopyObject", [](sim::Cloud& cloud) {
    cloud.put("copy", sim::ObjectSpec{.key = "k", .body = "foreign"});
  });
  ASSERT_TRUE(versions.copy().has_value());
  EXPECT_EQ(versions.rig.counters.failed, 2u);
  ASSERT_EQ(versions.rig.failures.size(), 1u);
  EXPECT_EQ(versions.rig.failures[0].code, "conflict");
  EXPECT_EQ(versions.histories("copy")["k"].size(), 1u) << "the foreign one stays, alone";
}

// A kept connection that ends without a word is no proof that the request was not seen.
TEST(VersionsCopy, WhatWasLostIsLookedForAndNotSentAgain) {
  for (const std::string operation : {"CopyObject", "DeleteObject"}) {
    Versions versions;
    versions.add("original", "k", {"1", std::nullopt, "2"});
    versions.rig.fault(
        {.operation = operation, .effect = FaultEffect::reset_before_head, .applied = true});
    versions.must_copy();
    EXPECT_EQ(versions.rig.requests("CopyObject"), 2u);
    EXPECT_EQ(versions.rig.requests("DeleteObject"), 1u);
  }
}

// The history is ahead: its last version has no counterpart, so nothing of the source is left to
// do.
TEST(VersionsCopy, AnothersVersionBehindAWholeHistoryIsAFailure) {
  Versions versions;
  versions.add("original", "k", {"1"});
  versions.add("copy", "k", {"1", "foreign"});
  ASSERT_TRUE(versions.copy().has_value());
  EXPECT_EQ(versions.rig.counters.failed, 1u);
  EXPECT_EQ(versions.rig.counters.skipped, 1u);
  ASSERT_EQ(versions.rig.failures.size(), 1u);
  EXPECT_THAT(versions.rig.failures[0].message, HasSubstr("remove by their ids"));
}

// Two sends are in doubt when two versions of the size are found: whose is which nothing tells.
TEST(VersionsCopy, OnlyWhatIsCertainlyOursIsRemoved) {
  auto scenario = versioned_buckets();
  scenario.switches.ignore_if_match = scenario.switches.ignore_if_none_match = true;
  Versions versions(scenario);
  versions.rig.put("original", {.key = "k", .body = "ours", .sse = "aws:kms", .checksum = "none"});
  versions.rig.clock.advance(std::chrono::seconds(1));
  versions.rig.fault({.operation = "CopyObject", .effect = FaultEffect::reset_mid_head});
  versions.rig.fault({.operation = "CopyObject",
                      .first = 2,
                      .effect = FaultEffect::reset_mid_head,
                      .applied = true});
  int sends = 0;
  versions.rig.cloud([&](sim::Cloud& cloud) {
    cloud.before_each([&](const sim::RequestRecord& request) {
      if (request.operation == "CopyObject" && ++sends == 2)
        cloud.put("copy", sim::ObjectSpec{.key = "k", .body = "them", .checksum = "none"});
    });
  });
  ASSERT_TRUE(versions.copy().has_value());
  EXPECT_EQ(versions.rig.requests("DeleteObject"), 0u);
  EXPECT_EQ(versions.histories("copy")["k"].size(), 2u) << "both stay";
  ASSERT_EQ(versions.rig.failures.size(), 1u);
  EXPECT_EQ(versions.rig.failures[0].code, "conflict");
  EXPECT_THAT(versions.rig.failures[0].message, HasSubstr("it is left alone"));
}

TEST(VersionsCopy, AKilledRunIsGoneOnWith) {
  Versions versions;
  Steps long_one;
  for (int i = 0; i < 40; ++i)
    long_one.push_back(i % 5 == 4 ? std::nullopt : std::optional(std::to_string(i)));
  versions.add("original", "k", long_one);
  versions.rig.fault(
      {.operation = "CopyObject", .first = 11, .count = 0, .status = 403, .code = "AccessDenied"});
  ASSERT_TRUE(versions.copy().has_value());
  EXPECT_GT(versions.rig.counters.failed, 0u);
  const auto there = versions.histories("copy")["k"].size();
  EXPECT_GE(there, 10u);
  versions.rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  versions.rig.restart();
  versions.must_copy();
  EXPECT_EQ(versions.rig.counters.skipped, there);
  EXPECT_EQ(versions.rig.counters.copied, 40 - there);
}

TEST(VersionsCopy, WhatAVersionsCopyLacksIsToldOfThatVersion) {
  auto scenario = versioned_buckets();
  scenario.bucket("original", sim::source_account).configuration["object-lock"] =
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
      "</ObjectLockConfiguration>";
  Versions versions(scenario);
  versions.add("original", "k", {"1"});
  versions.rig.clock.advance(std::chrono::seconds(1));
  versions.rig.put("original", {.key = "k", .body = "held", .legal_hold = true});
  std::vector<FailureEvent> told;
  versions.rig.context->on_loss = [&](const FailureEvent& loss) { told.push_back(loss); };
  versions.options.attributes = {.look = true, .locked = true, .lock_fits = false};
  ASSERT_TRUE(versions.copy().has_value());
  ASSERT_EQ(told.size(), 1u);
  const auto held = versions.rig.cloud(
      [](sim::Cloud& cloud) { return cloud.versions("original").front().version_id; });
  EXPECT_EQ(told[0].version, held);
}

TEST(VersionsVerify, SaysWhichVersionDiffers) {
  Versions versions;
  versions.add("original", "k", {"1", "2", "3"});
  versions.add("copy", "k", {"1", "x", "3"});
  versions.add("original", "short", {"1", "2"});
  versions.add("copy", "short", {"1"});
  versions.add("original", "longer", {"1"});
  versions.add("copy", "longer", {"1", std::nullopt});
  versions.add("copy", "extra", {"1", "2"});
  ASSERT_TRUE(versions.verify(VerifyMode::checksum).has_value());
  const auto& found = versions.rig.verification;
  EXPECT_EQ(found.objects, 6u);
  EXPECT_EQ(found.version_keys, 3u);
  EXPECT_EQ(found.mismatched, 2u) << "the other content, and what hides the latest";
  EXPECT_EQ(found.missing, 1u);
  EXPECT_EQ(found.extra, 2u);
  EXPECT_EQ(found.same_strong, 4u);
  std::string told;
  for (const auto& failure : versions.rig.failures) {
    EXPECT_FALSE(failure.version.empty());
    told += failure.message + "\n";
  }
  EXPECT_THAT(told, HasSubstr("number 2 of the key) differs"));
}

TEST(VersionsVerify, TheDigestKnowsTheOrder) {
  const auto digest_of = [](const Steps& steps) {
    Versions versions;
    versions.add("original", "k", steps);
    versions.add("copy", "k", steps);
    EXPECT_TRUE(versions.verify().has_value());
    EXPECT_TRUE(versions.rig.verification.complete());
    return versions.rig.verification.digest;
  };
  EXPECT_EQ(digest_of({"1", std::nullopt, "2"}), digest_of({"1", std::nullopt, "2"}));
  EXPECT_NE(digest_of({"1", std::nullopt, "2"}), digest_of({"1", "2", std::nullopt}));
  EXPECT_NE(digest_of({"1", "2"}), digest_of({"2", "1"}));
}

TEST(VersionsPlan, CountsVersionsMarkersAndRequests) {
  Versions versions;
  versions.add("original", "a", {"1", std::nullopt, "22"});
  versions.add("copy", "a", {"1"});
  versions.add("original", "b", {"333"});
  versions.add("copy", "b", {"4", "4"});
  ASSERT_TRUE(versions.rig.plan(versions.options).has_value());
  const auto& planned = versions.rig.planned;
  EXPECT_EQ(planned.version_keys, 2u);
  EXPECT_EQ(planned.source_objects, 4u);
  EXPECT_EQ(planned.source_bytes, 6u);
  EXPECT_EQ(planned.delete_markers, 1u);
  EXPECT_EQ(planned.same, 1u);
  EXPECT_EQ(planned.to_copy, 2u);
  EXPECT_EQ(planned.markers_to_copy, 1u);
  EXPECT_EQ(planned.other_histories, 1u);
  EXPECT_EQ(planned.requests, 4u);
}

// What only a HEAD can tell is counted as the copy will settle it.
TEST(VersionsPlan, LooksCloserWhereTheCopyWill) {
  Versions versions;
  for (const std::string key : {"same", "other"})
    versions.rig.put("original", {.key = key, .body = "ours"});
  versions.rig.clock.advance(std::chrono::seconds(2));
  versions.rig.put("copy", {.key = "same", .body = "ours", .sse = "aws:kms"});
  versions.rig.put("copy", {.key = "other", .body = "them"});
  ASSERT_TRUE(versions.rig.plan(versions.options).has_value());
  const auto planned = versions.rig.planned;
  EXPECT_EQ(planned.other_histories, 1u);
  versions.rig.restart();
  ASSERT_TRUE(versions.copy().has_value());
  EXPECT_EQ(versions.rig.counters.failed, planned.other_histories);
  EXPECT_EQ(versions.rig.counters.skipped, planned.same + planned.same_weak);
  EXPECT_EQ(versions.rig.counters.skipped_weak, planned.same_weak);
}

// Versions are deleted while a key of many pages is read: it is read again until that has settled.
TEST(VersionsList, AMarkerThatWasDeletedLosesNothing) {
  for (const bool skips : {false, true}) {
    auto scenario = versioned_buckets();
    scenario.switches.listing_page = 10;
    scenario.switches.lost_marker_skips_key = skips;
    Versions versions(scenario);
    Steps steps;
    for (int i = 0; i < 35; ++i)
      steps.emplace_back(std::to_string(i));
    versions.add("original", "k", steps);
    versions.add("original", "l", {"last"});
    int listings = 0;
    versions.rig.cloud([&](sim::Cloud& cloud) {
      cloud.before_each([&](const sim::RequestRecord& request) {
        if (request.operation != "ListObjectVersions" || request.bucket != "original") return;
        if (++listings == 2) cloud.erase_version("original", "k", 25);
      });
    });
    versions.must_copy();
    EXPECT_EQ(versions.rig.counters.copied, 35u);
  }
}

TEST(VersionsList, MarkersListedApartAreRefused) {
  Versions versions;
  versions.add("original", "a", {"1", std::nullopt});
  versions.add("original", "b", {"1"});
  versions.rig.fault({.operation = "ListObjectVersions",
                      .bucket = "original",
                      .count = 0,
                      .effect = FaultEffect::page_out_of_order});
  const auto copied = versions.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::listing_order);
  EXPECT_TRUE(versions.histories("copy").empty());
}

}  // namespace
}  // namespace s3m::transfer
