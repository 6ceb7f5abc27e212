// Whole copies of buckets with locks, ACLs, websites, keys of their own and archived objects.
#include <fstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string lock_configuration =
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    "</ObjectLockConfiguration>";
const std::string website_configuration =
    "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument>"
    "</WebsiteConfiguration>";

sim::BucketSpec& lock(sim::BucketSpec& bucket) {
  bucket.versioning = "Enabled";
  bucket.configuration["object-lock"] = lock_configuration;
  return bucket;
}

sim::Scenario locked_world(bool destination_too) {
  auto world = two_bucket_world(2);
  lock(world.bucket(source, sim::source_account))
      .with(sim::ObjectSpec{.key = "held",
                            .body = "x",
                            .lock_mode = "GOVERNANCE",
                            .lock_until = "2040-01-01T00:00:00Z",
                            .legal_hold = true});
  if (destination_too) lock(world.bucket(destination, sim::destination_account));
  return world;
}

TEST(Attributes, APlainBucketIsCopiedWithoutLookingAtObjects) {
  Rig rig(two_bucket_world());
  ASSERT_EQ(rig.copy().exit_code, 0);
  EXPECT_EQ(rig.requests("HeadObject"), 0u);
  EXPECT_EQ(rig.requests("GetObjectAcl"), 0u);
  EXPECT_EQ(rig.requests("CopyObject"), 30u);
}

TEST(Attributes, LocksComeAlongAndTheGrantAllowsThem) {
  Rig rig(locked_world(true));
  const auto copied = rig.copy();
  ASSERT_EQ(copied.exit_code, 0) << copied.message << rig.told();
  EXPECT_EQ(copied.not_carried, 0u);
  rig.cloud([](sim::Cloud& cloud) {
    const auto held = *cloud.object(destination, "held");
    EXPECT_EQ(held.lock_mode, "GOVERNANCE");
    EXPECT_TRUE(held.legal_hold);
  });
  EXPECT_THAT(rig.told(), HasSubstr("each object that is copied is looked at first"));
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Attributes, LostLocksAreForetoldCountedAndReported) {
  Rig rig(locked_world(false));
  const auto copied = rig.copy({"--report", rig.file("r")});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(copied.not_carried, 2u);
  EXPECT_THAT(copied.message, HasSubstr("2 attributes of objects"));
  EXPECT_THAT(rig.told(), AllOf(HasSubstr("retentions and legal holds will be lost"),
                                HasSubstr("not carried: legal_hold of 1 object, as of held")));
  std::ifstream json_file(rig.file("r.json")), csv_file(rig.file("r.csv"));
  const std::string json_text(std::istreambuf_iterator<char>(json_file), {});
  const auto report = boost::json::parse(json_text);
  EXPECT_EQ(report.at("not_carried").as_array().size(), 2u);
  EXPECT_EQ(report.at("not_carried_groups").as_array().size(), 2u);
  EXPECT_EQ(report.at("failures").as_array().size(), 0u);
  const std::string csv(std::istreambuf_iterator<char>(csv_file), {});
  EXPECT_THAT(csv, AllOf(HasSubstr("carry,"), HasSubstr("legal_hold"), HasSubstr("retention")));
}

TEST(Attributes, StrictDoesNotAcceptLosses) {
  Rig rig(locked_world(false));
  const auto copied = rig.copy({"--strict"});
  EXPECT_EQ(copied.exit_code, 4);
  EXPECT_THAT(copied.message, HasSubstr("not carried"));
}

TEST(Attributes, LocksThatMayNotBeSeenAreReported) {
  auto world = locked_world(true);
  auto& role = world.account(sim::source_account).roles.front();
  role.policies.push_back(R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Resource":"*",)"
                          R"("Action":["s3:GetObjectRetention","s3:GetObjectLegalHold"]}]})");
  Rig rig(world);
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(copied.not_carried, 6u) << "two kinds, three objects of which nothing is known";
  EXPECT_THAT(rig.told(), HasSubstr("s3:GetObjectRetention is missing"));
}

// A run that was killed told it; this one looks at what it copies itself, and says so.
TEST(Attributes, OfCopiesThatWereThereItIsSaidWhoToldWhatTheyLack) {
  Rig rig(locked_world(false));
  ASSERT_EQ(rig.copy().not_carried, 2u);
  const auto again = rig.copy({"--report", rig.file("r.json")});
  EXPECT_EQ(again.not_carried, 0u);
  EXPECT_EQ(again.not_looked_at, 3u);
  EXPECT_THAT(again.message, HasSubstr("3 copies were there already"));
  EXPECT_THAT(rig.told(), HasSubstr("what they lack was told by the run that made them"));
  std::ifstream file(rig.file("r.json"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(boost::json::parse(text).at("totals").at("not_looked_at").to_number<int>(), 3);
}

TEST(Attributes, ConfigurationThatMayNotBeReadIsSaidAndCostsNothing) {
  auto world = two_bucket_world(3);
  world.account(sim::source_account)
      .roles.front()
      .policies.push_back(
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Resource":"*",)"
          R"("Action":["s3:GetBucketObjectLockConfiguration","s3:GetBucketWebsite",)"
          R"("s3:GetBucketOwnershipControls"]}]})");
  Rig rig(world);
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(rig.requests("HeadObject"), 0u);
  EXPECT_THAT(rig.told(), HasSubstr("s3:GetBucketObjectLockConfiguration"));
  EXPECT_THAT(rig.told(), HasSubstr("s3:GetBucketWebsite"));
}

TEST(Attributes, RedirectsOfAWebsiteComeAlong) {
  auto world = two_bucket_world(1);
  auto& bucket = world.bucket(source, sim::source_account);
  bucket.configuration["website"] = website_configuration;
  bucket.with(sim::ObjectSpec{.key = "old", .body = "", .website_redirect = "/new"});
  Rig rig(world);
  ASSERT_EQ(rig.copy().exit_code, 0);
  rig.cloud([](sim::Cloud& cloud) {
    EXPECT_EQ(cloud.object(destination, "old")->website_redirect, "/new");
  });
  EXPECT_EQ(rig.requests("HeadObject"), 2u);
}

TEST(Attributes, NoneLooksAtNothingAndSaysSo) {
  auto world = two_bucket_world(1);
  world.bucket(source, sim::source_account).configuration["website"] = website_configuration;
  Rig rig(world);
  ASSERT_EQ(rig.copy({"--attributes", "none"}).exit_code, 0);
  EXPECT_EQ(rig.requests("HeadObject"), 0u);
  EXPECT_THAT(rig.told(), HasSubstr("redirects of bucket source-bucket are not carried"));
}

TEST(Attributes, NoneNamesAllThatIsLost) {
  auto world = locked_world(true);
  world.bucket(source, sim::source_account).configuration["website"] = website_configuration;
  Rig rig(world);
  ASSERT_EQ(rig.copy({"--attributes", "none"}).exit_code, 0);
  EXPECT_THAT(rig.told(),
              HasSubstr("retentions and holds, and redirects, of bucket source-bucket"));
}

sim::Scenario world_with_acls() {
  auto world = two_bucket_world(1);
  for (auto& bucket : world.buckets) {
    bucket.ownership = "BucketOwnerPreferred";
    bucket.block_public_access = false;
  }
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "open", .body = "x", .acl = "public-read"});
  return world;
}

TEST(Attributes, AclsComeAlongWhereTheDestinationRoleCopies) {
  Rig rig(world_with_acls());
  const auto copied = rig.copy({"--grant", "source-policy"});
  ASSERT_EQ(copied.exit_code, 0) << copied.message << rig.told();
  EXPECT_EQ(copied.not_carried, 0u);
  rig.cloud(
      [](sim::Cloud& cloud) { EXPECT_EQ(cloud.object(destination, "open")->acl, "public-read"); });
}

TEST(Attributes, AclsAreReportedWhereTheSourceRoleCopies) {
  Rig rig(world_with_acls());
  const auto copied = rig.copy();
  ASSERT_EQ(copied.exit_code, 0) << copied.message << rig.told();
  EXPECT_EQ(copied.not_carried, 1u);
  EXPECT_THAT(rig.told(), HasSubstr("--grant source-policy"));
}

TEST(Attributes, AclsAreForetoldToBeLostWhereTheDestinationHasNone) {
  auto world = world_with_acls();
  world.bucket(destination, sim::destination_account).ownership = "BucketOwnerEnforced";
  Rig rig(world);
  const auto copied = rig.copy();
  ASSERT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_THAT(rig.told(), HasSubstr("ACLs of single objects are not carried"));
  EXPECT_EQ(rig.requests("GetObjectAcl"), 0u) << "to know which would cost a request each";
  EXPECT_EQ(rig.copy({"--attributes", "all", "--if-exists", "overwrite"}).not_carried, 1u);
}

TEST(Attributes, KmsKeysAreMapped) {
  const std::string theirs = "arn:aws:kms:us-east-1:111111111111:key/theirs";
  const std::string ours = "arn:aws:kms:eu-central-1:222222222222:key/ours";
  auto world = two_bucket_world(0);
  world.kms_keys.push_back({.arn = ours, .users = {"*"}});
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "secret", .body = "x", .sse = "aws:kms", .kms_key = theirs});
  Rig rig(world);
  std::ofstream(rig.file("keys")) << "# theirs to ours\n" << theirs << " = " << ours << "\n";
  const auto copied = rig.copy({"--kms-key-map", rig.file("keys")});
  ASSERT_EQ(copied.exit_code, 0) << copied.message << rig.told();
  rig.cloud(
      [&](sim::Cloud& cloud) { EXPECT_EQ(cloud.object(destination, "secret")->kms_key, ours); });
}

sim::Scenario archive_world(std::chrono::milliseconds takes) {
  auto world = two_bucket_world(3);
  world.switches.restore_takes = takes;
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "cold", .body = "x", .storage_class = "GLACIER"});
  return world;
}

TEST(Restore, ArchivedObjectsAreReportedBeforeTheFirstCopy) {
  Rig rig(archive_world(std::chrono::milliseconds(0)));
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 3);
  EXPECT_EQ(copied.copied, 3u);
  EXPECT_THAT(rig.told(), HasSubstr("1 archived object ("));
  const auto listed_before = rig.cloud([](sim::Cloud& cloud) {
    int listings = 0;
    for (const auto& record : cloud.metrics().records()) {
      if (record.operation == "CopyObject") break;
      if (record.operation == "ListObjectsV2" && record.bucket == source) ++listings;
    }
    return listings;
  });
  EXPECT_GE(listed_before, 3) << "the first page, the count, and the copy's own";
}

TEST(Restore, IsAskedForAwaitedAndCopied) {
  Rig rig(archive_world(std::chrono::milliseconds(1500)));
  const auto copied = rig.copy({"--restore", "Bulk/2", "--restore-poll", "1"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message << rig.told();
  EXPECT_EQ(copied.copied, 4u);
  EXPECT_EQ(rig.requests("RestoreObject"), 1u);
  ASSERT_NE(rig.step("restore"), nullptr);
  EXPECT_THAT(rig.step("restore")->message, HasSubstr("1 restore asked for"));
  ASSERT_NE(rig.step("await"), nullptr);
  EXPECT_THAT(rig.step("await")->message, HasSubstr("1 object waited for, 0 failed"));
}

TEST(Restore, ThatTakesTooLongIsAFailureAndTheNextRunGoesOn) {
  Rig rig(archive_world(std::chrono::hours(5)));
  const auto gave_up =
      rig.copy({"--restore", "Standard", "--restore-poll", "1", "--restore-wait", "0"});
  EXPECT_EQ(gave_up.exit_code, 3) << gave_up.message;
  const auto failures = rig.events<FailureEvent>();
  ASSERT_EQ(failures.size(), 1u) << "its absence is not told again";
  EXPECT_THAT(failures[0].message, HasSubstr("is being restored"));
  rig.copy({"--restore", "Standard", "--restore-poll", "1", "--restore-wait", "0"});
  EXPECT_EQ(rig.requests("RestoreObject"), 1u) << "it is under way";
}

sim::Scenario tier_world() {
  auto world = two_bucket_world(1);
  world.switches.restore_takes = std::chrono::milliseconds(1500);
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "asleep",
                            .body = "x",
                            .storage_class = "INTELLIGENT_TIERING",
                            .archive_tier = "ARCHIVE_ACCESS"});
  return world;
}

// The configuration has no tiers any more, but the object is in one.
TEST(Restore, AnArchiveTierThatNothingForetoldIsAwaited) {
  Rig rig(tier_world());
  const auto copied =
      rig.copy({"--restore", "Standard", "--restore-poll", "1", "--verify", "none"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message << rig.told();
  EXPECT_EQ(copied.copied, 2u);
  EXPECT_EQ(rig.keys(destination), rig.keys(source));
}

TEST(Restore, AConfigurationOfTiersThatMayNotBeReadIsSaidAndItsObjectsAreLookedAt) {
  auto world = tier_world();
  world.account(sim::source_account)
      .roles.front()
      .policies.push_back(
          R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny",)"
          R"("Resource":"*","Action":["s3:GetIntelligentTieringConfiguration"]}]})");
  Rig rig(world);
  const auto copied =
      rig.copy({"--restore", "Standard", "--restore-poll", "1", "--verify", "none"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message << rig.told();
  EXPECT_EQ(rig.keys(destination), rig.keys(source));
  EXPECT_THAT(rig.told(), HasSubstr("s3:GetIntelligentTieringConfiguration"));
  EXPECT_THAT(rig.step("restore")->message, HasSubstr("1 restore asked for"));
}

TEST(Restore, ARefusedRestoreIsOneFailureHoweverLongTheOthersAreAwaited) {
  auto world = archive_world(std::chrono::milliseconds(2500));
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "colder", .body = "x", .storage_class = "GLACIER"});
  world.faults.push_back({.operation = "RestoreObject",
                          .key = "cold",
                          .count = 0,
                          .status = 403,
                          .code = "AccessDenied"});
  Rig rig(world);
  const auto copied =
      rig.copy({"--restore", "Standard", "--restore-poll", "1", "--verify", "none"});
  EXPECT_EQ(copied.exit_code, 3) << copied.message;
  EXPECT_EQ(copied.failed, 1u);
  EXPECT_EQ(copied.copied, 4u);
  EXPECT_EQ(rig.events<FailureEvent>().size(), 1u);
}

TEST(Restore, WithoutArchivedObjectsCostsOneListing) {
  Rig rig(two_bucket_world());
  const auto copied = rig.copy({"--restore", "Standard"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(rig.requests("RestoreObject"), 0u);
  EXPECT_EQ(rig.step("await")->state, StepState::skipped);
}

}  // namespace
}  // namespace s3m::workflow
