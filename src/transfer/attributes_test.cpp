#include "transfer/attributes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const WallTime now = *parse_iso8601("2026-06-01T00:00:00Z");
const std::string all_users = "http://acs.amazonaws.com/groups/global/AllUsers";

aws::ObjectHead locked(std::string until) {
  aws::ObjectHead head;
  head.lock_mode = "COMPLIANCE";
  head.lock_retain_until = std::move(until);
  head.legal_hold = "ON";
  return head;
}

TEST(Attributes, APlainObjectNeedsNothing) {
  const auto carried = carry({}, nullptr, {}, now);
  EXPECT_EQ(carried.restated, nullptr);
  EXPECT_FALSE(carried.has_acl());
  EXPECT_THAT(carried.losses, IsEmpty());
}

TEST(Attributes, LocksAreRestatedWhereTheDestinationTakesThem) {
  const auto carried = carry(locked("2030-01-01T00:00:00Z"), nullptr, {.lock_fits = true}, now);
  ASSERT_NE(carried.restated, nullptr);
  EXPECT_EQ(carried.restated->lock_mode, "COMPLIANCE");
  EXPECT_EQ(carried.restated->lock_retain_until, "2030-01-01T00:00:00Z");
  EXPECT_EQ(carried.restated->legal_hold, "ON");
  EXPECT_THAT(carried.losses, IsEmpty());
}

TEST(Attributes, LocksThatDoNotFitAreLosses) {
  const auto carried = carry(locked("2030-01-01T00:00:00Z"), nullptr, {.lock_fits = false}, now);
  EXPECT_EQ(carried.restated, nullptr);
  ASSERT_EQ(carried.losses.size(), 2U);
  EXPECT_EQ(carried.losses[0].attribute, Attribute::retention);
  EXPECT_THAT(carried.losses[0].why, HasSubstr("COMPLIANCE until 2030"));
  EXPECT_EQ(carried.losses[1].attribute, Attribute::legal_hold);
}

TEST(Attributes, ARetentionThatHasRunOutIsLeftBehind) {
  for (const bool fits : {true, false}) {
    auto head = locked("2026-05-31T00:00:00Z");
    head.legal_hold.clear();
    const auto carried = carry(head, nullptr, {.lock_fits = fits}, now);
    EXPECT_EQ(carried.restated, nullptr) << "S3 refuses a date that is past";
    EXPECT_THAT(carried.losses, IsEmpty());
  }
}

TEST(Attributes, AnAclOfTheOwnerAloneIsNoAcl) {
  const aws::Acl acl{"them", {{"them", "", "FULL_CONTROL"}}};
  EXPECT_FALSE(carry({}, &acl, {.read_acl = true}, now).has_acl());
}

TEST(Attributes, KnownGrantsBecomeACannedAcl) {
  const aws::Acl acl{"them", {{"them", "", "FULL_CONTROL"}, {"", all_users, "READ"}}};
  const auto carried = carry({}, &acl, {.read_acl = true}, now);
  EXPECT_EQ(carried.canned_acl, "public-read");
  aws::WriteOptions write{.acl = "bucket-owner-full-control"};
  apply(carried, write);
  EXPECT_EQ(write.acl, "public-read");
}

TEST(Attributes, OtherGrantsAreSaidWithTheNewOwnersFullControl) {
  const aws::Acl acl{"them", {{"them", "", "FULL_CONTROL"}, {"friend", "", "READ"}}};
  const auto carried = carry({}, &acl, {.read_acl = true, .owner_id = "us"}, now);
  ASSERT_NE(carried.restated, nullptr);
  EXPECT_THAT(carried.restated->grants,
              ElementsAre(aws::Grant{"friend", "", "READ"}, aws::Grant{"us", "", "FULL_CONTROL"}));
  aws::WriteOptions write{.acl = "private"};
  apply(carried, write);
  EXPECT_EQ(write.acl, "") << "beside single grants S3 takes no canned one";
}

TEST(Attributes, GrantsThatCannotBeSaidAreALoss) {
  const aws::Acl acl{"them", {{"friend", "", "READ"}}};
  const auto unknown = carry({}, &acl, {.read_acl = true}, now);
  EXPECT_FALSE(unknown.has_acl());
  ASSERT_EQ(unknown.losses.size(), 1U);
  const auto disabled =
      carry({}, &acl, {.read_acl = true, .no_acl = "disabled", .owner_id = "us"}, now);
  EXPECT_FALSE(disabled.has_acl());
  ASSERT_EQ(disabled.losses.size(), 1U);
  EXPECT_THAT(disabled.losses[0].why, HasSubstr("disabled"));
}

TEST(Attributes, ARefusedAclIsTakenOffAndTold) {
  const aws::Acl acl{"them", {{"friend", "", "READ"}}};
  auto head = locked("2030-01-01T00:00:00Z");
  auto carried = carry(head, &acl, {.read_acl = true, .owner_id = "us"}, now);
  carried = without_acl(std::move(carried), "blocked");
  EXPECT_FALSE(carried.has_acl());
  EXPECT_EQ(carried.restated->legal_hold, "ON") << "the rest stays";
  ASSERT_EQ(carried.losses.size(), 1U);
  EXPECT_EQ(carried.losses[0].attribute, Attribute::acl);
}

TEST(Attributes, AMappedKeyIsSentWithTheSourcesKindOfEncryption) {
  aws::ObjectHead head;
  head.encryption = "aws:kms:dsse";
  head.kms_key_id = "arn:aws:kms:eu-west-1:111111111111:key/abc";
  AttributeRules rules;
  ASSERT_TRUE(rules.kms_keys.add("abc=arn:aws:kms:us-east-1:222222222222:key/def"));
  aws::WriteOptions write;
  apply(carry(head, nullptr, rules, now), write);
  EXPECT_EQ(write.encryption, "aws:kms:dsse");
  EXPECT_EQ(write.kms_key_id, "arn:aws:kms:us-east-1:222222222222:key/def");
}

TEST(Attributes, AKeyThatIsNotMappedIsALoss) {
  aws::ObjectHead head;
  head.encryption = "aws:kms";
  head.kms_key_id = "arn:aws:kms:eu-west-1:111111111111:key/other";
  AttributeRules rules;
  ASSERT_TRUE(rules.kms_keys.add("abc=def"));
  const auto carried = carry(head, nullptr, rules, now);
  ASSERT_EQ(carried.losses.size(), 1U);
  EXPECT_EQ(carried.losses[0].attribute, Attribute::encryption_key);
  head.encryption = "AES256";
  EXPECT_THAT(carry(head, nullptr, rules, now).losses, IsEmpty());
}

TEST(KmsKeyMap, ReadsPairsAndLines) {
  KmsKeyMap map;
  ASSERT_TRUE(map.add_lines("# keys\n\n arn:aws:kms:r:1:key/a = x \r\nb=y\n*=z"));
  EXPECT_EQ(map.find("arn:aws:kms:r:1:key/a"), "x");
  EXPECT_EQ(map.find("arn:aws:kms:r:1:key/b"), "y");
  EXPECT_EQ(map.find("arn:aws:kms:r:1:key/c"), "z");
}

TEST(KmsKeyMap, WithoutAStarOtherKeysHaveNone) {
  KmsKeyMap map;
  ASSERT_TRUE(map.add("a=x"));
  EXPECT_EQ(map.find("arn:aws:kms:r:1:key/c"), std::nullopt);
  EXPECT_EQ(map.find("arn:aws:kms:r:1:key/aa"), std::nullopt);
}

TEST(KmsKeyMap, RefusesWhatIsNoPairAndContradictions) {
  KmsKeyMap map;
  for (const std::string bad : {"", "a", "=b", "a=", "a=b=c"})
    EXPECT_FALSE(map.add(bad)) << bad;
  ASSERT_TRUE(map.add("a=x"));
  EXPECT_TRUE(map.add("a=x"));
  EXPECT_FALSE(map.add("a=y"));
  const auto line = map.add_lines("b=c\nnothing");
  ASSERT_FALSE(line);
  EXPECT_THAT(line.error().message(), HasSubstr("line 2"));
}

}  // namespace
}  // namespace s3m::transfer
