// The guards that keep data while copying (guards.md): G10, G11 and G15. G17 is in
// adoption_test.cpp, G9 in delete_extra_test.cpp.
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using sim::FaultEffect;
using std::chrono::minutes;
using std::chrono::seconds;

// A multipart source and its single-part copy: the ETags cannot be compared, and where nobody keeps
// checksums there is only time to go by.
sim::ObjectSpec in_parts(seconds age) {
  return {.key = "k",
          .size = 20 * mib,
          .seed = 1,
          .part_size = 8 * mib,
          .checksum = "none",
          .age = age};
}
sim::ObjectSpec whole(seconds age, std::uint64_t seed = 1) {
  return {.key = "k", .size = 20 * mib, .seed = seed, .checksum = "none", .age = age};
}

class Weak : public testing::Test {
 protected:
  static sim::Scenario world(sim::ObjectSpec source, sim::ObjectSpec copy) {
    auto scenario = two_buckets();
    scenario.bucket("original", sim::source_account).with(std::move(source));
    scenario.bucket("copy", sim::source_account).with(std::move(copy));
    scenario.switches.ignore_checksums = true;
    return scenario;
  }
};

TEST_F(Weak, G10ACopySafelyYoungerThanItsSourceIsSkipped) {
  Rig rig(world(in_parts(minutes(60)), whole(minutes(29))));
  rig.must_copy();
  EXPECT_EQ(rig.counters.skipped_weak, 1U);
  EXPECT_EQ(rig.requests("CopyObject"), 0U);
  EXPECT_EQ(rig.counters.heads, 0U);
}

TEST_F(Weak, G10ACopyThatMayHaveBegunBeforeItsSourceChangedIsMadeAgain) {
  Rig rig(world(in_parts(minutes(60)), whole(minutes(31), 2)));
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
  EXPECT_TRUE(rig.same_content("k"));
}

TEST_F(Weak, G10TimesOfTwoProvidersProveNothing) {
  Rig rig(world(in_parts(minutes(600)), whole(minutes(1), 2)));
  rig.context->same_service = false;
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
  EXPECT_TRUE(rig.same_content("k"));
}

TEST_F(Weak, G10AChecksumSavesTheSecondCopy) {
  auto scenario = world(in_parts(minutes(60)), whole(minutes(31)));
  scenario.switches.ignore_checksums = false;
  for (auto& bucket : scenario.buckets) {
    for (auto& object : bucket.objects)
      object.checksum = "CRC64NVME";
  }
  Rig rig(scenario);
  rig.must_copy();
  EXPECT_EQ(rig.counters.skipped, 1U);
  EXPECT_EQ(rig.counters.skipped_weak, 0U);
  EXPECT_EQ(rig.counters.heads, 2U);
}

TEST_F(Weak, G10VerificationCountsWeakApart) {
  Rig rig(world(in_parts(minutes(60)), whole(minutes(29))));
  rig.must_verify();
  EXPECT_EQ(rig.verification.same_weak, 1U);
  EXPECT_EQ(rig.verification.same_strong, 0U);
}

TEST_F(Weak, G10VerificationDoesNotBelieveTimesThatAreTooClose) {
  Rig rig(world(in_parts(minutes(60)), whole(minutes(31))));
  ASSERT_TRUE(rig.verify().has_value());
  EXPECT_EQ(rig.verification.mismatched, 1U);
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].code, "mismatch");
  EXPECT_NE(rig.failures[0].message.find("nothing proves"), std::string::npos);
}

// What this very process has just copied it need not take on trust of dates.
TEST_F(Weak, WhatWasJustCopiedIsWeakByItsReceipt) {
  auto scenario = world(in_parts(minutes(1)), {.key = "other", .body = "x"});
  Rig rig(scenario);
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
  rig.must_verify();
  EXPECT_EQ(rig.verification.same_weak, 1U);
  rig.must_copy();
  EXPECT_EQ(rig.counters.skipped_weak, 1U);
}

TEST_F(Weak, AReceiptEndsWithTheObjectItWasFor) {
  Rig rig(world(in_parts(minutes(1)), {.key = "other", .body = "x"}));
  rig.must_copy();
  rig.put("copy", whole(seconds(0), 2));
  ASSERT_TRUE(rig.verify().has_value());
  EXPECT_EQ(rig.verification.mismatched, 1U);
}

// G11: unequal MD5s mean unequal objects, but ETags of KMS objects are no MD5s.
sim::ObjectSpec plain(std::string body, minutes age, std::string encryption = {}) {
  return {.key = "k",
          .body = std::move(body),
          .sse = std::move(encryption),
          .checksum = "none",
          .age = age};
}

TEST_F(Weak, G11UnequalMd5sDiffer) {
  Rig rig(world(plain("one", minutes(600)), plain("two", minutes(1))));
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
  EXPECT_EQ(rig.counters.heads, 2U);
  EXPECT_TRUE(rig.same_content("k"));
}

TEST_F(Weak, G11AnEncryptedCopyIsWeakAndItsSourceIsNotLookedAt) {
  Rig rig(world(plain("one", minutes(600)), plain("one", minutes(1), "aws:kms")));
  rig.must_copy();
  EXPECT_EQ(rig.counters.skipped_weak, 1U);
  EXPECT_EQ(rig.counters.heads, 1U);
}

TEST_F(Weak, G11AnEncryptedSourceIsWeakToo) {
  Rig rig(world(plain("one", minutes(600), "aws:kms"), plain("one", minutes(1))));
  rig.must_copy();
  EXPECT_EQ(rig.counters.skipped_weak, 1U);
  EXPECT_EQ(rig.counters.heads, 2U);
}

TEST_F(Weak, G11EncryptionDoesNotExcuseACopyThatIsTooYoung) {
  Rig rig(world(plain("one", minutes(60)), plain("two", minutes(31), "aws:kms")));
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
  EXPECT_TRUE(rig.same_content("k"));
}

TEST_F(Weak, G11VerificationFindsUnequalMd5s) {
  Rig rig(world(plain("one", minutes(600)), plain("two", minutes(1))));
  ASSERT_TRUE(rig.verify().has_value());
  EXPECT_EQ(rig.verification.mismatched, 1U);
}

// G15: what is written is what was listed, over what was listed.
class Conditional : public testing::Test {
 protected:
  static sim::Scenario world() {
    auto scenario = two_buckets();
    scenario.bucket("original", sim::source_account)
        .with({.key = "k", .body = "original", .age = minutes(60)});
    return scenario;
  }

  static void appear(sim::Cloud& cloud, std::string body) {
    cloud.put("copy", {.key = "k", .body = std::move(body)});
  }

  static std::string content(Rig& rig) {
    return rig.cloud([](sim::Cloud& cloud) { return cloud.read("copy", "k", 100); });
  }
};

TEST_F(Conditional, G15AnObjectThatAppearsMeanwhileIsNotOverwritten) {
  Rig rig(world());
  rig.before_first("CopyObject", [](sim::Cloud& cloud) { appear(cloud, "foreign"); });
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(content(rig), "foreign");
  EXPECT_EQ(rig.counters.failed, 1U);
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].code, "precondition_failed");
  EXPECT_NE(rig.failures[0].message.find("changed by another"), std::string::npos);
}

TEST_F(Conditional, G15AnObjectThatAppearsMeanwhileAndIsTheSameIsACopy) {
  Rig rig(world());
  rig.before_first("CopyObject", [](sim::Cloud& cloud) { appear(cloud, "original"); });
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
}

TEST_F(Conditional, G15WithIfExistsSkipItIsLeftAlone) {
  Rig rig(world());
  rig.before_first("CopyObject", [](sim::Cloud& cloud) { appear(cloud, "foreign"); });
  rig.must_copy({.if_exists = IfExists::skip});
  EXPECT_EQ(content(rig), "foreign");
  EXPECT_EQ(rig.counters.skipped, 1U);
}

TEST_F(Conditional, G15AnObjectThatChangesMeanwhileIsNotOverwritten) {
  Rig rig(world());
  rig.put("copy", {.key = "k", .body = "old"});
  rig.before_first("CopyObject", [](sim::Cloud& cloud) { appear(cloud, "foreign"); });
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(content(rig), "foreign");
  EXPECT_EQ(rig.counters.failed, 1U);
}

TEST_F(Conditional, G15AnObjectThatIsDeletedMeanwhileIsCopiedAgain) {
  Rig rig(world());
  rig.put("copy", {.key = "k", .body = "old"});
  rig.before_first("CopyObject", [](sim::Cloud& cloud) { cloud.remove("copy", "k"); });
  rig.must_copy();
  EXPECT_EQ(content(rig), "original");
}

// A service that ignores the conditions takes the guard away; what is copied must still be whole,
// and verification must still tell the truth.
TEST_F(Conditional, G15WhereConditionsAreIgnoredTheCopyIsStillWhole) {
  Rig rig(world());
  rig.switches([](auto& switches) {
    switches.ignore_if_match = true;
    switches.ignore_if_none_match = true;
    switches.ignore_copy_source_conditions = true;
  });
  rig.fault({.operation = "CopyObject", .effect = FaultEffect::overwrite_object});
  rig.must_copy();
  EXPECT_TRUE(rig.same_content("k"));
  rig.must_verify();
}

}  // namespace
}  // namespace s3m::transfer
