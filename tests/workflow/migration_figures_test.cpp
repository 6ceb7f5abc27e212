// What a person sees of a migration while it runs and when it has ended.
#include <algorithm>
#include <csignal>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/job_command.hpp"
#include "console/job_limits.hpp"
#include "tests/workflow/rig.hpp"
#include "workflow/job_run.hpp"
#include "workflow/job_story.hpp"

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t objects = 60;

sim::Scenario moving_world() {
  auto world = article_world(objects);
  world.switches.name_release = std::chrono::milliseconds(700);
  return world;
}

std::vector<ProgressEvent> figures_of(const Rig& rig, std::string_view step) {
  std::vector<ProgressEvent> found;
  for (const auto& progress : rig.events<ProgressEvent>())
    if (progress.step == step) found.push_back(progress);
  return found;
}

void add_to_command(Rig& rig, const std::string& job, const std::vector<std::string>& words) {
  auto command =
      app::decode_command(rig.store()->fact(job, std::string(command_fact)).value().value());
  ASSERT_TRUE(command);
  command->words.insert(command->words.end(), words.begin(), words.end());
  ASSERT_TRUE(rig.store()->set_fact(job, std::string(command_fact), app::encode(*command)));
}

// When the source is gone; the first CreateBucket is the preflight's probe.
void refuse_the_name_once(Rig& rig) {
  rig.deny({.operation = "CreateBucket",
            .bucket = source,
            .first = 2,
            .effect = sim::FaultEffect::error});
}

MigrationStory story_of(Rig& rig) {
  auto story = read_story(*rig.store(), rig.last_job());
  EXPECT_TRUE(story && story->migration);
  return *story->migration;
}

TEST(MigrationFigures, EveryLongStepTellsHowFarItIs) {
  Rig rig(moving_world());
  const auto moved = rig.migrate();
  ASSERT_EQ(moved.exit_code, 0) << moved.message << rig.told();
  for (const auto* const step :
       {"copy", "delta", "prove", "empty", "copy-back", "verify", "discard"}) {
    const auto figures = figures_of(rig, step);
    ASSERT_FALSE(figures.empty()) << step;
    EXPECT_EQ(figures.back().objects_done, objects) << step;
    EXPECT_EQ(figures.back().objects_total, objects) << step;
    EXPECT_TRUE(figures.back().totals_final) << step;
    for (const auto& each : figures)
      EXPECT_LE(each.objects_done, each.objects_total) << step;
  }
  EXPECT_THAT(figures_of(rig, "delta").back().activity, HasSubstr("pass 1"));
  EXPECT_THAT(figures_of(rig, "empty").back().activity, HasSubstr("range 1 of 1"));
  // What an earlier walk has counted is known from the first moment.
  for (const auto* const step : {"prove", "empty", "copy-back", "verify", "discard"})
    EXPECT_EQ(figures_of(rig, step).front().objects_total, objects) << step;
}

TEST(MigrationFigures, ThePercentageNeverFallsAndIsNotFullBeforeAllIsProven) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate().exit_code, 0) << rig.told();
  int highest = 0;
  bool verified = false;
  const auto see = [&](const std::string& step, int percent) {
    EXPECT_GE(percent, highest) << step;
    highest = percent;
    if (percent == 100) EXPECT_TRUE(verified);
    if (step == "delta" || step == "prove" || step == "empty") EXPECT_EQ(percent, 49);
  };
  const auto all = rig.every_event();
  for (const auto& event : all) {
    if (const auto* progress = std::get_if<ProgressEvent>(&event)) {
      see(progress->step, progress->percent);
    } else if (const auto* step = std::get_if<StepEvent>(&event)) {
      see(step->step, step->percent);
      verified |= step->step == "verify" && step->state == StepState::done;
    }
  }
  EXPECT_EQ(highest, 100);
}

TEST(MigrationFigures, FrozenEarlyTheCopyStillCountsFromSix) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate({"--freeze", "early"}).exit_code, 0) << rig.told();
  EXPECT_EQ(rig.step("freeze")->percent, 5);
  EXPECT_EQ(figures_of(rig, "copy").front().percent, 6);
}

TEST(MigrationFigures, WaitsAreShownWithTheirEnd) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate({"--freeze-settle", "1"}).exit_code, 0) << rig.told();
  const auto settling = figures_of(rig, "freeze");
  ASSERT_FALSE(settling.empty());
  EXPECT_GT(settling.back().waited_seconds.value_or(0), 0.0);
  EXPECT_EQ(settling.back().wait_left_seconds, 0.0);
  EXPECT_EQ(settling.back().attempts, 0u);
  const auto waiting = figures_of(rig, "take-name");
  ASSERT_FALSE(waiting.empty());
  EXPECT_GE(waiting.back().attempts, 1u);
  EXPECT_TRUE(waiting.back().waited_seconds && waiting.back().wait_left_seconds);
}

TEST(MigrationFigures, TheExposureIsMeasuredAndKept) {
  Rig rig(moving_world());
  const auto moved = rig.migrate();
  ASSERT_EQ(moved.exit_code, 0) << rig.told();
  ASSERT_TRUE(moved.exposure_seconds);
  EXPECT_GT(*moved.exposure_seconds, 0.0);
  EXPECT_FALSE(moved.exposure_spans_runs);
  const auto story = story_of(rig);
  EXPECT_EQ(story.exposure->seconds(), moved.exposure_seconds);
  EXPECT_THAT(rig.step("take-name")->message, HasSubstr("the name was nobody's for "));
}

TEST(MigrationFigures, AnExposureOverTwoRunsSaysSo) {
  Rig rig(moving_world());
  refuse_the_name_once(rig);
  const auto stopped = rig.migrate();
  ASSERT_EQ(stopped.exit_code, 1) << stopped.message;
  EXPECT_FALSE(stopped.exposure_seconds) << "it goes on";
  EXPECT_THAT(stopped.message, HasSubstr("which is the live copy now"));
  EXPECT_THAT(stopped.go_on, HasSubstr("jobs resume"));
  EXPECT_THAT(stopped.take_back, IsEmpty());
  const auto began = story_of(rig).exposure->from;
  const auto moved = rig.again("resume", rig.last_job());
  ASSERT_TRUE(moved);
  ASSERT_EQ(moved->exit_code, 0) << moved->message;
  EXPECT_TRUE(moved->exposure_spans_runs);
  const auto exposure = story_of(rig).exposure;
  EXPECT_EQ(exposure->from, began);
  EXPECT_EQ(exposure->seconds(), moved->exposure_seconds);
  EXPECT_EQ(moved->deleted, objects) << "by the run before";
}

// As a run that was killed before it could say when the DeleteBucket was sent: the intent tells.
TEST(MigrationFigures, WhereNothingWasSaidTheIntentTellsHowLongAtMost) {
  Rig rig(moving_world());
  refuse_the_name_once(rig);
  ASSERT_EQ(rig.migrate().exit_code, 1);
  const auto job = rig.last_job();
  ASSERT_TRUE(rig.store()->set_fact(job, fact::deleted_at, ""));
  ASSERT_TRUE(rig.store()->set_fact(job, "step/delete-source", "begun"));
  const auto moved = rig.again("resume", job);
  ASSERT_TRUE(moved && moved->exit_code == 0) << rig.told();
  const auto intents = rig.store()->intents_of(job).value();
  EXPECT_EQ(story_of(rig).exposure->from, intents.back().created_at);
  EXPECT_TRUE(moved->exposure_spans_runs);
}

TEST(MigrationFigures, TheConfirmationIsAskedForOnce) {
  Rig rig(moving_world());
  const auto asked = rig.migrate_until_asked();
  EXPECT_EQ(asked.exit_code, 130);
  EXPECT_TRUE(asked.awaits_confirmation);
  EXPECT_THAT(asked.go_on, HasSubstr("--confirm-delete " + source));
  EXPECT_THAT(asked.take_back, HasSubstr("undo " + rig.last_job()));
  EXPECT_EQ(asked.objects, objects);
  int said = 0;
  for (const auto& event : rig.every_event())
    said += to_json_line({}, event).contains("waits for the confirmation") ? 1 : 0;
  EXPECT_EQ(said, 1);
  EXPECT_EQ(rig.step("confirm")->state, StepState::started) << "it has not failed";
}

TEST(MigrationFigures, WhatBecomesOfEachSettingIsKnownBeforeTheConfirmation) {
  auto world = moving_world();
  world.bucket(source, sim::source_account).policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
      R"("arn:aws:iam::111111111111:root"},"Action":"s3:GetObject",)"
      R"("Resource":"arn:aws:s3:::source-bucket/*"}]})";
  Rig rig(world);
  ASSERT_TRUE(rig.migrate_until_asked().awaits_confirmation);
  const auto parts = read_configuration_parts(*rig.store(), rig.last_job());
  ASSERT_TRUE(parts && *parts);
  const auto policy =
      std::ranges::find((*parts)->begin(), (*parts)->end(), "policy", &ConfigurationPart::name);
  ASSERT_NE(policy, (*parts)->end());
  EXPECT_EQ(policy->state, PartState::rewritten);
  EXPECT_THAT(policy->source.value(), HasSubstr("111111111111"));
  EXPECT_THAT(policy->destination.value(), HasSubstr("222222222222"));
  EXPECT_TRUE(std::ranges::any_of(
      **parts, [](const ConfigurationPart& part) { return part.state == PartState::same; }));
}

TEST(MigrationFigures, AKilledSettlingGoesOnForWhatIsLeft) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate_until_asked().exit_code,
            130);  // frozen, and not to be settled for anything
  const auto job = rig.last_job();
  // As if that run had been killed in the middle of a settling of ten minutes.
  const auto half_ago = system_clock().now() - std::chrono::minutes(5);
  ASSERT_TRUE(rig.store()->set_fact(job, fact::frozen_at, iso8601(half_ago)));
  add_to_command(rig, job, {"--freeze-settle", "600"});
  std::optional<double> left;
  rig.on_event([&left](const Event& event) {
    const auto* progress = std::get_if<ProgressEvent>(&event);
    const bool settles = progress != nullptr && progress->step == "freeze";
    if (!settles || left || !progress->wait_left_seconds) return;
    left = *progress->wait_left_seconds;
    std::raise(SIGINT);
  });
  const auto stopped = rig.again("resume", job);
  ASSERT_TRUE(stopped && stopped->exit_code == 130);
  ASSERT_TRUE(left);
  EXPECT_LE(*left, 300.0);
  EXPECT_GT(*left, 200.0);
}

TEST(MigrationFigures, WhatCopiesLackIsCountedOverAllRunsAndReported) {
  const std::string theirs = "arn:aws:kms:us-east-1:111111111111:key/theirs";
  const std::string ours = "arn:aws:kms:eu-central-1:222222222222:key/ours";
  auto world = moving_world();
  world.kms_keys.push_back({.arn = ours, .users = {"*"}});
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "secret", .body = "x", .sse = "aws:kms", .kms_key = theirs});
  Rig rig(world);
  const std::vector<std::string> options{"--kms-key-map",
                                         "arn:aws:kms:us-east-1:111111111111:key/another=" + ours,
                                         "--accept-weak-proof", "--report", rig.file("moved")};
  const auto asked = rig.migrate_until_asked(options);
  ASSERT_EQ(asked.exit_code, 130) << asked.message << rig.told();
  EXPECT_EQ(asked.not_carried, 1u);
  EXPECT_THAT(rig.told(), HasSubstr("not carried: encryption_key of 1 object, as of secret"));
  const auto moved = rig.again("resume", rig.last_job());
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->not_carried, 1u) << "the run before told it";
  const auto losses = story_of(rig).losses;
  ASSERT_EQ(losses.groups().size(), 1u);
  EXPECT_EQ(losses.groups().front().first.front().key, "secret");
}

// What is set in a console while it runs is kept with the job, beside its command line.
TEST(MigrationFigures, LimitsThatWereSetHoldForTheCommandThatIsGivenAgain) {
  Rig rig(moving_world());
  rig.deny({.operation = "CopyObject", .key = "photo-000007", .count = 0});
  ASSERT_EQ(rig.migrate().exit_code, 1);
  const auto job = rig.last_job();
  const console::JobLimits set{.concurrency = 3, .max_requests_per_second = std::nullopt};
  ASSERT_TRUE(rig.store()->set_fact(job, console::limits_fact, console::text_of(set)));
  const auto budgets = [&rig] {
    std::set<std::uint32_t> found;
    for (const auto& progress : rig.events<ProgressEvent>())
      found.insert(progress.budget);
    return found;
  };
  ASSERT_EQ(rig.migrate_again().exit_code, 1);
  EXPECT_THAT(budgets(), testing::ElementsAre(3u));
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  ASSERT_EQ(rig.migrate_again({"--concurrency", "5"}).exit_code, 0) << rig.told();
  EXPECT_THAT(budgets(), testing::ElementsAre(5u)) << "what was said last";
  const auto kept = console::limits_of_job(*rig.store(), job).value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->concurrency, 5u);
}

}  // namespace
}  // namespace s3m::workflow
