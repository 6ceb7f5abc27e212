// Verification, the digest and the plan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::minutes;

sim::Scenario some_objects() {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  bucket.with(sim::GeneratorSpec{.prefix = "k", .count = 50, .max_size = 9999});
  bucket.with({.key = "empty", .size = 0});
  bucket.with({.key = "parts", .size = 20 * mib, .part_size = 8 * mib, .age = minutes(60)});
  return scenario;
}

TEST(Verify, ACompleteCopyIsComplete) {
  Rig rig(some_objects());
  rig.must_copy();
  rig.must_verify();
  EXPECT_EQ(rig.verification.objects, 52U);
  EXPECT_EQ(rig.verification.bytes, rig.counters.source_bytes);
  EXPECT_EQ(rig.verification.digest.size(), 64U);
}

TEST(Verify, FindsWhatIsMissingWhatDiffersAndWhatIsExtra) {
  Rig rig(some_objects());
  rig.must_copy();
  rig.cloud([](sim::Cloud& cloud) {
    cloud.remove("copy", "k000007");
    cloud.put("copy", {.key = "k000008", .body = "something else"});
    cloud.put("copy", {.key = "zzz", .body = "extra"});
  });
  ASSERT_TRUE(rig.verify().has_value());
  EXPECT_FALSE(rig.verification.complete());
  EXPECT_EQ(rig.verification.missing, 1U);
  EXPECT_EQ(rig.verification.mismatched, 1U);
  EXPECT_EQ(rig.verification.extra, 1U);
  ASSERT_EQ(rig.failures.size(), 2U);
  EXPECT_EQ(rig.failures[0].code, "no_such_key");
  EXPECT_EQ(rig.failures[0].key, "k000007");
  EXPECT_EQ(rig.failures[0].bucket, "copy");
  EXPECT_EQ(rig.failures[0].operation, "verify");
  EXPECT_EQ(rig.failures[1].code, "mismatch");
  EXPECT_EQ(rig.failures[1].key, "k000008");
}

TEST(Verify, ChecksumsMakeStrongWhatListingsLeaveWeak) {
  Rig rig(some_objects());
  rig.must_copy();
  rig.must_verify(VerifyMode::listing);
  EXPECT_EQ(rig.verification.same_weak, 1U);
  EXPECT_EQ(rig.verification.same_strong, 51U);
  rig.forget_requests();
  rig.must_verify(VerifyMode::checksum);
  EXPECT_EQ(rig.verification.same_weak, 0U);
  EXPECT_EQ(rig.verification.same_strong, 52U);
  EXPECT_EQ(rig.requests("HeadObject"), 104U);
}

TEST(Verify, WithoutChecksumsWeakStaysWeak) {
  auto scenario = some_objects();
  scenario.switches.ignore_checksums = true;
  Rig rig(scenario);
  rig.must_copy();
  rig.must_verify(VerifyMode::checksum);
  EXPECT_EQ(rig.verification.same_weak, 1U);
}

// Equal sizes, equal dates, an ETag that cannot be compared: only the checksum tells.
TEST(Verify, ChecksumsFindWhatListingsCannot) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "k", .size = 20 * mib, .seed = 1, .part_size = 8 * mib, .age = minutes(600)});
  scenario.bucket("copy", sim::source_account)
      .with({.key = "k", .size = 20 * mib, .seed = 2, .age = minutes(60)});
  Rig rig(scenario);
  rig.must_verify(VerifyMode::listing);
  EXPECT_EQ(rig.verification.same_weak, 1U);
  ASSERT_TRUE(rig.verify(VerifyMode::checksum).has_value());
  EXPECT_EQ(rig.verification.mismatched, 1U);
}

TEST(Verify, TheDigestIsThatOfTheContentNotOfTheBucket) {
  Rig rig(some_objects());
  rig.must_copy();
  rig.must_verify();
  const auto first = rig.verification.digest;
  rig.must_verify();
  EXPECT_EQ(rig.verification.digest, first);
  rig.put("original", {.key = "k000001", .body = "new"});
  rig.must_copy();
  rig.must_verify();
  EXPECT_NE(rig.verification.digest, first);
}

TEST(Verify, TheDigestDoesNotDependOnRanges) {
  Rig rig(some_objects());
  rig.must_copy();
  rig.must_verify();
  Verification in_ranges;
  const std::vector<KeyRange> ranges{KeyRange{.after = "k000020"}, KeyRange{.until = "k000010"},
                                     KeyRange{.after = "k000010", .until = "k000020"}};
  const VerifyOptions options;
  ASSERT_TRUE(rig.run(verify(*rig.context, options, ranges, in_ranges)).has_value());
  EXPECT_EQ(in_ranges.digest, rig.verification.digest);
  EXPECT_EQ(in_ranges.objects, rig.verification.objects);
}

TEST(Verify, WhatVanishesFromTheSourceMeanwhileIsNotMissed) {
  Rig rig(some_objects());
  rig.must_copy();
  rig.before_first("HeadObject", [](sim::Cloud& cloud) {
    cloud.remove("original", "k000003");
    cloud.remove("copy", "k000003");
  });
  rig.must_verify(VerifyMode::checksum);
  EXPECT_EQ(rig.verification.objects, 51U);
}

TEST(Verify, AHeadThatIsRefusedIsReported) {
  Rig rig(some_objects());
  rig.must_copy();
  rig.fault({.operation = "HeadObject",
             .bucket = "copy",
             .key = "k000003",
             .count = 0,
             .status = 500,
             .code = "InternalError"});
  ASSERT_TRUE(rig.verify(VerifyMode::checksum).has_value());
  EXPECT_EQ(rig.verification.mismatched, 1U);
  EXPECT_FALSE(rig.verification.complete());
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].code, "unavailable");
}

TEST(Plan, SaysWhatACopyWouldDo) {
  auto scenario = some_objects();
  auto& bucket = scenario.bucket("original", sim::source_account);
  bucket.with({.key = "large", .size = 6 * gib});
  bucket.with({.key = "cold", .body = "x", .storage_class = "GLACIER"});
  scenario.bucket("copy", sim::source_account)
      .with({.key = "empty", .size = 0})
      .with({.key = "extra", .body = "x"});
  Rig rig(scenario);
  ASSERT_TRUE(rig.plan().has_value());
  const auto& plan = rig.planned;
  EXPECT_EQ(plan.source_objects, 54U);
  EXPECT_EQ(plan.same, 1U);
  EXPECT_EQ(plan.to_copy, 53U);
  EXPECT_EQ(plan.multipart, 1U);
  EXPECT_EQ(plan.archived, 1U);
  EXPECT_EQ(plan.destination_only, 1U);
  EXPECT_EQ(plan.first_key, "cold");
  EXPECT_EQ(plan.last_key, "parts");
  EXPECT_EQ(rig.keys("copy").size(), 2U) << "nothing was touched";

  rig.forget_requests();
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.copied + rig.counters.failed, plan.to_copy);
  const auto sent = rig.cloud([](sim::Cloud& cloud) { return cloud.metrics().requests(); });
  EXPECT_EQ(plan.requests, sent + plan.archived);
}

TEST(Plan, LooksWhereACopyWouldLook) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "k", .size = 20 * mib, .seed = 1, .part_size = 8 * mib, .age = minutes(60)});
  scenario.bucket("copy", sim::source_account)
      .with({.key = "k", .size = 20 * mib, .seed = 1, .age = minutes(50)});
  Rig rig(scenario);
  ASSERT_TRUE(rig.plan().has_value());
  EXPECT_EQ(rig.planned.same, 1U);
  EXPECT_EQ(rig.planned.to_copy, 0U);
}

}  // namespace
}  // namespace s3m::transfer
