// Archived objects: found, asked for, and copied once they can be read.
#include "transfer/restore.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

sim::Scenario archives(milliseconds takes = hours(5)) {
  auto scenario = two_buckets();
  scenario.switches.restore_takes = takes;
  scenario.bucket("original", sim::source_account)
      .with({.key = "cold", .size = 1000, .storage_class = "GLACIER", .age = hours(48)})
      .with({.key = "colder", .size = 2000, .storage_class = "DEEP_ARCHIVE", .age = hours(48)})
      .with({.key = "instant", .size = 10, .storage_class = "GLACIER_IR", .age = hours(48)})
      .with({.key = "warm", .size = 10, .age = hours(48)});
  return scenario;
}

CopyOptions restoring(bool may_tier = false) {
  CopyOptions options;
  options.attributes.may_tier = may_tier;
  options.restore = RestoreOptions{.tier = "Bulk", .days = 3};
  return options;
}

Archived found(Rig& rig, const CopyOptions& options) {
  Archived result;
  rig.failures.clear();
  const auto walked = rig.run(find_archived(*rig.context, options, {KeyRange{}}, result));
  EXPECT_TRUE(walked.has_value());
  return result;
}

TEST(Restore, ArchivedObjectsAreCountedByTheListingAlone) {
  Rig rig(archives());
  const auto result = found(rig, {});
  EXPECT_EQ(result.objects, 2U);
  EXPECT_EQ(result.bytes, 3000U);
  EXPECT_THAT(result.classes, UnorderedElementsAre(Pair("GLACIER", 1), Pair("DEEP_ARCHIVE", 1)));
  EXPECT_EQ(rig.requests("RestoreObject"), 0U);
  EXPECT_EQ(rig.requests("HeadObject"), 0U);
}

TEST(Restore, WithoutItTheyFailAndTheOthersAreCopied) {
  Rig rig(archives());
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.copied, 2U);
  EXPECT_EQ(rig.counters.failed, 2U);
  ASSERT_EQ(rig.failures.size(), 2U);
  EXPECT_THAT(rig.failures[0].message, HasSubstr("--restore"));
  EXPECT_EQ(rig.failures[0].code, "invalid_state");
}

TEST(Restore, IsAskedForOnceAndCopiedWhenItIsDone) {
  Rig rig(archives());
  EXPECT_EQ(found(rig, restoring()).requested, 2U);
  EXPECT_EQ(rig.requests("RestoreObject"), 2U);

  rig.must_copy(restoring());
  EXPECT_EQ(rig.counters.copied, 2U);
  EXPECT_EQ(rig.counters.waiting, 2U);
  EXPECT_EQ(rig.counters.waiting_bytes, 3000U);
  EXPECT_EQ(rig.requests("RestoreObject"), 2U) << "the listing tells that they are under way";

  rig.clock.advance(hours(6));
  auto later = restoring();
  EXPECT_THAT(rig.counters.waiting_classes, UnorderedElementsAre("GLACIER", "DEEP_ARCHIVE"));
  later.only_classes = rig.counters.waiting_classes;
  rig.must_copy(later);
  EXPECT_EQ(rig.counters.copied, 2U);
  EXPECT_EQ(rig.counters.source_objects, 2U) << "the others were settled before";
  EXPECT_EQ(rig.counters.waiting, 0U);
  EXPECT_EQ(rig.requests("RestoreObject"), 2U);
  EXPECT_EQ(rig.object("copy", "cold")->storage_class, "GLACIER");
  EXPECT_EQ(rig.requests("HeadObject"), 0U);
}

TEST(Restore, IsNotPaidForWhereTheObjectIsLeftAlone) {
  Rig rig(archives());
  auto options = restoring();
  options.left = std::make_shared<LeftFailures>(LeftFailures{{"cold", {.key = "cold"}}});
  EXPECT_EQ(found(rig, options).requested, 1U);
  ASSERT_TRUE(rig.copy(options).has_value());
  EXPECT_EQ(rig.requests("RestoreObject"), 1U);
  EXPECT_EQ(rig.counters.failed, 1U);
  EXPECT_EQ(rig.counters.waiting, 1U);
}

TEST(Restore, ARunThatIsStartedAgainFindsWhatIsUnderWay) {
  Rig rig(archives());
  EXPECT_EQ(found(rig, restoring()).requested, 2U);
  rig.restart();
  const auto again = found(rig, restoring());
  EXPECT_EQ(again.requested, 0U);
  EXPECT_EQ(again.in_progress, 2U);
  rig.clock.advance(hours(6));
  EXPECT_EQ(found(rig, restoring()).ready, 2U);
}

TEST(Restore, ThatRanOutIsAskedForAgain) {
  Rig rig(archives());
  found(rig, restoring());
  rig.clock.advance(hours(24 * 4));
  EXPECT_EQ(found(rig, restoring()).requested, 2U);
}

TEST(Restore, OfAServiceThatListsNoStatusIsSettledByAsking) {
  Rig rig(archives(milliseconds(0)));
  // Done at once: 202 first, then 200, whatever a listing says.
  rig.must_copy(restoring());
  EXPECT_EQ(rig.counters.waiting, 2U);
  rig.must_copy(restoring());
  EXPECT_EQ(rig.counters.copied, 2U);
}

TEST(Restore, OneThatAnotherAskedForIsNoFailure) {
  Rig rig(archives());
  rig.fault({.operation = "RestoreObject",
             .key = "cold",
             .count = 0,
             .status = 409,
             .code = "RestoreAlreadyInProgress"});
  const auto result = found(rig, restoring());
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(result.in_progress, 1U);
  EXPECT_EQ(result.requested, 1U);
}

TEST(Restore, ThatIsRefusedIsAFailureOfItsObject) {
  Rig rig(archives());
  rig.fault({.operation = "RestoreObject",
             .key = "cold",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  const auto result = found(rig, restoring());
  EXPECT_EQ(result.failed, 1U);
  EXPECT_EQ(result.requested, 1U);
  EXPECT_THAT(result.first_failure, HasSubstr("AccessDenied"));
  EXPECT_EQ(rig.failures.size(), 0U) << "the copy meets it again";
  ASSERT_TRUE(rig.copy(restoring()).has_value());
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].operation, "RestoreObject");
  EXPECT_EQ(rig.counters.failed, 1U);
  auto later = restoring();
  later.only_classes = rig.counters.waiting_classes;
  later.only_classes.insert("GLACIER");
  ASSERT_TRUE(rig.copy(later).has_value());
  EXPECT_EQ(rig.counters.failed, 0U) << "it was told already";
  EXPECT_EQ(rig.failures.size(), 0U);
}

TEST(Restore, WhatIsCopiedAlreadyIsNotAskedFor) {
  Rig rig(archives());
  rig.put("copy", {.key = "cold", .size = 1000, .storage_class = "GLACIER"});
  const auto result = found(rig, restoring());
  EXPECT_EQ(result.objects, 1U);
  EXPECT_EQ(result.requested, 1U);
}

TEST(PlanByClass, CountsObjectsBytesAndWhatACopyTakes) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "a", .size = 1000})
      .with({.key = "b", .size = 1000, .storage_class = "STANDARD_IA", .age = hours(240)})
      .with({.key = "c", .size = 300 * mib, .storage_class = "STANDARD_IA", .age = hours(2400)})
      .with({.key = "d", .size = 5, .storage_class = "GLACIER"});
  Rig rig(scenario);
  ASSERT_TRUE(rig.plan().has_value());
  const auto& classes = rig.planned.classes;
  EXPECT_EQ(classes.at("STANDARD").objects, 1U);
  const auto& infrequent = classes.at("STANDARD_IA");
  EXPECT_EQ(infrequent.objects, 2U);
  EXPECT_EQ(infrequent.bytes, 1000 + 300 * mib);
  EXPECT_EQ(infrequent.billed_bytes, 131'072 + 300 * mib);
  EXPECT_EQ(infrequent.writes, 1U + 2U + 5U);  // one copy; Create, five parts of 64 MiB, Complete
  EXPECT_NEAR(infrequent.early_byte_days, 20.0 * 131'072, 131'072 * 0.01);
  EXPECT_EQ(rig.planned.first_in_archive, "d");
  EXPECT_EQ(rig.planned.current_objects, 4U);
}

TEST(PlanByClass, VersionsCountEachAndMarkersNot) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account).versioning = "Enabled";
  scenario.bucket("copy", sim::source_account).versioning = "Enabled";
  Rig rig(scenario);
  rig.put("original", {.key = "a", .size = 10, .seed = 1});
  rig.put("original", {.key = "a", .size = 20, .seed = 2});
  rig.put("original", {.key = "b", .size = 30});
  rig.cloud([](sim::Cloud& cloud) { EXPECT_TRUE(cloud.add_delete_marker("original", "b")); });
  ASSERT_TRUE(rig.plan({.all_versions = true}).has_value());
  EXPECT_EQ(rig.planned.classes.at("STANDARD").objects, 3U);
  EXPECT_EQ(rig.planned.classes.at("STANDARD").bytes, 60U);
  EXPECT_EQ(rig.planned.source_objects, 4U);
  EXPECT_EQ(rig.planned.current_objects, 1U);
}

// The archive tiers of INTELLIGENT_TIERING show in no listing.
sim::Scenario tiered() {
  auto scenario = two_buckets();
  scenario.switches.restore_takes = hours(5);
  scenario.bucket("original", sim::source_account)
      .with({.key = "asleep",
             .size = 1000,
             .storage_class = "INTELLIGENT_TIERING",
             .archive_tier = "ARCHIVE_ACCESS",
             .age = hours(48)})
      .with(
          {.key = "awake", .size = 1000, .storage_class = "INTELLIGENT_TIERING", .age = hours(48)});
  return scenario;
}

TEST(Restore, TiersAreFoundByAHeadWhereTheBucketHasThem) {
  Rig rig(tiered());
  EXPECT_EQ(found(rig, {}).objects, 0U);
  EXPECT_EQ(rig.requests("HeadObject"), 0U);
  const auto result = found(rig, restoring(true));
  EXPECT_EQ(result.objects, 1U);
  EXPECT_EQ(result.requested, 1U);
  EXPECT_EQ(rig.requests("HeadObject"), 2U);
}

TEST(Restore, ATierThatNobodyExpectedIsFoundByTheCopy) {
  Rig rig(tiered());
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.copied, 1U);
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].code, "invalid_state");

  rig.restart();
  rig.must_copy(restoring());
  EXPECT_EQ(rig.counters.waiting, 1U);
  EXPECT_TRUE(rig.object("original", "asleep")->restore_requested);
  EXPECT_THAT(rig.counters.waiting_classes, UnorderedElementsAre("INTELLIGENT_TIERING"));
  auto later = restoring();
  later.only_classes = rig.counters.waiting_classes;
  rig.must_copy(later);
  EXPECT_EQ(rig.counters.waiting, 1U) << "it is waited for as long as it is not there";
  rig.clock.advance(hours(6));
  rig.must_copy(later);
  EXPECT_EQ(rig.counters.copied, 1U);
}

TEST(Restore, ThePlanTellsWhatIsArchivedAndNotRestored) {
  Rig rig(archives());
  ASSERT_TRUE(rig.plan().has_value());
  EXPECT_EQ(rig.planned.archived, 2U);
  found(rig, restoring());
  rig.clock.advance(hours(6));
  ASSERT_TRUE(rig.plan().has_value());
  EXPECT_EQ(rig.planned.archived, 0U);
}

}  // namespace
}  // namespace s3m::transfer
