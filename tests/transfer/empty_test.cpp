// The emptying walk of objects: G5, G6, and that nothing goes that is not proven to be elsewhere.
#include "transfer/empty.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/key.hpp"
#include "tests/transfer/rig.hpp"
#include "transfer/scratch.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::minutes;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

sim::Scenario numbers(std::uint64_t count = 50) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "k", .count = count, .min_size = 10, .max_size = 10});
  return scenario;
}

class Empty : public testing::Test {
 protected:
  // What it failed with; that it did not is a failure of the test.
  static Error failure(Result<void> result) {
    EXPECT_FALSE(result.has_value());
    return result ? Error(Errc::usage) : std::move(result.error());
  }
  static std::string content(Rig& rig, std::string key) {
    return rig.cloud([&](sim::Cloud& cloud) { return cloud.read("original", key, 100); });
  }
};

TEST_F(Empty, DeletesWhatTheCopyHasAndNothingOfTheCopy) {
  auto scenario = numbers(2500);
  scenario.switches.listing_page = 100;
  Rig rig(scenario);
  rig.must_copy();
  rig.put("copy", {.key = "only there", .body = "x"});
  const auto done = rig.empty();
  ASSERT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_THAT(rig.keys("original"), IsEmpty());
  EXPECT_EQ(rig.keys("copy").size(), 2501U);
  EXPECT_EQ(rig.emptied.deleted, 2500U);
  EXPECT_EQ(rig.emptied.bytes, 25'000U);
  EXPECT_EQ(rig.emptied.weak, 0U);
  ASSERT_TRUE(rig.empty().has_value()) << "once more does no harm";
  EXPECT_EQ(rig.emptied.deleted, 0U);
}

TEST_F(Empty, G26ABucketIsNotItsOwnCopy) {
  Rig rig(numbers());
  rig.context->destination = rig.context->source;
  const auto error = failure(rig.empty());
  EXPECT_EQ(error.code(), Errc::refused);
  EXPECT_EQ(rig.keys("original").size(), 50U);
}

TEST_F(Empty, StopsAtTheFirstThatIsNotThere) {
  Rig rig(numbers());
  rig.must_copy();
  rig.cloud([](sim::Cloud& cloud) { cloud.remove("copy", "k000010"); });
  const auto error = failure(rig.empty());
  EXPECT_EQ(error.code(), Errc::mismatch);
  EXPECT_EQ(error.key(), "k000010");
  EXPECT_EQ(rig.emptied.unproven_key, "k000010");
  EXPECT_EQ(rig.keys("original").size(), 50U) << "its whole page stays";
}

TEST_F(Empty, StopsAtTheFirstThatDiffers) {
  Rig rig(numbers());
  rig.must_copy();
  rig.put("original", {.key = "k000020", .body = "0123456789"});
  EXPECT_EQ(failure(rig.empty()).code(), Errc::mismatch);
  EXPECT_EQ(content(rig, "k000020"), "0123456789");
  EXPECT_EQ(rig.emptied.unproven_key, "k000020");
}

// The destination may have been in use since then.
TEST_F(Empty, WhatWasProvenBeforeGoesWhateverTheDestinationHasByNow) {
  Rig rig(numbers());
  rig.must_copy();
  const auto proven = rig.cloud([](sim::Cloud& cloud) {
    cloud.remove("copy", "k000010");
    cloud.put("copy", {.key = "k000020", .body = "9876543210"});
    return cloud.object("original", "k000049")->last_modified;
  });
  rig.put("original", {.key = "late", .body = "late", .age = -minutes(1)});
  const EmptyOptions options{.proven_before = proven + std::chrono::seconds(30)};
  EXPECT_EQ(failure(rig.empty(options)).code(), Errc::mismatch);
  EXPECT_EQ(rig.emptied.unproven_key, "late") << "what is younger must be there";
  rig.cloud([](sim::Cloud& cloud) { cloud.remove("original", "late"); });
  const auto done = rig.empty(options);
  ASSERT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_THAT(rig.keys("original"), IsEmpty());
}

TEST_F(Empty, G5AWriterBetweenProofAndDeletionStopsItAndLosesNothing) {
  Rig rig(numbers());
  rig.must_copy();
  rig.before_deletion(
      [](sim::Cloud& cloud) { cloud.put("original", {.key = "k000020", .body = "0123456789"}); });
  const auto error = failure(rig.empty());
  EXPECT_EQ(error.code(), Errc::precondition_failed);
  EXPECT_EQ(error.key(), "k000020");
  EXPECT_EQ(content(rig, "k000020"), "0123456789");
}

TEST_F(Empty, G5SoIsItForAKeyThatGoesAlone) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account).with({.key = "a\nb", .body = "old"});
  Rig rig(scenario);
  rig.must_copy();
  rig.before_deletion(
      [](sim::Cloud& cloud) { cloud.put("original", {.key = "a\nb", .body = "new"}); });
  EXPECT_EQ(failure(rig.empty()).code(), Errc::precondition_failed);
  EXPECT_EQ(content(rig, "a\nb"), "new");
}

TEST_F(Empty, G5AServiceThatIgnoresIfMatchIsNoticedBeforeAnythingIsDeleted) {
  Rig rig(numbers());
  rig.must_copy();
  rig.switches([](sim::Switches& switches) { switches.ignore_if_match = true; });
  const auto error = failure(rig.empty());
  EXPECT_EQ(error.code(), Errc::refused);
  EXPECT_THAT(error.message(), HasSubstr("--accept-unpinned-delete"));
  EXPECT_EQ(rig.keys("original").size(), 50U) << "no object less, no scratch object more";
  ASSERT_TRUE(rig.empty({.accept_unpinned = true}).has_value());
  EXPECT_THAT(rig.keys("original"), IsEmpty());
}

TEST_F(Empty, G7ABucketThatKeepsVersionsIsNotEmptiedWithoutThem) {
  Rig rig(numbers());
  rig.must_copy();
  rig.cloud([&](sim::Cloud& cloud) {
    auto versioned = numbers();
    versioned.bucket("original", sim::source_account).versioning = "Enabled";
    cloud.add_bucket(versioned.buckets.front(), rig.clock.now());
  });
  EXPECT_EQ(failure(rig.empty()).code(), Errc::refused);
  EXPECT_EQ(rig.keys("original").size(), 50U);
  EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) { return cloud.versions("original").size(); }), 50U);
}

TEST_F(Empty, G6WhatXmlCannotCarryIsDeletedSingly) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account).odd_keys = true;
  Rig rig(scenario);
  rig.must_copy();
  const auto keys = rig.keys("original");
  const auto singles =
      std::ranges::count_if(keys, [](const std::string& key) { return needs_single_delete(key); });
  ASSERT_GT(singles, 0);
  rig.forget_requests();
  const auto done = rig.empty();
  ASSERT_TRUE(done.has_value()) << done.error().describe();
  EXPECT_THAT(rig.keys("original"), IsEmpty());
  constexpr std::uint64_t of_the_probe = 2;
  EXPECT_EQ(rig.requests("DeleteObject"), static_cast<std::uint64_t>(singles) + of_the_probe);
}

// A carriage return is a line feed once XML has been read: that is another key.
TEST_F(Empty, G6TheNeighbourOfAnOddKeyStays) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "a\nb", .body = "same"})
      .with({.key = "a\rb", .body = "same"});
  Rig rig(scenario);
  rig.must_copy();
  ASSERT_TRUE(rig.empty({}, {KeyRange{.after = "a\nb"}}).has_value());
  EXPECT_THAT(rig.keys("original"), ElementsAre("a\nb"));
}

TEST_F(Empty, G6AnAnswerAboutAnotherKeyStopsIt) {
  Rig rig(numbers());
  rig.must_copy();
  rig.fault({.operation = "DeleteObjects",
             .first = 2,  // the first is the probe's
             .effect = sim::FaultEffect::names_another_key});
  const auto error = failure(rig.empty());
  EXPECT_EQ(error.code(), Errc::protocol);
  EXPECT_THAT(error.message(), HasSubstr("another key"));
}

TEST_F(Empty, WhatFailsForTheMomentIsTriedAgainByItself) {
  Rig rig(numbers());
  rig.must_copy();
  rig.fault(
      {.operation = "DeleteObjects", .first = 2, .effect = sim::FaultEffect::first_key_fails});
  ASSERT_TRUE(rig.empty().has_value());
  EXPECT_THAT(rig.keys("original"), IsEmpty());
  EXPECT_EQ(rig.emptied.deleted, 50U);
}

TEST_F(Empty, AnAnswerThatWasLostIsAskedForAgain) {
  Rig rig(numbers());
  rig.must_copy();
  rig.fault({.operation = "DeleteObjects",
             .first = 2,
             .effect = sim::FaultEffect::reset_mid_head,
             .applied = true});
  ASSERT_TRUE(rig.empty().has_value());
  EXPECT_THAT(rig.keys("original"), IsEmpty());
}

TEST_F(Empty, WhatComesBackIsNotDeletedAgain) {
  auto scenario = numbers();
  scenario.switches.listing_page = 10;
  Rig rig(scenario);
  rig.must_copy();
  rig.cloud([](sim::Cloud& cloud) {
    int deletions = 0;
    cloud.before_each([&cloud, deletions](const sim::RequestRecord& request) mutable {
      if (request.operation == "DeleteObjects" && ++deletions == 3)
        cloud.put("original", {.key = "k000001", .body = "new here"});
    });
  });
  EXPECT_EQ(failure(rig.empty()).code(), Errc::conflict);
  EXPECT_EQ(content(rig, "k000001"), "new here");
}

sim::Scenario weak_pair(bool checksums) {
  auto scenario = two_buckets();
  const std::string checksum = checksums ? "CRC64NVME" : "none";
  scenario.bucket("original", sim::source_account)
      .with({.key = "k",
             .size = 20 * mib,
             .seed = 1,
             .part_size = 8 * mib,
             .checksum = checksum,
             .age = minutes(60)});
  scenario.bucket("copy", sim::source_account)
      .with({.key = "k", .size = 20 * mib, .seed = 1, .checksum = checksum, .age = minutes(29)});
  scenario.switches.ignore_checksums = !checksums;
  return scenario;
}

TEST_F(Empty, G14WhatIsWeakGoesOnlyWhereThatIsAccepted) {
  Rig rig(weak_pair(false));
  const auto error = failure(rig.empty());
  EXPECT_EQ(error.code(), Errc::mismatch);
  EXPECT_THAT(error.message(), HasSubstr("--accept-weak-proof"));
  EXPECT_THAT(rig.keys("original"), ElementsAre("k"));
  ASSERT_TRUE(rig.empty({.accept_weak = true}).has_value());
  EXPECT_THAT(rig.keys("original"), IsEmpty());
  EXPECT_EQ(rig.emptied.weak, 1U);
}

TEST_F(Empty, AChecksumMakesItStrong) {
  Rig rig(weak_pair(true));
  ASSERT_TRUE(rig.empty().has_value());
  EXPECT_THAT(rig.keys("original"), IsEmpty());
  EXPECT_EQ(rig.emptied.heads, 2U);
  EXPECT_EQ(rig.emptied.weak, 0U);
}

TEST_F(Empty, WhatIsReservedStaysAndScratchIsCleared) {
  auto scenario = numbers(3);
  scenario.switches.listing_page = 2;
  Rig rig(scenario);
  rig.must_copy();
  for (const auto& key : {scratch_key("pins"), scratch_key("probe"), scratch_key("marker")})
    rig.put("original", {.key = key, .body = "scratch"});
  rig.put("original", {.key = ".s3migrator/precious", .body = "somebody's"});
  ASSERT_TRUE(rig.empty().has_value());
  EXPECT_EQ(rig.keys("original").size(), 4U);
  EXPECT_EQ(rig.run(not_scratch(rig.context->source, false)).value(), ".s3migrator/precious");
  Removed removed;
  ASSERT_TRUE(rig.run(clear_scratch(*rig.context, rig.context->source, false, removed)));
  EXPECT_THAT(rig.keys("original"), testing::ElementsAre(".s3migrator/precious"));
  EXPECT_EQ(removed.deleted, 3U);
  EXPECT_EQ(rig.keys("copy").size(), 3U);
}

}  // namespace
}  // namespace s3m::transfer
