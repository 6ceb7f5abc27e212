#include "workflow/job_control.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "store/process_identity.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using store::JobState;
using testing::HasSubstr;

const std::string elsewhere = "17 4242 pid:[1] another-boot";

class JobControlTest : public testing::Test {
 protected:
  JobControlTest() {
    std::filesystem::create_directory(directory_);
    auto opened = store::open_store({.url = (directory_ / "store.db").string()});
    EXPECT_TRUE(opened) << opened.error().describe();
    store_ = *std::move(opened);
    EXPECT_TRUE(store_->create_job("j", "copy", "{}"));
  }
  ~JobControlTest() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void set(JobState state, std::optional<int> exit_code) {
    EXPECT_TRUE(store_->set_job_state("j", state, exit_code));
  }
  void runs_elsewhere() { EXPECT_TRUE(store_->claim_job("j", elsewhere, 1h)); }
  std::string state() { return std::string(view_job(*store_, "j").value().state()); }
  store::JobRecord job() { return view_job(*store_, "j").value().job; }
  // The words of a refusal.
  template <class T>
  static std::string refusal(const Result<T>& result) {
    if (result || result.error().code() != Errc::refused) return "NOT REFUSED";
    return result.error().describe();
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("s3m-control-" + random_hex(6));
  std::unique_ptr<store::Store> store_;
};

TEST_F(JobControlTest, TheStateInOneWord) {
  EXPECT_EQ(state(), "interrupted") << "nobody runs it";
  runs_elsewhere();
  EXPECT_EQ(state(), "running");
  ASSERT_TRUE(store_->request("j", store::JobRequest::pause));
  EXPECT_EQ(state(), "pausing");
  ASSERT_TRUE(store_->request("j", store::JobRequest::cancel));
  EXPECT_EQ(state(), "cancelling");
  const std::vector<std::tuple<JobState, int, std::string>> ends{
      {JobState::paused, 130, "paused"},     {JobState::done, 0, "done"},
      {JobState::done, 3, "failed-objects"}, {JobState::done, 4, "mismatch"},
      {JobState::failed, 1, "failed"},       {JobState::cancelled, 130, "cancelled"}};
  for (const auto& [ended, code, word] : ends) {
    set(ended, code);
    EXPECT_EQ(state(), word);
  }
}

TEST_F(JobControlTest, ThePercentIsTheHighestOfItsSteps) {
  ASSERT_TRUE(store_->record_step({.job_id = "j", .name = "a", .number = 1, .percent = 42}));
  ASSERT_TRUE(store_->record_step({.job_id = "j", .name = "b", .number = 2, .percent = 6}));
  EXPECT_EQ(view_job(*store_, "j")->percent(), 42);
  set(JobState::done, 3);
  EXPECT_EQ(view_job(*store_, "j")->percent(), 42);
  set(JobState::done, 0);
  EXPECT_EQ(view_job(*store_, "j")->percent(), 100);
}

TEST_F(JobControlTest, AMigrationThatEndedWithoutItsReportIsUndone) {
  ASSERT_TRUE(store_->create_job("m", "migrate", "{}"));
  ASSERT_TRUE(store_->record_step({.job_id = "m", .name = "a", .number = 1, .percent = 55}));
  ASSERT_TRUE(store_->set_job_state("m", JobState::done, exit_verified));
  EXPECT_EQ(view_job(*store_, "m")->state(), "undone");
  EXPECT_EQ(view_job(*store_, "m")->percent(), 0);
  ASSERT_TRUE(store_->set_fact("m", step_fact(MigrationStep::report), step_is_done));
  EXPECT_EQ(view_job(*store_, "m")->state(), "done");
  EXPECT_EQ(view_job(*store_, "m")->percent(), 100);
}

TEST_F(JobControlTest, AnUnknownJobIsSaidToBe) {
  const auto unknown = pause_job(*store_, "x");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), Errc::not_found);
  EXPECT_THAT(unknown.error().describe(), HasSubstr("jobs list"));
}

TEST_F(JobControlTest, WhatMayBeRunAgain) {
  for (const auto again : {Again::resume, Again::retry}) {
    set(JobState::running, std::nullopt);
    EXPECT_TRUE(may_run_again(job(), again)) << "killed";
    set(JobState::paused, 130);
    EXPECT_TRUE(may_run_again(job(), again));
    set(JobState::failed, 1);
    EXPECT_TRUE(may_run_again(job(), again));
    set(JobState::done, 3);
    EXPECT_TRUE(may_run_again(job(), again));
    set(JobState::cancelled, 130);
    EXPECT_THAT(refusal(may_run_again(job(), again)), HasSubstr("was cancelled"));
  }
  set(JobState::done, 0);
  EXPECT_THAT(refusal(may_run_again(job(), Again::resume)), HasSubstr("jobs retry j"));
  EXPECT_TRUE(may_run_again(job(), Again::retry));
}

// Its source's name is another bucket's by now (guard G1).
TEST_F(JobControlTest, AMigrationThatIsDoneIsNeverRunAgain) {
  store::JobRecord done{.id = "m", .kind = "migrate", .state = JobState::done, .exit_code = 0};
  EXPECT_THAT(refusal(may_run_again(done, Again::retry)), HasSubstr("nothing left to do"));
  done.exit_code = 3;
  EXPECT_TRUE(may_run_again(done, Again::retry));
}

TEST_F(JobControlTest, AJobThatRunsIsTakenFromNobody) {
  runs_elsewhere();
  const auto refused = refusal(take_claim(*store_, "j", 1min));
  EXPECT_THAT(refused, HasSubstr("process 17 of another machine"));
  EXPECT_THAT(refused, HasSubstr("if that was killed, the job is free at 20"));
  EXPECT_THAT(refused, HasSubstr("jobs pause j"));
}

TEST_F(JobControlTest, OnlyWhatRunsCanBePaused) {
  EXPECT_THAT(refusal(pause_job(*store_, "j")), HasSubstr("it is interrupted"));
  runs_elsewhere();
  EXPECT_TRUE(pause_job(*store_, "j"));
  EXPECT_EQ(store_->request_of("j").value(), store::JobRequest::pause);
}

TEST_F(JobControlTest, CancellingAsksWhatRunsAndEndsWhatDoesNot) {
  runs_elsewhere();
  EXPECT_EQ(cancel_job(*store_, "j").value(), true);
  EXPECT_EQ(store_->request_of("j").value(), store::JobRequest::cancel);
  EXPECT_EQ(job().state, JobState::running);

  ASSERT_TRUE(store_->release_job("j", elsewhere));
  EXPECT_EQ(cancel_job(*store_, "j").value(), false);
  EXPECT_EQ(job().state, JobState::cancelled);
  EXPECT_EQ(store_->claim_of("j").value(), std::nullopt);
  EXPECT_THAT(refusal(cancel_job(*store_, "j")), HasSubstr("it is cancelled"));
  set(JobState::done, 0);
  EXPECT_THAT(refusal(cancel_job(*store_, "j")), HasSubstr("it is done"));
}

// Guard G22: without the job nobody could bring the bucket back.
TEST_F(JobControlTest, OnceItsSourceIsBeingDeletedAJobIsNeitherCancelledNorForgotten) {
  ASSERT_TRUE(store_->record_intent("j", source_delete_intent, "s3://a"));
  for (const bool runs : {false, true}) {
    if (runs) runs_elsewhere();
    EXPECT_THAT(refusal(cancel_job(*store_, "j")), HasSubstr("jobs resume j"));
    EXPECT_EQ(store_->request_of("j").value(), store::JobRequest::none);
  }
  ASSERT_TRUE(store_->release_job("j", elsewhere));
  set(JobState::failed, 1);
  EXPECT_THAT(refusal(delete_job(*store_, "j")), HasSubstr("must not be forgotten"));
  EXPECT_EQ(store_->claim_of("j").value(), std::nullopt) << "it can still be resumed";
  set(JobState::done, 0);
  EXPECT_TRUE(delete_job(*store_, "j"));
}

TEST_F(JobControlTest, AMigrationIsTakenBackAndNotCancelled) {
  ASSERT_TRUE(store_->create_job("m", "migrate", "{}"));
  EXPECT_THAT(refusal(cancel_job(*store_, "m")), HasSubstr("s3migrator undo m"));
  EXPECT_EQ(store_->find_job("m").value()->state, JobState::running);
}

TEST_F(JobControlTest, WhatRunsIsNotForgotten) {
  runs_elsewhere();
  EXPECT_THAT(refusal(delete_job(*store_, "j")), HasSubstr("jobs cancel j"));
  ASSERT_TRUE(store_->release_job("j", elsewhere));
  EXPECT_TRUE(delete_job(*store_, "j"));
  EXPECT_EQ(store_->find_job("j").value(), std::nullopt);
  EXPECT_EQ(store_->claim_of("j").value(), std::nullopt);
}

TEST_F(JobControlTest, AJobWhoseGrantStandsIsNotForgotten) {
  ASSERT_TRUE(store_->record_grant({.bucket = {"aws", "photos"}, .sid = "S", .job_id = "j"}));
  EXPECT_THAT(refusal(delete_job(*store_, "j")), HasSubstr("s3migrator cleanup j"));
  ASSERT_TRUE(store_->forget_grant({"aws", "photos"}, "S"));
  EXPECT_TRUE(delete_job(*store_, "j"));
}

}  // namespace
}  // namespace s3m::workflow
