#include "app/task_order.hpp"

#include <csignal>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli.hpp"
#include "app/job_command.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"
#include "workflow/job_control.hpp"
#include "workflow/job_run.hpp"

namespace s3m::app {
namespace {

using store::must;
using testing::ElementsAre;
using testing::HasSubstr;

class TaskOrderTest : public testing::Test {
 protected:
  TaskOrderTest() { set("S3MIGRATOR_STORE", url()); }
  ~TaskOrderTest() override { let_go_signals(); }

  std::string url() const { return (directory_.path() / "store.db").string(); }
  void set(const std::string& name, const std::string& value) { variables_[name] = value; }
  Result<TaskOrder> order() const {
    const auto parsed = parse_command_line({"s3migrator", "task", "--json"});
    return task_order(
        std::get<Arguments>(parsed),
        [this](std::string_view name) -> std::optional<std::string> {
          const auto found = variables_.find(name);
          if (found == variables_.end()) return std::nullopt;
          return found->second;
        },
        signals_);
  }
  // A copy that the store knows.
  void know(const std::string& id, store::JobState state, std::optional<int> exit_code) {
    auto store = must(store::open_store({.url = url()}));
    must(store->create_job(id, "copy", "{}"));
    must(store->set_fact(id, workflow::command_fact,
                         encode({"/", {"s3migrator", "copy", "s3://aaa", "s3://bbb"}})));
    must(store->set_job_state(id, state, exit_code));
  }

  store::TemporaryDirectory directory_;
  HeldSignals signals_;
  std::map<std::string, std::string, std::less<>> variables_;
};

TEST_F(TaskOrderTest, WordsMakeAJobOfThatId) {
  set("S3MIGRATOR_JOB", R"(["copy", "s3://aaa/x", "s3://bbb", "--verify=checksum"])");
  set("S3MIGRATOR_JOB_ID", "nightly-1");
  const auto made = order();
  ASSERT_TRUE(made) << made.error().describe();
  ASSERT_TRUE(made->command);
  EXPECT_EQ(made->command->verb, Verb::copy);
  EXPECT_EQ(made->command->source.bucket, "aaa");
  EXPECT_EQ(made->command->job, "nightly-1");
  EXPECT_FALSE(made->command->again);
  EXPECT_TRUE(made->command->output.json);
  EXPECT_THAT(made->command->words,
              ElementsAre("s3migrator", "copy", "s3://aaa/x", "s3://bbb", "--verify=checksum"));
}

TEST_F(TaskOrderTest, WithoutAnIdTheJobGetsOne) {
  set("S3MIGRATOR_JOB", R"(["copy","s3://aaa","s3://bbb"])");
  const auto made = order();
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->command->job.empty());
}

TEST_F(TaskOrderTest, TheSameIdAgainGoesOnWithTheJob) {
  know("nightly-1", store::JobState::paused, 130);
  set("S3MIGRATOR_JOB", R"(["copy","s3://aaa","s3://bbb"])");
  set("S3MIGRATOR_JOB_ID", "nightly-1");
  const auto taken = order();
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_EQ(taken->command->job, "nightly-1");
  EXPECT_EQ(taken->command->again, workflow::Again::resume);
  EXPECT_EQ(taken->command->attempt, 2);
}

TEST_F(TaskOrderTest, TheIdAloneGoesOnWithAJobOfTheStore) {
  know("nightly-1", store::JobState::failed, 1);
  set("S3MIGRATOR_JOB", "nightly-1");
  const auto taken = order();
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_EQ(taken->command->again, workflow::Again::resume);
  set("S3MIGRATOR_JOB", "nightly-2");
  EXPECT_EQ(order().error().code(), Errc::not_found);
}

TEST_F(TaskOrderTest, WordsThatGoOnWithAJobTakeItUp) {
  know("nightly-1", store::JobState::done, 0);
  set("S3MIGRATOR_JOB", R"(["jobs","retry","nightly-1"])");
  const auto taken = order();
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_EQ(taken->command->job, "nightly-1");
  EXPECT_EQ(taken->command->again, workflow::Again::retry);
  set("S3MIGRATOR_JOB", R"(["jobs","resume","nightly-1"])");
  EXPECT_EQ(order().error().code(), Errc::refused) << "it has ended well";
}

// A container that is begun again while the lease of a dead one lasts.
TEST_F(TaskOrderTest, TheLeaseOfAProcessElsewhereIsWaitedFor) {
  know("nightly-1", store::JobState::running, {});
  const auto elsewhere = "17 4242 pid:[1] another-boot";
  auto store = must(store::open_store({.url = url()}));
  must(store->claim_job("nightly-1", elsewhere, std::chrono::milliseconds(1500)));
  set("S3MIGRATOR_JOB", "nightly-1");
  const auto taken = order();
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_TRUE(workflow::take_claim(*store, "nightly-1", std::chrono::seconds(1)));
}

TEST_F(TaskOrderTest, SigtermEndsTheWait) {
  know("nightly-1", store::JobState::running, {});
  auto store = must(store::open_store({.url = url()}));
  must(store->claim_job("nightly-1", "17 4242 pid:[1] another-boot", std::chrono::hours(1)));
  set("S3MIGRATOR_JOB", "nightly-1");
  ::raise(SIGTERM);  // held by signals_
  EXPECT_EQ(order().error().code(), Errc::cancelled);
}

TEST_F(TaskOrderTest, WhatIsDoneIsNotBegunAgain) {
  know("done", store::JobState::done, 0);
  know("cancelled", store::JobState::cancelled, 130);
  know("some-failed", store::JobState::done, 3);
  set("S3MIGRATOR_JOB", "done");
  EXPECT_FALSE(order()->command);
  EXPECT_EQ(order()->exit_code, 0);
  EXPECT_THAT(order()->said, HasSubstr("job done is done"));
  set("S3MIGRATOR_JOB", "cancelled");
  EXPECT_FALSE(order()->command);
  EXPECT_EQ(order()->exit_code, 1);
  set("S3MIGRATOR_JOB", "some-failed");
  EXPECT_TRUE(order()->command) << "what failed is tried again";
}

TEST_F(TaskOrderTest, WhatIsNoOrderIsSaid) {
  EXPECT_THAT(order().error().message(), HasSubstr("it is not set"));
  const std::pair<const char*, const char*> cases[] = {
      {"[1]", "no string"},
      {"[\"copy\"", "no JSON array"},
      {"[]", "must begin with copy, migrate"},
      {R"(["jobs","delete","x"])", "must begin with copy, migrate"},
      {R"(["copy","s3://aaa"])", "DESTINATION is missing"},
      {R"(["copy","s3://aaa","s3://bbb","--dry-run"])", "makes no job"},
      {R"(["copy","s3://aaa","s3://bbb","--store=x.db"])", "--store is not taken"},
      {"A job", "neither words"},
      {"s3://bucket", "no object"},
  };
  for (const auto& [text, why] : cases) {
    set("S3MIGRATOR_JOB", text);
    const auto refused = order();
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code(), Errc::usage) << text;
    EXPECT_THAT(refused.error().message(), HasSubstr(why)) << text;
  }
  set("S3MIGRATOR_JOB", R"(["copy","s3://aaa","s3://bbb"])");
  set("S3MIGRATOR_JOB_ID", "no/id");
  EXPECT_THAT(order().error().message(), HasSubstr("S3MIGRATOR_JOB_ID"));
}

}  // namespace
}  // namespace s3m::app
