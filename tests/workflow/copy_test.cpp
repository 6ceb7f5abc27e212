// A copy between two accounts, as the article tells it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Copy, WithoutAGrantItIsRefusedAndWithOneItWorks) {
  Rig rig(two_bucket_world());
  const auto refused = rig.copy({"--grant", "none"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.message, HasSubstr("neither may the source identity write"));
  EXPECT_THAT(rig.keys(destination), IsEmpty());

  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(copied.outcome, "verified");
  EXPECT_EQ(copied.copied, 30u);
  EXPECT_EQ(copied.same_strong, 30u);
  EXPECT_EQ(rig.keys(destination), rig.keys(source));
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Copy, MakesTheBucketInItsRegionAndAccount) {
  Rig rig(article_world());
  const auto copied = rig.copy({"--destination-region", "eu-central-1"});
  ASSERT_EQ(copied.exit_code, 0) << copied.message;
  rig.cloud([](sim::Cloud& cloud) {
    EXPECT_EQ(cloud.bucket_region(destination), "eu-central-1");
    EXPECT_EQ(cloud.bucket_owner(destination), sim::destination_account);
  });
}

TEST(Copy, RunAgainItCopiesNothing) {
  Rig rig(two_bucket_world());
  ASSERT_EQ(rig.copy().exit_code, 0);
  rig.forget_requests();
  const auto again = rig.copy();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.copied, 0u);
  EXPECT_EQ(again.skipped, 30u);
  EXPECT_EQ(rig.requests("CopyObject"), 0u);
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Copy, BySourcePolicyTheDestinationRoleCopies) {
  Rig rig(two_bucket_world());
  rig.cloud([](sim::Cloud& cloud) { cloud.set_policy(source, others_policy(source)); });
  const auto copied = rig.copy({"--grant", "source-policy"});
  ASSERT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(rig.policy(source), others_policy(source));
  EXPECT_EQ(rig.policy(destination), "");
  rig.cloud([](sim::Cloud& cloud) {
    for (const auto& record : cloud.metrics().records()) {
      if (record.operation == "CopyObject") {
        EXPECT_THAT(record.signer, HasSubstr("s3m-destination"));
      }
    }
  });
}

TEST(Copy, WhereOneIdentityHasBothSidesNoGrantIsNeeded) {
  auto world = two_bucket_world();
  world.bucket("second-bucket", sim::source_account);
  Rig rig(world);
  const auto copied = rig.copy({"s3://" + source, "s3://second-bucket", "--destination-role-arn",
                                std::string(sim::source_role), "--destination-external-id",
                                std::string(sim::source_external_id)});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(rig.requests("PutBucketPolicy"), 0u);
}

TEST(Copy, AccessThatIsThereAlreadyIsFoundOnEitherSide) {
  auto world = two_bucket_world();
  world.bucket(source, sim::source_account).policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
      R"("arn:aws:iam::222222222222:root"},"Action":"s3:*","Resource":["arn:aws:s3:::source-bucket",)"
      R"("arn:aws:s3:::source-bucket/*"]}]})";
  Rig rig(world);
  const auto copied = rig.copy({"--grant", "none"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(rig.requests("PutBucketPolicy"), 0u);
  EXPECT_THAT(rig.told(), HasSubstr("the destination identity may read the source"));
}

TEST(Copy, APrefixIsReplacedByTheOther) {
  Rig rig(two_bucket_world(3));
  const auto copied =
      rig.copy({"s3://" + source + "/photo-", "s3://" + destination + "/kept/image-"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_THAT(rig.keys(destination),
              ElementsAre("kept/image-000000", "kept/image-000001", "kept/image-000002"));
}

TEST(Copy, AnObjectThatFailsIsListedAndTheOthersArrive) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "CopyObject", .key = "photo-000007", .count = 0});
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 3);
  EXPECT_EQ(copied.failed, 1u);
  EXPECT_EQ(copied.copied, 29u);
  const auto failures = rig.events<FailureEvent>();
  ASSERT_EQ(failures.size(), 1u) << "that it is missing follows, and is told no second time";
  EXPECT_EQ(failures[0].key, "photo-000007");
  EXPECT_EQ(failures[0].operation, "CopyObject");
  EXPECT_EQ(copied.missing, 1u);
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Copy, WhatVerificationAloneFindsIsListedBesideWhatCouldNotBeCopied) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "CopyObject", .key = "photo-000007", .count = 0});
  rig.cloud([](sim::Cloud& cloud) {
    auto copies = std::make_shared<int>(0);
    cloud.before_each([&cloud, copies](const sim::RequestRecord& record) {
      if (record.operation == "CopyObject") ++*copies;
      if (record.operation == "ListObjectsV2" && *copies >= 30)
        cloud.remove(destination, "photo-000004");
    });
  });
  EXPECT_EQ(rig.copy().missing, 2u);
  std::vector<std::string> found;
  for (const auto& failure : rig.events<FailureEvent>())
    found.push_back(failure.operation + " " + failure.key);
  EXPECT_THAT(found, ElementsAre("CopyObject photo-000007", "verify photo-000004"));
}

TEST(Copy, AListingThatFailsIsNotAnEmptyBucket) {
  Rig rig(two_bucket_world());
  rig.fault({.operation = "ListObjectsV2",
             .bucket = source,
             .count = 0,
             .effect = sim::FaultEffect::page_without_token});
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 1);
  EXPECT_EQ(copied.outcome, "fatal");
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Copy, ADifferenceThatVerificationFindsIsFour) {
  Rig rig(two_bucket_world());
  // Somebody writes into the destination between the copy and its verification.
  rig.cloud([](sim::Cloud& cloud) {
    auto copies = std::make_shared<int>(0);
    cloud.before_each([&cloud, copies](const sim::RequestRecord& record) {
      if (record.operation == "CopyObject") ++*copies;
      if (record.operation != "ListObjectsV2" || *copies < 30) return;
      cloud.put(destination, sim::ObjectSpec{.key = "photo-000003", .body = "other"});
      cloud.remove(destination, "photo-000004");
    });
  });
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 4) << copied.message;
  EXPECT_EQ(copied.mismatched, 1u);
  EXPECT_EQ(copied.missing, 1u);
}

TEST(Copy, PercentRisesAndIsHundredOnlyAtTheEnd) {
  Rig rig(two_bucket_world(200));
  ASSERT_EQ(rig.copy().exit_code, 0);
  int last = 0;
  for (const auto& step : rig.events<StepEvent>()) {
    EXPECT_GE(step.percent, last);
    if (step.step != "report") EXPECT_LT(step.percent, 100);
    last = step.percent;
  }
  EXPECT_EQ(last, 100);
  for (const auto& progress : rig.events<ProgressEvent>())
    EXPECT_LT(progress.percent, 100);
  EXPECT_EQ(rig.step("destination")->percent, 5);
  EXPECT_EQ(rig.step("copy")->percent, 99);
}

TEST(Copy, TheFiguresKnowTheTotalAndWhatWasSettled) {
  Rig rig(two_bucket_world(50));
  ASSERT_EQ(rig.copy().exit_code, 0);
  ProgressEvent last;
  for (const auto& progress : rig.events<ProgressEvent>()) {
    if (progress.step == "copy") last = progress;
  }
  EXPECT_TRUE(last.totals_final);
  EXPECT_EQ(last.objects_total, 50u);
  EXPECT_EQ(last.objects_done, 50u);
  EXPECT_EQ(last.bytes_done, last.bytes_total);
}

TEST(DryRun, TouchesNothing) {
  Rig rig(article_world());
  const auto planned = rig.copy({"--dry-run", "--destination-region", "eu-central-1"});
  EXPECT_EQ(planned.exit_code, 0) << planned.message;
  EXPECT_EQ(planned.outcome, "planned");
  EXPECT_THAT(rig.writes(), IsEmpty());
  rig.cloud([](sim::Cloud& cloud) { EXPECT_FALSE(cloud.has_bucket(destination)); });
  const auto plans = rig.events<PlanEvent>();
  ASSERT_EQ(plans.size(), 1u);
  EXPECT_EQ(plans[0].to_copy, 30u);
  EXPECT_EQ(plans[0].first_key, "photo-000000");
  EXPECT_EQ(plans[0].last_key, "photo-000029");
  EXPECT_FALSE(plans[0].destination_exists);
  EXPECT_GT(plans[0].high_seconds, plans[0].low_seconds);
  EXPECT_THAT(plans[0].warnings, ElementsAre("prices are known of AWS alone"));
}

TEST(Plan, SeesWhatIsThereAlready) {
  Rig rig(two_bucket_world());
  ASSERT_EQ(rig.copy({"--exclude", "*", "--include", "photo-00000*"}).exit_code, 0);
  rig.forget_requests();
  ASSERT_EQ(rig.copy({"--dry-run"}).exit_code, 0);
  const auto plan = rig.events<PlanEvent>().at(0);
  EXPECT_EQ(plan.same, 10u);
  EXPECT_EQ(plan.to_copy, 20u);
  EXPECT_THAT(rig.writes(), IsEmpty());
}

TEST(Verify, IsZeroOnlyWhenEveryPairIsTheSame) {
  Rig rig(two_bucket_world());
  EXPECT_EQ(rig.verify().exit_code, 4);
  const auto copied = rig.copy();
  rig.forget_requests();
  const auto verified = rig.verify();
  EXPECT_EQ(verified.exit_code, 0) << verified.message;
  EXPECT_EQ(verified.digest, copied.digest);
  EXPECT_THAT(rig.writes(), IsEmpty());
}

TEST(Verify, WeakPairsAreCountedAndStrictMakesThemFour) {
  auto world = two_bucket_world(5);
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "parts.bin",
                            .size = 20u << 20,
                            .part_size = 8u << 20,
                            .checksum = "none",
                            .age = std::chrono::hours(48)});
  Rig rig(world);
  const auto copied = rig.copy();
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  const auto verified = rig.verify();
  EXPECT_EQ(verified.exit_code, 0) << verified.message;
  EXPECT_EQ(verified.same_weak, 1u);
  EXPECT_EQ(rig.verify({"--strict"}).exit_code, 4);
}

TEST(Verify, OfABucketThatIsNotThereSaysSo) {
  Rig rig(article_world());
  const auto verified = rig.verify();
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.message, HasSubstr("there is no bucket destination-bucket"));
}

TEST(Delete, RemovesWhatTheSourceDoesNotHave) {
  Rig rig(two_bucket_world(30));
  ASSERT_EQ(rig.copy().exit_code, 0);
  rig.cloud([](sim::Cloud& cloud) { cloud.put(destination, {.key = "old", .size = 1}); });
  const auto copied = rig.copy({"--delete"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(copied.deleted, 1u);
  EXPECT_THAT(rig.keys(destination), Not(Contains("old")));
  EXPECT_THAT(rig.told(), HasSubstr("1 of 31 objects below"));
}

TEST(Delete, IsRefusedAboveItsLimitUnlessTheBucketIsNamed) {
  auto world = two_bucket_world(10);
  world.bucket(destination, sim::destination_account)
      .with(sim::GeneratorSpec{.prefix = "old-", .count = 5});
  Rig rig(world);
  const auto refused = rig.copy({"--delete"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.message, HasSubstr("more than the 10 % of --max-delete"));
  EXPECT_EQ(rig.requests("DeleteObject") + rig.requests("DeleteObjects"), 0u);
  EXPECT_EQ(rig.policy(destination), "");

  EXPECT_EQ(rig.copy({"--delete", "--max-delete", "100"}).exit_code, 0);
  EXPECT_EQ(rig.keys(destination).size(), 10u);
}

// The wrong bucket, and smaller than a tenth of the source: copied into, its own objects would be a
// small share. Nothing is copied, so the next run is refused as well.
TEST(Delete, TheShareIsOfWhatTheDestinationHadBefore) {
  auto world = two_bucket_world(300);
  world.bucket(destination, sim::destination_account)
      .with(sim::GeneratorSpec{.prefix = "precious-", .count = 10});
  Rig rig(world);
  for (int run = 0; run < 2; ++run) {
    const auto refused = rig.copy({"--delete"});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.message,
                HasSubstr("10 of the 10 objects that s3://destination-bucket had"));
    EXPECT_EQ(rig.keys(destination).size(), 10u);
    EXPECT_EQ(rig.policy(destination), "");
  }
}

TEST(Delete, ADryRunSaysWhatWouldGoAndWhetherItMay) {
  auto world = two_bucket_world(30);
  world.bucket(destination, sim::destination_account)
      .with(sim::GeneratorSpec{.prefix = "precious-", .count = 10});
  Rig rig(world);
  EXPECT_EQ(rig.copy({"--delete", "--dry-run"}).exit_code, 0);
  const auto plan = rig.events<PlanEvent>().at(0);
  EXPECT_TRUE(plan.deletes);
  EXPECT_EQ(plan.destination_only, 10u);
  EXPECT_EQ(plan.destination_objects, 10u);
  EXPECT_THAT(rig.told(), HasSubstr("this would be refused: --delete would delete 10 of the 10"));
}

TEST(Delete, OfAnEmptySourceNeedsTheNameOfTheBucket) {
  auto world = two_bucket_world(0);
  world.bucket(destination, sim::destination_account).with(sim::ObjectSpec{.key = "a", .size = 1});
  Rig rig(world);
  const auto refused = rig.copy({"--delete", "--max-delete", "100"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.message, HasSubstr("would empty the destination"));
  EXPECT_THAT(rig.keys(destination), ElementsAre("a"));

  EXPECT_EQ(rig.copy({"--delete", "--confirm-delete", destination}).exit_code, 0);
  EXPECT_THAT(rig.keys(destination), IsEmpty());
}

TEST(Delete, DoesNotHappenWhereObjectsFailed) {
  auto world = two_bucket_world(30);
  world.bucket(destination, sim::destination_account)
      .with(sim::ObjectSpec{.key = "old", .size = 1});
  Rig rig(world);
  rig.deny({.operation = "CopyObject", .key = "photo-000007", .count = 0});
  EXPECT_EQ(rig.copy({"--delete", "--max-delete", "100"}).exit_code, 3);
  EXPECT_THAT(rig.keys(destination), Contains("old"));
}

}  // namespace
}  // namespace s3m::workflow
