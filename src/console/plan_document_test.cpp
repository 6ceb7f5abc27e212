#include "console/plan_document.hpp"

#include <boost/json/array.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::console {
namespace {

using ::testing::HasSubstr;

AccessEvent access() {
  AccessEvent event;
  event.permissions = {{.side = "source",
                        .action = "s3:ListBucket",
                        .resource = "arn:aws:s3:::photos",
                        .state = "proven",
                        .how = "one key was listed"},
                       {.side = "source",
                        .action = "s3:GetObject",
                        .resource = "arn:aws:s3:::photos/*",
                        .state = "denied",
                        .how = "Access Denied"}};
  event.source_policy = "{\"Version\":\"2012-10-17\"}";
  return event;
}

TEST(PlanDocument, TellsEachRightWithWhatToAdd) {
  PlanFound found;
  found.access = access();
  found.progress = ProgressEvent{.step = "plan", .objects_done = 7, .bytes_done = 70};
  const auto out = plan_document("p1", found);
  EXPECT_EQ(out.at("id"), "p1");
  EXPECT_EQ(out.at("state"), "running");
  const auto& rights = out.at("permissions").as_array();
  ASSERT_EQ(rights.size(), 2u);
  EXPECT_EQ(rights[0].at("verdict"), "proven");
  EXPECT_EQ(rights[0].at("policy_json"), "");
  EXPECT_EQ(rights[1].at("verdict"), "denied");
  const std::string policy(rights[1].at("policy_json").as_string());
  EXPECT_THAT(policy, HasSubstr("\"s3:GetObject\""));
  EXPECT_THAT(policy, HasSubstr("arn:aws:s3:::photos/*"));
  EXPECT_THAT(std::string(out.at("policies").at("source").as_string()), HasSubstr("2012-10-17"));
  EXPECT_EQ(out.at("progress").at("objects").to_number<int>(), 7);
  EXPECT_TRUE(out.at("plan").is_null());
  EXPECT_TRUE(out.at("problem").is_null());
}

TEST(PlanDocument, TellsWhyItCameToNoEnd) {
  PlanFound found;
  found.state = PlanState::failed;
  found.access = access();
  found.progress = ProgressEvent{.step = "plan"};
  found.problem = "the source identity may not list bucket photos";
  const auto out = plan_document("p1", found);
  EXPECT_EQ(out.at("state"), "failed");
  EXPECT_EQ(std::string(out.at("problem").as_string()), found.problem);
  EXPECT_TRUE(out.at("progress").is_null());
  EXPECT_EQ(out.at("permissions").as_array().size(), 2u);
}

TEST(PlanDocument, AMigrationHasItsRefusalsBesideItsFigures) {
  PlanFound found;
  found.state = PlanState::done;
  found.migration.emplace();
  found.migration->bucket = "photos";
  found.migration->objects = 5;
  found.migration->refusals = {{.code = "mfa-delete", .reason = "because", .way_out = "off"}};
  found.migration->permissions = access().permissions;
  found.migration->destination_policy = "{}";
  const auto out = plan_document("p1", found);
  EXPECT_EQ(out.at("refusals").at(0).at("way_out"), "off");
  EXPECT_EQ(out.at("permissions").as_array().size(), 2u);
  EXPECT_EQ(out.at("policies").at("destination"), "{}");
  EXPECT_EQ(out.at("plan").at("objects").to_number<int>(), 5);
  EXPECT_FALSE(out.at("plan").as_object().contains("permissions"));
  EXPECT_FALSE(out.at("plan").as_object().contains("refusals"));
}

TEST(PlanDocument, ACopyHasItsFigures) {
  PlanFound found;
  found.state = PlanState::done;
  found.copy.emplace();
  found.copy->to_copy = 3;
  const auto out = plan_document("p1", found);
  EXPECT_EQ(out.at("plan").at("to_copy").to_number<int>(), 3);
  EXPECT_FALSE(out.at("plan").as_object().contains("type"));
  EXPECT_TRUE(out.at("refusals").as_array().empty());
}

}  // namespace
}  // namespace s3m::console
