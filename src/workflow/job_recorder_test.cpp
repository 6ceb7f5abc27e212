#include "workflow/job_recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Counter final : public EventSink {
 public:
  void emit(const Event&) override { ++count; }
  int count = 0;
};

class JobRecorderTest : public testing::Test {
 protected:
  void step(StepState state, int percent, std::string message = {}) {
    recorder_.emit(StepEvent{.step = "copy",
                             .step_number = 4,
                             .step_count = 7,
                             .percent = percent,
                             .state = state,
                             .message = std::move(message)});
  }
  void figures(int percent) { recorder_.emit(ProgressEvent{.step = "copy", .percent = percent}); }
  // What there is, as if it were stored.
  JobNews taken() {
    auto news = recorder_.news();
    recorder_.stored(news);
    return news;
  }

  Counter next_;
  JobRecorder recorder_{next_, "job-1", 2};
};

TEST_F(JobRecorderTest, PassesEverythingOn) {
  step(StepState::started, 6);
  figures(7);
  recorder_.emit(FailureEvent{});
  recorder_.emit(NoteEvent{});
  EXPECT_EQ(next_.count, 4);
}

TEST_F(JobRecorderTest, AStepIsStoredWhenItChanges) {
  EXPECT_TRUE(recorder_.news().empty());
  step(StepState::started, 6);
  auto news = taken();
  ASSERT_EQ(news.steps.size(), 1u);
  const auto begun = news.steps.front();
  EXPECT_EQ(begun.job_id, "job-1");
  EXPECT_EQ(begun.number, 4);
  EXPECT_EQ(begun.percent, 6);
  EXPECT_EQ(begun.ended_at, std::nullopt);
  EXPECT_TRUE(recorder_.news().empty());

  figures(6);
  EXPECT_THAT(taken().steps, IsEmpty()) << "no new percent";
  figures(42);
  EXPECT_EQ(taken().steps.front().percent, 42);
  step(StepState::failed, 42, "\xFF");
  const auto ended = taken().steps.front();
  EXPECT_EQ(ended.state, StepState::failed);
  EXPECT_EQ(ended.message, "\\xff") << "a database holds text";
  EXPECT_EQ(ended.started_at, begun.started_at);
  EXPECT_NE(ended.ended_at, std::nullopt);
}

TEST_F(JobRecorderTest, SamplesAreStoredNowAndThenAndAtTheEnd) {
  figures(1);
  EXPECT_EQ(Samples::load(taken().samples).points().size(), 1u);
  figures(2);
  EXPECT_EQ(taken().samples, "") << "the last were stored a moment ago";
  recorder_.emit(SummaryEvent{});
  EXPECT_EQ(Samples::load(taken().samples).points().size(), 1u);
  EXPECT_TRUE(recorder_.news().empty());
}

TEST_F(JobRecorderTest, WhatChangesWhileItIsStoredIsStoredAgain) {
  step(StepState::started, 6);
  figures(10);
  const auto news = recorder_.news();
  figures(20);
  recorder_.stored(news);
  const auto rest = recorder_.news();
  ASSERT_EQ(rest.steps.size(), 1u);
  EXPECT_EQ(rest.steps.front().percent, 20);
  EXPECT_THAT(rest.progress, HasSubstr("\"percent\":20"));
}

TEST_F(JobRecorderTest, EventsBearTheirNumberAmongAll) {
  recorder_.emit(NoteEvent{.message = "first"});
  figures(6);
  recorder_.emit(FailureEvent{.key = "k"});
  recorder_.emit(SummaryEvent{.outcome = "verified"});
  const auto news = taken();
  ASSERT_EQ(news.events.size(), 2u) << "figures and failures have their own places";
  EXPECT_EQ(news.events[0].position, (store::EventPosition{2, 1}));
  EXPECT_EQ(news.events[1].position, (store::EventPosition{2, 4}));
  EXPECT_THAT(news.events[1].line, HasSubstr("\"seq\":4"));
  EXPECT_EQ(news.summary, news.events[1].line);
  EXPECT_THAT(news.progress, HasSubstr("\"seq\":2"));
}

TEST_F(JobRecorderTest, FailuresComeInBatches) {
  for (int i = 0; i < 1200; ++i)
    recorder_.emit(FailureEvent{.key = std::to_string(i), .message = std::string("a\0b", 3)});
  std::uint64_t expected = 0;
  for (const std::size_t size : {500u, 500u, 200u}) {
    const auto news = taken();
    ASSERT_EQ(news.failures.size(), size);
    for (const auto& failure : news.failures) {
      EXPECT_EQ(failure.key, std::to_string(expected));
      EXPECT_EQ(failure.number, ++expected);
    }
    EXPECT_EQ(news.failures.front().message, "a\\x00b");
  }
  EXPECT_TRUE(recorder_.news().empty());
}

TEST_F(JobRecorderTest, WhatIsLookedAtAgainIsSettled) {
  const auto begin = [this](int number) {
    recorder_.emit(StepEvent{.step = std::to_string(number), .step_number = number});
  };
  begin(5);
  recorder_.emit(FailureEvent{.key = "a"});
  begin(6);
  recorder_.emit(FailureEvent{.key = "b"});
  EXPECT_EQ(taken().settled, std::nullopt) << "it goes on";
  begin(5);
  recorder_.emit(FailureEvent{.key = "c"});
  const auto news = taken();
  EXPECT_EQ(news.settled, 2u);
  EXPECT_EQ(news.failures.back().number, 3u);
  EXPECT_TRUE(recorder_.news().empty());
}

TEST_F(JobRecorderTest, ABoundedNumberOfFailuresIsKept) {
  for (std::uint64_t i = 0; i < most_failures_kept + 10; ++i)
    recorder_.emit(FailureEvent{});
  std::uint64_t kept = 0;
  for (auto news = taken(); !news.failures.empty(); news = taken())
    kept += news.failures.size();
  EXPECT_EQ(kept, most_failures_kept);
  step(StepState::started, 6);
  recorder_.emit(StepEvent{.step = "before", .step_number = 3});
  recorder_.emit(FailureEvent{});
  EXPECT_EQ(taken().failures.front().number, most_failures_kept + 1) << "none is left out";
}

}  // namespace
}  // namespace s3m::workflow
