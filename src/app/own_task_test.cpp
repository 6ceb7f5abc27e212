#include "app/own_task.hpp"

#include <gtest/gtest.h>

namespace s3m::app {
namespace {

constexpr auto now = WallTime(std::chrono::sys_days(std::chrono::November / 23 / 2026));

// As a container of Fargate gets it, shortened.
constexpr auto answer = R"json({
  "DockerId":"cd189a933e5849daa93386466019ab50-2495160603","Name":"job",
  "Labels":{"com.amazonaws.ecs.cluster":"arn:aws:ecs:us-west-2:111122223333:cluster/default",
    "com.amazonaws.ecs.container-name":"job",
    "com.amazonaws.ecs.task-arn":"arn:aws:ecs:us-west-2:111122223333:task/default/cd189a93",
    "com.amazonaws.ecs.task-definition-family":"s3migrator"},
  "LogDriver":"awslogs","LogOptions":{"awslogs-group":"/ecs/s3migrator",
    "awslogs-region":"us-west-2","awslogs-stream":"job/job/cd189a93"}})json";

TEST(OwnTask, IsReadOfTheMetadata) {
  const auto place = read_own_task(answer, now);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->cluster, "arn:aws:ecs:us-west-2:111122223333:cluster/default");
  EXPECT_EQ(place->arn, "arn:aws:ecs:us-west-2:111122223333:task/default/cd189a93");
  EXPECT_EQ(place->log_group, "/ecs/s3migrator");
  EXPECT_EQ(place->log_stream, "job/job/cd189a93");
  EXPECT_EQ(place->since, now);
  EXPECT_EQ(workflow::decode_task_place(workflow::encode(*place)), place);
}

TEST(OwnTask, ALogThatGoesElsewhereIsNotLookedFor) {
  const auto place = read_own_task(
      R"({"Labels":{"com.amazonaws.ecs.cluster":"c","com.amazonaws.ecs.task-arn":"a"},
          "LogDriver":"splunk","LogOptions":{"awslogs-group":"g"}})",
      now);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->log_group, "");
}

TEST(OwnTask, WhatNamesNoTaskIsNone) {
  for (const auto* text : {"", "[]", "{}", R"({"Labels":{"com.amazonaws.ecs.cluster":"c"}})"})
    EXPECT_FALSE(read_own_task(text, now)) << text;
  EXPECT_FALSE(workflow::decode_task_place(""));
  EXPECT_FALSE(workflow::decode_task_place(R"({"cluster":"c","arn":"a","since":"x"})"));
}

TEST(OwnTask, WithoutTheVariableNobodyIsAsked) {
  EXPECT_FALSE(own_task([](std::string_view) { return std::nullopt; }));
}

}  // namespace
}  // namespace s3m::app
