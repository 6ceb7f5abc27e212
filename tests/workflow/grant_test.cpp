// The temporary grant: it works, it goes on every way out, and what others wrote stays.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/bucket_policy.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Calls `hook` once, on the simulator's thread, before the `nth` request of an operation.
void before_nth(Rig& rig, const std::string& operation, int nth,
                std::function<void(sim::Cloud&)> hook) {
  rig.cloud([&](sim::Cloud& cloud) {
    auto left = std::make_shared<int>(nth);
    cloud.before_each([&cloud, left, operation, hook](const sim::RequestRecord& record) {
      if (record.operation == operation && --*left == 0) hook(cloud);
    });
  });
}

TEST(Grant, WhatOthersWroteIsThereAgainByteForByte) {
  Rig rig(two_bucket_world());
  const auto others = others_policy(destination);
  rig.cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.set_policy(destination, others)); });
  std::string during;
  before_nth(rig, "CopyObject", 5,
             [&](sim::Cloud& cloud) { during = cloud.bucket_policy(destination); });
  ASSERT_EQ(rig.copy().exit_code, 0);
  EXPECT_THAT(during, HasSubstr("\"Others\""));
  EXPECT_THAT(during, HasSubstr("S3MigratorGrant"));
  EXPECT_EQ(rig.policy(destination), others);
}

TEST(Grant, WhatSomebodyChangesMeanwhileStays) {
  Rig rig(two_bucket_world());
  before_nth(rig, "CopyObject", 5, [&](sim::Cloud& cloud) {
    auto edited = cloud.bucket_policy(destination);
    const auto at = edited.find("\"Statement\":[") + 13;
    edited.insert(at,
                  R"({"Sid":"New","Effect":"Allow","Principal":{"AWS":"333333333333"},)"
                  R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::destination-bucket/*"},)");
    ASSERT_TRUE(cloud.set_policy(destination, edited));
  });
  ASSERT_EQ(rig.copy().exit_code, 0);
  EXPECT_THAT(find_sids(rig.policy(destination), "").value(), ElementsAre("New"));
}

TEST(Grant, GoesWhenTheJobFails) {
  Rig rig(two_bucket_world());
  rig.fault({.operation = "CopyObject", .count = 0, .status = 404, .code = "NoSuchBucket"});
  EXPECT_EQ(rig.copy().exit_code, 1);
  EXPECT_EQ(rig.requests("PutBucketPolicy"), 1u);
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Grant, GoesOnCtrlCAndTheSameCommandGoesOn) {
  Rig rig(two_bucket_world(2000));
  before_nth(rig, "CopyObject", 50, [](sim::Cloud&) { ::kill(::getpid(), SIGINT); });
  const auto stopped = rig.copy({"--concurrency", "4"});
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_EQ(stopped.outcome, "interrupted");
  EXPECT_THAT(stopped.message, HasSubstr("go on with: s3migrator jobs resume " + rig.last_job()));
  EXPECT_EQ(rig.policy(destination), "");
  const auto there = rig.keys(destination).size();
  EXPECT_GT(there, 0u);
  EXPECT_LT(there, 2000u);

  const auto resumed = rig.copy({"--concurrency", "4"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.message;
  EXPECT_EQ(resumed.skipped, there);
  EXPECT_EQ(resumed.copied, 2000u - there);
}

TEST(Grant, ThatCannotBeTakenOutIsToldAndCleanupFinishesIt) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "DeleteBucketPolicy"});
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 1);
  EXPECT_THAT(copied.message, HasSubstr("s3migrator cleanup s3://destination-bucket"));
  EXPECT_THAT(rig.policy(destination), HasSubstr("S3MigratorGrant"));

  const auto cleaned = rig.cleanup();
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.message;
  EXPECT_THAT(cleaned.message, HasSubstr("1 grants taken out"));
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Grant, OfAJobThatIsOverIsTakenOutByTheNextCopy) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "DeleteBucketPolicy"});
  ASSERT_EQ(rig.copy().exit_code, 1);
  EXPECT_EQ(rig.copy().exit_code, 0);
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Grant, CleanupFindsThemByNameAndLeavesTheRest) {
  Rig rig(two_bucket_world());
  const std::string left =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"S3MigratorGrant0123456789abcdef",)"
      R"("Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:PutObject",)"
      R"("Resource":"arn:aws:s3:::destination-bucket/*"},{"Sid":"Others","Effect":"Allow",)"
      R"("Principal":{"AWS":"333333333333"},"Action":"s3:GetObject",)"
      R"("Resource":"arn:aws:s3:::destination-bucket/*"}]})";
  rig.cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.set_policy(destination, left)); });
  EXPECT_EQ(rig.cleanup().exit_code, 0);
  EXPECT_THAT(find_sids(rig.policy(destination), "").value(), ElementsAre("Others"));
  EXPECT_THAT(rig.told(), HasSubstr("S3MigratorGrant0123456789abcdef"));
}

TEST(Grant, ThatDoesNotFitIsRefusedWithItsFigures) {
  Rig rig(two_bucket_world());
  auto large = others_policy(destination);
  large.insert(large.find("Others") + 6, std::string(20'000, 'x'));
  rig.cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.set_policy(destination, large)); });
  rig.forget_requests();
  const auto refused = rig.copy();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.message, HasSubstr("S3 allows 20,480"));
  EXPECT_EQ(rig.policy(destination), large);
  EXPECT_THAT(rig.writes(), IsEmpty());
}

TEST(Grant, IsRefusedWhereThePolicyNamesADeadRole) {
  auto world = two_bucket_world();
  world.account(sim::migrator_account)
      .roles.push_back({.name = "gone", .trust = sim::trust_policy({"333333333333"})});
  Rig rig(world);
  auto policy = others_policy(destination);
  policy.replace(policy.find(":root"), 5, ":role/gone");
  rig.cloud([&](sim::Cloud& cloud) {
    ASSERT_TRUE(cloud.set_policy(destination, policy));
    cloud.replace_role("arn:aws:iam::333333333333:role/gone", nullptr);
  });
  rig.forget_requests();
  const auto refused = rig.copy();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.message, HasSubstr("statement 1 (Sid \"Others\")"));
  EXPECT_THAT(rig.writes(), IsEmpty());
}

TEST(Grant, FindsTheDialectThatTheServerUnderstands) {
  Rig rig(two_bucket_world());
  rig.switches([](sim::Switches& switches) { switches.principal_arn_never_matches = true; });
  const auto copied = rig.copy({"--grant-timeout", "0"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_THAT(rig.step("grant")->message, HasSubstr("by arns"));
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Grant, IsWaitedForUntilItTakesEffect) {
  Rig rig(two_bucket_world());
  rig.switches([](sim::Switches& switches) { switches.policy_effective_after = 400ms; });
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_THAT(rig.step("grant")->message, HasSubstr("by account-and-arn"));
  EXPECT_EQ(copied.failed, 0u);
}

TEST(Grant, ThatNeverTakesEffectIsToldAndTakenOut) {
  Rig rig(two_bucket_world());
  rig.switches([](sim::Switches& switches) { switches.policy_effective_after = 1h; });
  const auto copied = rig.copy({"--grant-timeout", "0"});
  EXPECT_EQ(copied.exit_code, 1);
  EXPECT_THAT(copied.message, HasSubstr("is still denied"));
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Grant, OnAServerThatIgnoresIfMatchLeavesNoScratchObject) {
  Rig rig(two_bucket_world(3));
  rig.switches([](sim::Switches& switches) { switches.ignore_if_match = true; });
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(rig.keys(destination), rig.keys(source));
}

TEST(Grant, WhereAclsAreOnTheCopiesBelongToTheDestination) {
  auto world = two_bucket_world(3);
  world.bucket(destination, sim::destination_account).ownership = "BucketOwnerPreferred";
  Rig rig(world);
  std::string during;
  before_nth(rig, "CopyObject", 1,
             [&](sim::Cloud& cloud) { during = cloud.bucket_policy(destination); });
  const auto copied = rig.copy();
  ASSERT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_THAT(during, HasSubstr("s3:PutObjectAcl"));
  rig.cloud([](sim::Cloud& cloud) {
    const auto object = cloud.object(destination, "photo-000000");
    ASSERT_TRUE(object);
    EXPECT_EQ(object->owner, sim::destination_account);
  });
}

TEST(Grant, ADenyThatBitesIsToldBeforehand) {
  auto world = two_bucket_world(3);
  world.bucket(destination, sim::destination_account).policy =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"NoWrites","Effect":"Deny","Principal":"*",)"
      R"("Action":"s3:PutObject","Resource":"arn:aws:s3:::destination-bucket/*"}]})";
  Rig rig(world);
  const auto copied = rig.copy({"--grant-timeout", "0"});
  EXPECT_EQ(copied.exit_code, 1);
  EXPECT_THAT(rig.told(), HasSubstr("statement 1 (Sid \"NoWrites\")"));
  EXPECT_THAT(rig.policy(destination), Not(HasSubstr("S3Migrator")));
}

}  // namespace
}  // namespace s3m::workflow
