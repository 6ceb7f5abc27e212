// What a copy's plan says of the rights of both sides; and that the asking changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string live = "arn:aws:s3:::" + source, there = "arn:aws:s3:::" + destination;

std::string all_but(const std::string& action) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},)"
         R"({"Effect":"Deny","Action":")" +
         action + R"(","Resource":"*"}]})";
}

void deny(sim::Scenario& world, std::string_view account, const std::string& action) {
  world.account(account).roles.at(0).policies = {all_but(action)};
}

class CopyAccess : public testing::Test {
 protected:
  SummaryEvent plan(const sim::Scenario& world, std::vector<std::string> options = {}) {
    rig_ = std::make_unique<Rig>(world);
    options.emplace_back("--dry-run");
    auto summary = rig_->copy(std::move(options));
    EXPECT_THAT(rig_->writes(), IsEmpty());
    EXPECT_EQ(rig_->requests("PutBucketPolicy"), 0u);
    const auto told = rig_->events<AccessEvent>();
    if (!told.empty()) access_ = told.front();
    return summary;
  }
  std::string state(std::string_view side, std::string_view action, const std::string& resource) {
    for (const auto& one : access_.permissions) {
      if (one.side != side || one.action != action || one.resource != resource) continue;
      EXPECT_FALSE(one.how.empty()) << action;
      return one.state;
    }
    return "not needed";
  }

  std::unique_ptr<Rig> rig_;
  AccessEvent access_;
};

TEST_F(CopyAccess, WhatCanBeUsedIsProven) {
  const auto summary = plan(two_bucket_world(3));
  EXPECT_EQ(summary.outcome, "planned") << summary.message;
  EXPECT_EQ(state("source", "s3:ListBucket", live), "proven");
  EXPECT_EQ(state("source", "s3:GetObject", live + "/*"), "proven");
  EXPECT_EQ(state("source", "s3:GetObjectTagging", live + "/*"), "proven");
  EXPECT_EQ(state("destination", "s3:ListBucket", there), "proven");
  EXPECT_EQ(state("destination", "s3:GetObject", there + "/*"), "proven");
  EXPECT_EQ(state("destination", "s3:GetBucketPolicy", there), "proven");
  EXPECT_EQ(state("destination", "s3:PutBucketPolicy", there), "unproven") << "never tried";
  EXPECT_EQ(state("source", "s3:PutObject", there + "/*"), "unproven") << "before the grant";
  EXPECT_EQ(state("destination", "s3:CreateBucket", there), "not needed");
  EXPECT_EQ(state("source", "s3:ListBucketVersions", live), "not needed");
  EXPECT_THAT(access_.destination_policy, HasSubstr("s3:PutBucketPolicy"));
  EXPECT_THAT(access_.source_policy, Not(HasSubstr("s3:ListBucket")));
}

TEST_F(CopyAccess, AMissingRightComesWithThePolicyThatAddsIt) {
  auto world = two_bucket_world(3);
  deny(world, sim::source_account, "s3:GetObjectTagging");
  EXPECT_EQ(plan(world).outcome, "planned");
  EXPECT_EQ(state("source", "s3:GetObject", live + "/*"), "proven");
  EXPECT_EQ(state("source", "s3:GetObjectTagging", live + "/*"), "denied");
  EXPECT_THAT(access_.source_policy, HasSubstr("s3:GetObjectTagging"));
  EXPECT_THAT(rig_->told(), Not(HasSubstr("not list")));
}

TEST_F(CopyAccess, ItIsToldAlsoWhereThePlanCannotBeMade) {
  auto world = two_bucket_world(3);
  deny(world, sim::source_account, "s3:ListBucket");
  const auto summary = plan(world);
  EXPECT_EQ(summary.exit_code, 1);
  EXPECT_THAT(summary.message, HasSubstr("s3:ListBucket"));
  EXPECT_EQ(state("source", "s3:ListBucket", live), "denied");
  EXPECT_EQ(state("destination", "s3:ListBucket", there), "proven");
  EXPECT_THAT(access_.source_policy, HasSubstr("\"s3:ListBucket\""));
}

TEST_F(CopyAccess, ABucketThatIsNotThereHasToBeMade) {
  EXPECT_EQ(plan(article_world(3), {"--destination-region", "eu-central-1"}).outcome, "planned");
  EXPECT_EQ(state("destination", "s3:CreateBucket", there), "unproven");
  EXPECT_EQ(state("destination", "s3:ListBucket", there), "unproven");
}

TEST_F(CopyAccess, WhoWritesIntoTheOwnBucketIsTried) {
  EXPECT_EQ(plan(two_bucket_world(3), {"--grant", "source-policy"}).outcome, "planned");
  EXPECT_EQ(state("destination", "s3:PutObject", there + "/*"), "proven");
  EXPECT_EQ(state("source", "s3:GetBucketPolicy", live), "proven");
  EXPECT_EQ(state("source", "s3:PutObject", there + "/*"), "not needed");
  auto world = two_bucket_world(3);
  deny(world, sim::destination_account, "s3:PutObject");
  EXPECT_EQ(plan(world, {"--grant", "source-policy"}).outcome, "planned");
  EXPECT_EQ(state("destination", "s3:PutObject", there + "/*"), "denied");
}

TEST_F(CopyAccess, WithoutAGrantBothWaysAreTried) {
  EXPECT_EQ(plan(two_bucket_world(3), {"--grant", "none"}).outcome, "planned");
  EXPECT_EQ(state("source", "s3:PutObject", there + "/*"), "denied");
  auto world = two_bucket_world(3);
  world.bucket(source, sim::source_account).policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
      R"("arn:aws:iam::222222222222:root"},"Action":["s3:GetObject*","s3:ListBucket"],)"
      R"("Resource":["arn:aws:s3:::source-bucket","arn:aws:s3:::source-bucket/*"]}]})";
  EXPECT_EQ(plan(world, {"--grant", "none"}).outcome, "planned");
  EXPECT_EQ(state("destination", "s3:PutObject", there + "/*"), "proven");
  EXPECT_EQ(state("destination", "s3:GetObject", live + "/*"), "proven");
}

TEST_F(CopyAccess, VersionsHaveRightsOfTheirOwn) {
  auto world = two_bucket_world(3);
  world.bucket(source, sim::source_account).versioning = "Enabled";
  EXPECT_EQ(plan(world, {"--versions", "all"}).outcome, "planned");
  EXPECT_EQ(state("source", "s3:ListBucketVersions", live), "proven");
  EXPECT_EQ(state("source", "s3:GetObjectVersion", live + "/*"), "proven");
  EXPECT_EQ(state("destination", "s3:GetBucketVersioning", there), "proven");
}

TEST_F(CopyAccess, AMigrationThatMayNotLookTellsItsRights) {
  auto world = article_world(3);
  deny(world, sim::source_account, "s3:ListBucket");
  rig_ = std::make_unique<Rig>(world);
  const auto summary = rig_->migrate({"--dry-run"});
  EXPECT_EQ(summary.exit_code, 1);
  EXPECT_THAT(rig_->writes(), IsEmpty());
  ASSERT_EQ(rig_->events<AccessEvent>().size(), 1u);
  access_ = rig_->events<AccessEvent>().front();
  EXPECT_EQ(state("source", "s3:ListBucket", live), "denied");
  EXPECT_EQ(state("source", "s3:GetBucketPolicy", live), "proven");
  EXPECT_EQ(rig_->requests("CreateBucket"), 0u);
}

TEST_F(CopyAccess, TheListingIsFollowed) {
  EXPECT_EQ(plan(two_bucket_world(30)).outcome, "planned");
  const auto progress = rig_->events<ProgressEvent>();
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.back().step, "plan");
  EXPECT_EQ(progress.back().objects_done, 30u);
}

}  // namespace
}  // namespace s3m::workflow
