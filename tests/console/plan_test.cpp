// Plans over the API: what a job would do, whether it may, and that nothing is changed by asking.
#include <chrono>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "tests/console/plan_rig.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class Plans : public PlanRig {
 protected:
  void deny(sim::Scenario& world, std::string_view account, const std::string& action) {
    world.account(account).roles.at(0).policies = {
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},)"
        R"({"Effect":"Deny","Action":")" +
        action + R"(","Resource":"*"}]})"};
  }
};

TEST_F(Plans, OfACopy) {
  begin(photos_world());
  const auto found = plan(request("copy"));
  EXPECT_EQ(found.at("state"), "done") << json::serialize(found);
  EXPECT_EQ(found.at("plan").at("to_copy").to_number<int>(), 3);
  EXPECT_TRUE(found.at("problem").is_null());
  EXPECT_TRUE(found.at("progress").is_null());
  EXPECT_EQ(verdict(found, "source", "s3:ListBucket", "arn:aws:s3:::photos"), "proven");
  EXPECT_EQ(verdict(found, "destination", "s3:PutBucketPolicy", "arn:aws:s3:::photos-eu"),
            "unproven");
}

TEST_F(Plans, OfAMigration) {
  begin(photos_world());
  const auto found = plan(request("migrate"));
  EXPECT_EQ(found.at("state"), "done") << json::serialize(found);
  EXPECT_TRUE(found.at("refusals").as_array().empty()) << json::serialize(found);
  EXPECT_EQ(found.at("plan").at("objects").to_number<int>(), 3);
  EXPECT_FALSE(found.at("plan").at("times").as_array().empty());
  EXPECT_EQ(verdict(found, "destination", "s3:CreateBucket", "arn:aws:s3:::photos"), "proven");
}

TEST_F(Plans, WhatIsRefusedHasItsWayOut) {
  auto world = photos_world();
  world.bucket("photos", sim::source_account)
      .with(sim::ObjectSpec{.key = "old", .size = 10, .storage_class = "GLACIER"});
  begin(world);
  const auto found = plan(request("migrate"));
  EXPECT_EQ(found.at("state"), "done");
  EXPECT_EQ(found.at("refusals").at(0).at("code"), "archived-objects");
  EXPECT_FALSE(found.at("refusals").at(0).at("way_out").as_string().empty());
}

TEST_F(Plans, WhatIsDeniedComesWithThePolicyToAdd) {
  auto world = photos_world();
  deny(world, sim::source_account, "s3:ListBucket");
  begin(world);
  const auto found = plan(request("copy"));
  EXPECT_EQ(found.at("state"), "failed");
  EXPECT_THAT(std::string(found.at("problem").as_string()), HasSubstr("s3:ListBucket"));
  EXPECT_EQ(verdict(found, "source", "s3:ListBucket", "arn:aws:s3:::photos"), "denied");
  EXPECT_THAT(std::string(found.at("policies").at("source").as_string()),
              HasSubstr("\"s3:ListBucket\""));
  EXPECT_TRUE(found.at("plan").is_null());
}

TEST_F(Plans, ARequestThatIsNotRightIsRefusedAtOnce) {
  begin(photos_world());
  const auto answer = post("/api/v1/plan", request("copy", R"({"part-size": "nonsense"})"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, HasSubstr("options.part-size"));
  EXPECT_EQ(post("/api/v1/plan", "[]").status, 400);
  EXPECT_EQ(rig_->ask_as(operator_token, {.target = "/api/v1/plan/none"}).status, 404);
}

TEST_F(Plans, OnlyWhatIsAllowedIsAsked) {
  begin(photos_world(), {});
  const auto answer = post("/api/v1/plan", request("copy"));
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("--allow-role-arn"));
}

TEST_F(Plans, OnlySomeAtOnceAndAllEndWithTheServer) {
  begin(photos_world());
  server_->with_cloud([](sim::Cloud& cloud) {
    sim::FaultRule slow{.operation = "ListObjectsV2"};
    slow.delay = std::chrono::seconds(5);
    slow.effect = sim::FaultEffect::delay;
    slow.count = 0;
    cloud.faults().add(slow);
  });
  int taken = 0;
  while (post("/api/v1/plan", request("copy")).status == 202)
    ASSERT_LT(++taken, 20);
  EXPECT_EQ(taken, 4);
  planner_->interrupt();
  EXPECT_TRUE(planner_->wait(std::chrono::seconds(30)));
  EXPECT_EQ(post("/api/v1/plan", request("copy")).status, 429);
}

TEST(PlansOfAWatcher, AreRefused) {
  Rig rig;
  const auto answer = rig.ask_as(
      operator_token, {.method = "POST", .target = "/api/v1/plan", .body = R"({"kind":"copy"})"});
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.body, HasSubstr("--dry-run"));
}

}  // namespace
}  // namespace s3m::console
