// Every copy is a job: what the store knows of it, and what may be done with it from outside.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/job_recorder.hpp"
#include "workflow/job_run.hpp"
#include "workflow/job_story.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using store::JobState;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string elsewhere = "17 4242 pid:[1] another-boot";

JobStory story_of(Rig& rig, const std::string& job) {
  const auto store = rig.store();
  return read_story(*store, job).value();
}

// Before the `nth` CopyObject, on the cloud's thread.
void before_copy(Rig& rig, int nth, std::function<void()> act) {
  rig.cloud([&](sim::Cloud& cloud) {
    auto left = std::make_shared<int>(nth);
    cloud.before_each([left, act](const sim::RequestRecord& record) {
      if (record.operation == "CopyObject" && --*left == 0) act();
    });
  });
}

TEST(Jobs, ACopyLeavesItsStoryInTheStore) {
  Rig rig(two_bucket_world());
  ASSERT_EQ(rig.copy().exit_code, 0);
  const auto story = story_of(rig, rig.last_job());
  EXPECT_EQ(story.view.state(), "done");
  EXPECT_EQ(story.view.percent(), 100);
  EXPECT_EQ(story.view.claim, std::nullopt);
  EXPECT_EQ(story.view.job.kind, "copy");
  EXPECT_EQ(story.summary->copied, 30u);
  EXPECT_FALSE(story.has_failures);
  std::string steps;
  for (const auto& step : story.view.steps) {
    steps += step.name + " ";
    EXPECT_TRUE(step.ended_at) << step.name;
  }
  EXPECT_EQ(steps, "preflight destination grant copy verify revoke report ");

  const auto store = rig.store();
  const auto events = store->events_of(rig.last_job(), {}, 100).value();
  ASSERT_FALSE(events.empty());
  EXPECT_THAT(events.front().line, HasSubstr("(job " + rig.last_job() + ")"));
  EXPECT_THAT(events.back().line, HasSubstr("\"type\":\"summary\""));
}

// Whoever reads the file, or a backup of it, must not be able to sign a request.
TEST(Jobs, NoCredentialsAreInTheStore) {
  Rig rig(two_bucket_world());
  ASSERT_EQ(rig.copy().exit_code, 0);
  ASSERT_EQ(rig.copy({"--verify", "checksum"}).exit_code, 0);
  for (const auto* const suffix : {"", "-wal"}) {
    std::ifstream file(rig.file("store.db") + suffix, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_THAT(bytes, Not(HasSubstr(rig.environment.at("AWS_SECRET_ACCESS_KEY"))));
    EXPECT_THAT(bytes, Not(HasSubstr(rig.environment.at("AWS_ACCESS_KEY_ID"))));
  }
}

TEST(Jobs, CtrlCPausesAndResumeFinishes) {
  Rig rig(two_bucket_world(500));
  before_copy(rig, 50, [] { ::kill(::getpid(), SIGINT); });
  ASSERT_EQ(rig.copy({"--concurrency", "4"}).exit_code, 130);
  const auto job = rig.last_job();
  EXPECT_EQ(story_of(rig, job).view.state(), "paused");

  const auto resumed = rig.again("resume", job);
  ASSERT_TRUE(resumed) << resumed.error().describe();
  EXPECT_EQ(resumed->exit_code, 0) << resumed->message;
  EXPECT_GT(resumed->skipped, 0u);
  EXPECT_EQ(rig.keys(destination), rig.keys(source));
  const auto story = story_of(rig, job);
  EXPECT_EQ(story.view.state(), "done");
  EXPECT_EQ(story.view.job.attempt, 2);
  EXPECT_EQ(rig.store()->jobs(10)->size(), 1u) << "it is the same job";
  EXPECT_FALSE(rig.again("resume", job)) << "there is nothing left to do";
}

// Every percentage that the last run told, in its order.
std::vector<int> percents(const Rig& rig) {
  std::vector<int> told;
  for (const auto& event : rig.every_event()) {
    if (const auto* step = std::get_if<StepEvent>(&event)) told.push_back(step->percent);
    if (const auto* progress = std::get_if<ProgressEvent>(&event))
      told.push_back(progress->percent);
  }
  return told;
}

TEST(Jobs, APercentageNeverFallsOverTheRunsOfACopy) {
  Rig rig(two_bucket_world(400));
  rig.cloud([](sim::Cloud& cloud) { cloud.latency({{.operation = "CopyObject", .fixed = 20ms}}); });
  bool stopped = false;
  rig.on_event([&stopped](const Event& event) {
    const auto* const progress = std::get_if<ProgressEvent>(&event);
    if (progress == nullptr || progress->percent <= 20) return;
    if (!std::exchange(stopped, true)) ::kill(::getpid(), SIGINT);
  });
  ASSERT_EQ(rig.copy({"--concurrency", "4"}).exit_code, 130);
  const auto job = rig.last_job();
  const int before = story_of(rig, job).view.percent();
  EXPECT_EQ(before, percents(rig).back());
  EXPECT_GT(before, 20);

  // As another process sees it, too: from the first word on, before anything of it is stored.
  int seen = 100;
  rig.on_event([&](const Event&) { seen = std::min(seen, story_of(rig, job).view.percent()); });
  rig.cloud([](sim::Cloud& cloud) { cloud.latency({{.operation = "CopyObject", .fixed = 2ms}}); });
  ASSERT_TRUE(rig.again("resume", job));
  EXPECT_EQ(seen, before);
  const auto told = percents(rig);
  EXPECT_GE(told.front(), before);
  EXPECT_TRUE(std::ranges::is_sorted(told)) << testing::PrintToString(told);
  EXPECT_EQ(told.back(), 100);
  EXPECT_EQ(rig.store()->fact(job, resumed_from_fact).value(), "copy");

  rig.on_event(nullptr);
  ASSERT_TRUE(rig.again("retry", job));
  EXPECT_EQ(percents(rig).front(), 0) << "it had ended well, and is begun anew";
  EXPECT_EQ(rig.store()->fact(job, resumed_from_fact).value(), "");
}

TEST(Jobs, AnotherProcessPausesACopy) {
  Rig rig(two_bucket_world(5000));
  rig.cloud([](sim::Cloud& cloud) { cloud.latency({{.operation = "CopyObject", .fixed = 20ms}}); });
  before_copy(rig, 10, [&rig] {
    const auto store = rig.store();
    EXPECT_TRUE(pause_job(*store, store->jobs(1)->front().id));
  });
  const auto paused = rig.copy({"--concurrency", "4"});
  EXPECT_EQ(paused.exit_code, 130);
  EXPECT_THAT(paused.message, AllOf(HasSubstr("another process asked"),
                                    HasSubstr("jobs resume " + rig.last_job())));
  EXPECT_EQ(story_of(rig, rig.last_job()).view.state(), "paused");
  EXPECT_EQ(rig.policy(destination), "");
}

TEST(Jobs, AnotherProcessCancelsACopyForGood) {
  Rig rig(two_bucket_world(5000));
  rig.cloud([](sim::Cloud& cloud) { cloud.latency({{.operation = "CopyObject", .fixed = 20ms}}); });
  before_copy(rig, 10, [&rig] {
    const auto store = rig.store();
    EXPECT_TRUE(cancel_job(*store, store->jobs(1)->front().id));
  });
  const auto cancelled = rig.copy({"--concurrency", "4"});
  EXPECT_EQ(cancelled.exit_code, 130);
  EXPECT_EQ(cancelled.outcome, "cancelled");
  EXPECT_EQ(story_of(rig, rig.last_job()).view.state(), "cancelled");
  EXPECT_EQ(rig.policy(destination), "");
  const auto resumed = rig.again("resume", rig.last_job());
  ASSERT_FALSE(resumed);
  EXPECT_THAT(resumed.error().describe(), HasSubstr("was cancelled"));
}

TEST(Jobs, AJobThatAnotherProcessRunsIsRefused) {
  Rig rig(two_bucket_world());
  rig.fault({.operation = "CopyObject", .count = 0, .status = 404, .code = "NoSuchBucket"});
  ASSERT_EQ(rig.copy().exit_code, 1);
  const auto job = rig.last_job();
  ASSERT_TRUE(rig.store()->claim_job(job, elsewhere, 1h));
  rig.forget_requests();
  const auto refused = rig.again("resume", job);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->exit_code, 1);
  EXPECT_THAT(refused->message, HasSubstr("is being run by process 17"));
  EXPECT_THAT(rig.writes(), testing::IsEmpty());
}

TEST(Jobs, WhatFailedIsListedAndCopiedByARetry) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "CopyObject", .key = "photo-000007", .count = 0});
  ASSERT_EQ(rig.copy().exit_code, 3);
  const auto job = rig.last_job();
  const auto failures = rig.store()->failures_of(job, 10, 0).value();
  ASSERT_FALSE(failures.empty());
  EXPECT_EQ(failures.front().key, "photo-000007");
  EXPECT_EQ(failures.front().service_code, "AccessDenied");
  EXPECT_FALSE(failures.front().request_id.empty());
  EXPECT_EQ(story_of(rig, job).view.state(), "failed-objects");

  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto retried = rig.again("retry", job);
  ASSERT_TRUE(retried) << retried.error().describe();
  EXPECT_EQ(retried->exit_code, 0) << retried->message;
  EXPECT_EQ(retried->copied, 1u);
  EXPECT_FALSE(story_of(rig, job).has_failures);
}

std::vector<std::string> keys_that_failed(Rig& rig, const std::string& job) {
  std::vector<std::string> keys;
  for (const auto& failure : failures_that_count(*rig.store(), job, 10, 0).value())
    keys.push_back(failure.key);
  std::ranges::sort(keys);
  return keys;
}

// The number of the failure of a key.
std::string number_of(Rig& rig, const std::string& job, const std::string& key) {
  for (const auto& failure : failures_that_count(*rig.store(), job, 10, 0).value())
    if (failure.key == key) return std::to_string(failure.number);
  return "0";
}

TEST(Jobs, SomeFailuresAreTriedAgainAndTheOthersStay) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "CopyObject", .key = "photo-00001*", .count = 0});
  ASSERT_EQ(rig.copy().exit_code, 3);
  const auto job = rig.last_job();
  ASSERT_EQ(keys_that_failed(rig, job).size(), 10u);
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  rig.forget_requests();
  const auto some = rig.again("retry", job,
                              {"--failure", number_of(rig, job, "photo-000012"), "--failure",
                               number_of(rig, job, "photo-000017")});
  ASSERT_TRUE(some) << some.error().describe();
  EXPECT_EQ(some->exit_code, 3) << some->message;
  EXPECT_EQ(rig.requests("CopyObject"), 2u) << "the others were not tried";
  EXPECT_EQ(some->objects, 30u);
  EXPECT_EQ(some->copied, 2u);
  EXPECT_EQ(some->skipped, 20u);
  EXPECT_EQ(some->failed, 8u);
  EXPECT_EQ(some->missing, 8u);
  EXPECT_THAT(rig.told(), HasSubstr("2 failures tried again, as was asked; 8 others left"));
  const auto left = keys_that_failed(rig, job);
  EXPECT_EQ(left.size(), 8u);
  EXPECT_THAT(left, Not(testing::Contains("photo-000012")));
  const auto failures = failures_that_count(*rig.store(), job, 10, 0).value();
  EXPECT_EQ(failures.front().service_code, "AccessDenied") << "as it was told before";

  // A choice among those that are left, by the numbers that they have now.
  const auto one = rig.again("retry", job, {"--failure", number_of(rig, job, "photo-000010")});
  ASSERT_TRUE(one) << one.error().describe();
  EXPECT_EQ(one->failed, 7u);
  EXPECT_EQ(rig.requests("CopyObject"), 3u);
  EXPECT_FALSE(rig.again("retry", job, {"--failure", "1"})) << "it counts no more";

  const auto all = rig.again("retry", job);
  ASSERT_TRUE(all) << all.error().describe();
  EXPECT_EQ(all->exit_code, 0) << all->message;
  EXPECT_EQ(all->copied, 7u);
  EXPECT_FALSE(story_of(rig, job).has_failures);
}

TEST(Jobs, ARunOfSomeFailuresThatWasStoppedIsGoneOnWithForThem) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "CopyObject", .key = "photo-00001*", .count = 0});
  ASSERT_EQ(rig.copy().exit_code, 3);
  const auto job = rig.last_job();
  rig.cloud([](sim::Cloud& cloud) {
    cloud.faults().clear();
    cloud.latency({{.operation = "CopyObject", .fixed = 300ms}});
  });
  before_copy(rig, 1, [] { ::kill(::getpid(), SIGINT); });
  const auto chosen = number_of(rig, job, "photo-000015");
  const auto stopped = rig.again("retry", job, {"--failure", chosen});
  ASSERT_TRUE(stopped) << stopped.error().describe();
  ASSERT_EQ(stopped->exit_code, 130);
  EXPECT_FALSE(rig.again("retry", job, {"--failure", chosen})) << "it has not come to its end";

  rig.cloud([](sim::Cloud& cloud) { cloud.latency({}); });
  rig.forget_requests();
  const auto resumed = rig.again("resume", job);
  ASSERT_TRUE(resumed) << resumed.error().describe();
  EXPECT_EQ(resumed->exit_code, 3) << resumed->message;
  EXPECT_LE(rig.requests("CopyObject"), 1u);
  EXPECT_EQ(resumed->copied + resumed->skipped, 21u);
  EXPECT_EQ(resumed->failed, 9u);
  const auto left = keys_that_failed(rig, job);
  EXPECT_EQ(left.size(), 9u);
  EXPECT_THAT(left, Not(testing::Contains("photo-000015")));

  // It has come to its end: who goes on now goes on with all.
  const auto all = rig.again("resume", job);
  ASSERT_TRUE(all) << all.error().describe();
  EXPECT_EQ(all->exit_code, 0) << all->message;
}

TEST(Jobs, AnEnvironmentThatNamesAnotherServerIsRefused) {
  Rig rig(two_bucket_world()), other(two_bucket_world());
  rig.fault({.operation = "CopyObject", .count = 0, .status = 404, .code = "NoSuchBucket"});
  ASSERT_EQ(rig.copy().exit_code, 1);
  rig.environment["AWS_ENDPOINT_URL"] = other.endpoint();
  const auto refused = rig.again("resume", rig.last_job());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->exit_code, 1);
  EXPECT_THAT(refused->message, AllOf(HasSubstr(rig.endpoint()), HasSubstr(other.endpoint())));
  EXPECT_THAT(other.writes(), testing::IsEmpty());
}

TEST(Jobs, AReportIsMadeOfWhatTheStoreKnows) {
  Rig rig(two_bucket_world());
  rig.deny({.operation = "CopyObject", .key = "photo-000007", .count = 0});
  ASSERT_EQ(rig.copy({"--report", rig.file("own.csv")}).exit_code, 3);
  const auto store = rig.store();
  const auto story = read_story(*store, rig.last_job()).value();
  auto failures = read_failures(*store, rig.last_job()).value();
  const auto report = report_of(story, "s3migrator").value();
  ASSERT_TRUE(write_report(report_files(rig.file("stored.csv")), report, failures));
  const auto read = [&](const std::string& name) {
    std::ifstream file(rig.file(name));
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_THAT(read("own.csv"), HasSubstr("photo-000007"));
  EXPECT_EQ(read("stored.csv"), read("own.csv"));
  EXPECT_EQ(report.summary.failed, 1u);
  EXPECT_EQ(report.steps.size(), 7u);
}

}  // namespace
}  // namespace s3m::workflow
