// The wire of the services around a job: Logs, ECS, CloudWatch, Scheduler.
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/cloudwatch.hpp"
#include "aws/ecs.hpp"
#include "aws/logs.hpp"
#include "aws/scheduler.hpp"
#include "aws/test_service.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Keys final : public CredentialsSource {
 public:
  net::Task<Result<Credentials>> fetch() override {
    co_return Credentials{.access_key_id = "AKIATASK", .secret_access_key = "SENTINEL"};
  }
  std::string describe() const override { return "the task"; }
};

class ServiceClientsTest : public testing::Test {
 protected:
  Client client() {
    return {service_.runtime(),
            std::make_shared<Identity>(service_.loop(), std::make_unique<Keys>()),
            {.url = service_.url(), .region = "eu-west-1"},
            unlimited_admission()};
  }
  boost::json::object body(std::size_t request = 0) const {
    return boost::json::parse(service_.requests().at(request).body).as_object();
  }
  std::string header(std::string_view name, std::size_t request = 0) const {
    return std::string(service_.requests().at(request).headers.get(name));
  }
  Result<LogPage> page(std::string token = {}) {
    Logs logs(client());
    const LogWindow window{.group = "group",
                           .stream = "s3migrator/job/0af1",
                           .start = WallTime(std::chrono::milliseconds(1000)),
                           .end = WallTime(std::chrono::milliseconds(2000))};
    return service_.run(logs.get_log_events(window, std::move(token)));
  }
  Result<EcsTask> begin(RunTaskRequest request = {}) {
    Ecs ecs(client());
    return service_.run(ecs.run_task(std::move(request)));
  }
  Result<bool> enable(bool on, std::string name = "watch", std::string group = {}) {
    Scheduler scheduler(client());
    return service_.run(scheduler.enable(std::move(name), std::move(group), on));
  }

  TestService service_;
};

TEST_F(ServiceClientsTest, APageOfALogIsAskedForByWindowAndToken) {
  service_.answer(200, R"({"events":[{"timestamp":1500,"message":"{\"v\":1}","ingestionTime":9},
      {"timestamp":1501,"message":"text"}],"nextForwardToken":"f/2","nextBackwardToken":"b/1"})");
  const auto first = page();
  ASSERT_TRUE(first) << first.error().describe();
  ASSERT_EQ(first->events.size(), 2u);
  EXPECT_EQ(first->events[0].time, WallTime(std::chrono::milliseconds(1500)));
  EXPECT_EQ(first->events[0].message, R"({"v":1})");
  EXPECT_EQ(first->next, "f/2");
  EXPECT_FALSE(first->last);
  EXPECT_EQ(header("x-amz-target"), "Logs_20140328.GetLogEvents");
  EXPECT_EQ(header("content-type"), "application/x-amz-json-1.1");
  EXPECT_THAT(header("authorization"),
              AllOf(HasSubstr("/eu-west-1/logs/aws4_request"), HasSubstr("x-amz-target")));
  EXPECT_EQ(body(), (boost::json::object{{"logGroupName", "group"},
                                         {"logStreamName", "s3migrator/job/0af1"},
                                         {"startTime", 1000},
                                         {"endTime", 2000},
                                         {"startFromHead", true}}));
}

TEST_F(ServiceClientsTest, AnEmptyPageIsNotTheEndOfALogUntilItsTokenRepeats) {
  service_.answer(200, R"({"events":[],"nextForwardToken":"f/3"})");
  const auto moved = page("f/2");
  ASSERT_TRUE(moved);
  EXPECT_FALSE(moved->last);
  const auto stands = page("f/3");
  ASSERT_TRUE(stands);
  EXPECT_TRUE(stands->last);
  EXPECT_EQ(body(1).at("nextToken").as_string(), "f/3");
}

TEST_F(ServiceClientsTest, ALogThatIsNotThereAndOneThatBreaksItsContract) {
  service_.answer(400, R"({"__type":"ResourceNotFoundException","message":"no such stream"})");
  const auto missing = page();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Errc::not_found);
  for (const auto* broken : {"", "[]", R"({"events":[]})", R"({"events":[)"}) {
    service_.forget();
    service_.answer(200, broken);
    const auto page_of_it = page();
    ASSERT_FALSE(page_of_it) << broken;
    EXPECT_EQ(page_of_it.error().code(), Errc::protocol) << broken;
    EXPECT_EQ(page_of_it.error().operation(), "GetLogEvents");
  }
}

TEST_F(ServiceClientsTest, ATaskIsBegunWithItsOverrides) {
  service_.answer(200, R"({"tasks":[{"taskArn":"arn:aws:ecs:eu-west-1:1:task/c/0af1",
      "clusterArn":"arn:aws:ecs:eu-west-1:1:cluster/c","lastStatus":"PROVISIONING",
      "desiredStatus":"RUNNING","containers":[{"name":"job"}]}],"failures":[]})");
  const auto task = begin({.cluster = "c",
                           .task_definition = "s3migrator",
                           .subnets = {"subnet-1", "subnet-2"},
                           .security_groups = {"sg-1"},
                           .public_ip = true,
                           .client_token = "job-1",
                           .started_by = "job",
                           .container = "job",
                           .command = {"copy", "s3://a", "s3://b"},
                           .environment = {{"S3MIGRATOR_STORE", "x"}}});
  ASSERT_TRUE(task) << task.error().describe();
  EXPECT_EQ(task_id(task->arn), "0af1");
  EXPECT_EQ(task->last_status, "PROVISIONING");
  EXPECT_FALSE(task->exit_code);
  EXPECT_EQ(header("x-amz-target"), "AmazonEC2ContainerServiceV20141113.RunTask");
  EXPECT_EQ(body(), boost::json::parse(R"({"cluster":"c","taskDefinition":"s3migrator","count":1,
      "clientToken":"job-1","startedBy":"job","launchType":"FARGATE",
      "propagateTags":"TASK_DEFINITION",
      "networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1","subnet-2"],
        "securityGroups":["sg-1"],"assignPublicIp":"ENABLED"}},
      "overrides":{"containerOverrides":[{"name":"job","command":["copy","s3://a","s3://b"],
        "environment":[{"name":"S3MIGRATOR_STORE","value":"x"}]}]}})")
                        .as_object());
}

TEST_F(ServiceClientsTest, ASpotTaskNamesNoLaunchType) {
  service_.answer(200, R"({"tasks":[{"taskArn":"arn"}]})");
  ASSERT_TRUE(begin({.spot = true}));
  EXPECT_FALSE(body().contains("launchType"));
  EXPECT_EQ(body().at("capacityProviderStrategy"),
            boost::json::parse(R"([{"capacityProvider":"FARGATE_SPOT","weight":1}])"));
}

TEST_F(ServiceClientsTest, A200WithFailuresIsNoTask) {
  service_.answer(200, R"({"tasks":[],"failures":[{"arn":"arn:aws:ecs:::x","reason":"RESOURCE:ENI",
      "detail":"no address is left"}]})");
  const auto task = begin();
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().code(), Errc::unavailable);
  EXPECT_EQ(task.error().service_code(), "RESOURCE:ENI");
  EXPECT_THAT(task.error().describe(), HasSubstr("no address is left"));
  EXPECT_EQ(service_.requests().size(), 1u);
}

TEST_F(ServiceClientsTest, TheTokenOfAnotherTaskIsAConflictAndAMissingClusterIsSaid) {
  service_.answer(400, R"({"__type":"ConflictException","message":"another task"})");
  EXPECT_EQ(begin().error().code(), Errc::conflict);
  service_.forget();
  service_.answer(400, R"({"__type":"ClusterNotFoundException","message":"Cluster not found."})");
  EXPECT_EQ(begin().error().code(), Errc::not_found);
}

TEST_F(ServiceClientsTest, TasksAreDescribedAndMissingOnesNamed) {
  service_.answer(200, R"({"tasks":[{"taskArn":"arn/1","lastStatus":"STOPPED",
      "desiredStatus":"STOPPED","stopCode":"SpotInterruption",
      "stoppedReason":"Your Spot Task was interrupted.","stoppedAt":1763886000.25,
      "containers":[{"name":"job","exitCode":137},{"name":"agent","exitCode":0}]}],
      "failures":[{"arn":"arn/2","reason":"MISSING"}]})");
  Ecs ecs(client());
  const auto found = service_.run(ecs.describe_tasks("c", {"arn/1", "arn/2"}));
  ASSERT_TRUE(found) << found.error().describe();
  ASSERT_EQ(found->tasks.size(), 1u);
  EXPECT_TRUE(found->tasks[0].stopped());
  EXPECT_EQ(found->tasks[0].exit_code, 137);
  EXPECT_EQ(found->tasks[0].stop_code, "SpotInterruption");
  EXPECT_EQ(found->tasks[0].stopped_at, WallTime(std::chrono::milliseconds(1763886000250)));
  EXPECT_THAT(found->missing, ElementsAre("arn/2"));
}

TEST_F(ServiceClientsTest, ATaskIsStopped) {
  service_.answer(200, R"({"task":{"taskArn":"arn/1","desiredStatus":"STOPPED"}})");
  Ecs ecs(client());
  const auto task = service_.run(ecs.stop_task("c", "arn/1", "asked to"));
  ASSERT_TRUE(task);
  EXPECT_EQ(task->desired_status, "STOPPED");
  EXPECT_FALSE(task->stopped());
  EXPECT_EQ(body(),
            (boost::json::object{{"cluster", "c"}, {"task", "arn/1"}, {"reason", "asked to"}}));
}

TEST_F(ServiceClientsTest, AMetricIsPutAsAForm) {
  service_.answer(200, "<PutMetricDataResponse/>");
  CloudWatch watch(client());
  const auto put = service_.run(watch.put_metric_data(
      "S3Migrator", {{.name = "Percent",
                      .value = 41.5,
                      .unit = "Percent",
                      .time = std::chrono::sys_days(std::chrono::November / 23 / 2026),
                      .dimensions = {{"Job", "a b"}}}}));
  ASSERT_TRUE(put) << put.error().describe();
  EXPECT_EQ(service_.requests()[0].body,
            "Action=PutMetricData&Version=2010-08-01&Namespace=S3Migrator"
            "&MetricData.member.1.MetricName=Percent&MetricData.member.1.Value=41.5"
            "&MetricData.member.1.Unit=Percent"
            "&MetricData.member.1.Timestamp=2026-11-23T00%3A00%3A00Z"
            "&MetricData.member.1.Dimensions.member.1.Name=Job"
            "&MetricData.member.1.Dimensions.member.1.Value=a%20b");
  EXPECT_THAT(header("authorization"), HasSubstr("/monitoring/aws4_request"));
}

constexpr auto schedule =
    R"json({"Arn":"arn:aws:scheduler:::x","Name":"watch","GroupName":"default","State":"DISABLED",
        "CreationDate":1.5,"LastModificationDate":2.5,"StartDate":null,"Description":"d",
        "ScheduleExpression":"rate(15 minutes)","ScheduleExpressionTimezone":"UTC",
        "FlexibleTimeWindow":{"Mode":"OFF"},"Target":{"Arn":"a","RoleArn":"r","Input":"{}"}})json";

TEST_F(ServiceClientsTest, AScheduleIsSwitchedWithAllThatItHas) {
  service_.answer(200, schedule).answer(200, R"({"ScheduleArn":"arn"})");
  const auto changed = enable(true, "watch", "of.us");
  ASSERT_TRUE(changed) << changed.error().describe();
  EXPECT_TRUE(*changed);
  ASSERT_EQ(service_.requests().size(), 2u);
  EXPECT_EQ(service_.requests()[0].target, "/schedules/watch?groupName=of.us");
  EXPECT_EQ(service_.requests()[1].method, "PUT");
  EXPECT_EQ(service_.requests()[1].target, "/schedules/watch");
  EXPECT_EQ(body(1), boost::json::parse(R"json({"State":"ENABLED","GroupName":"default",
      "Description":"d","ScheduleExpression":"rate(15 minutes)","ScheduleExpressionTimezone":"UTC",
      "FlexibleTimeWindow":{"Mode":"OFF"},"Target":{"Arn":"a","RoleArn":"r","Input":"{}"}})json")
                         .as_object());
}

TEST_F(ServiceClientsTest, AScheduleThatStandsRightIsLeftAlone) {
  service_.answer(200, schedule);
  const auto changed = enable(false);
  ASSERT_TRUE(changed);
  EXPECT_FALSE(*changed);
  EXPECT_EQ(service_.requests().size(), 1u);
}

TEST_F(ServiceClientsTest, AScheduleThatCannotBeSwitched) {
  EXPECT_EQ(enable(true, "a/../b").error().code(), Errc::invalid_argument);
  EXPECT_EQ(enable(true, "").error().code(), Errc::invalid_argument);
  EXPECT_THAT(service_.requests(), IsEmpty());
  service_.answer(404, R"({"__type":"ResourceNotFoundException","Message":"none"})");
  EXPECT_EQ(enable(true).error().code(), Errc::not_found);
  service_.forget();
  service_.answer(200, R"({"State":"DISABLED"})");
  EXPECT_EQ(enable(true).error().code(), Errc::protocol);
  EXPECT_EQ(service_.requests().size(), 1u) << "nothing is written that was not read whole";
}

}  // namespace
}  // namespace s3m::aws
