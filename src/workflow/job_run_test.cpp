#include "workflow/job_run.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "net/http_client.hpp"
#include "store/process_identity.hpp"
#include "workflow/run_task.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using store::JobState;
using testing::HasSubstr;

const std::string elsewhere = "17 4242 pid:[1] another-boot";
const std::string spec = R"({"source":{"location":"s3://a"},"destination":{"location":"s3://b"}})";

class NoEvents final : public EventSink {
 public:
  void emit(const Event&) override {}
};

class JobRunTest : public testing::Test {
 protected:
  JobRunTest() { std::filesystem::create_directory(directory_); }
  ~JobRunTest() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<store::Store> open() {
    auto opened = store::open_store({.url = (directory_ / "store.db").string()});
    EXPECT_TRUE(opened) << opened.error().describe();
    return *std::move(opened);
  }
  static JobStart start(std::optional<Again> again = std::nullopt) {
    return {.kind = "copy", .spec = spec, .command = "words", .again = again};
  }

  // Begins a job, runs `work` in it, and ends it with `exit_code`.
  Result<int> run(JobStart begin, std::function<net::Task<void>(JobRun&)> work, int exit_code = 0,
                  JobTiming timing = {.tick = 1ms, .renewal = 1ms}) {
    net::Loop loop(1);
    net::CancelToken cancel(loop);
    net::HttpClient http(loop, {});
    aws::Runtime runtime{.loop = loop, .http = http};
    transfer::Governor governor(loop, {}, cancel);
    StoreThread store(open());
    NoEvents events;
    JobContext context{.loop = loop,
                       .runtime = runtime,
                       .aftermath = runtime,
                       .governor = governor,
                       .cancel = cancel,
                       .store = store,
                       .events = events,
                       .job_id = "j"};
    auto story = [&]() -> net::Task<Result<int>> {
      JobRun job(context, timing);
      auto begun = co_await job.begin(std::move(begin));
      if (!begun) {
        http.close();
        co_return forward(begun);
      }
      if (work) co_await work(job);
      const SummaryEvent summary{.outcome = "verified", .exit_code = exit_code};
      job.context().events.emit(summary);
      co_await job.end(summary);
      http.close();
      co_return job.attempt();
    };
    return run_task(loop, story());
  }

  store::JobRecord job() { return open()->find_job("j").value().value(); }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("s3m-run-" + random_hex(6));
};

net::Task<void> tell_sixty(JobRun& job) {
  job.context().events.emit(StepEvent{.step = "copy", .step_number = 4, .percent = 60});
  co_return;
}

TEST_F(JobRunTest, ARunGoesOnWithThePercentageOfTheOneBefore) {
  ASSERT_TRUE(run(start(), tell_sixty, 130));
  for (const int code : {3, 0}) {
    int percent = 0;
    const auto look = [&percent](JobRun& job) -> net::Task<void> {
      percent = job.context().percent;
      co_return;
    };
    ASSERT_TRUE(run(start(Again::resume), look, code));
    EXPECT_EQ(percent, 60);
  }
  EXPECT_EQ(open()->fact("j", resumed_from_fact).value(), "copy");
  int percent = -1;
  const auto look = [&percent](JobRun& job) -> net::Task<void> {
    percent = job.context().percent;
    co_return;
  };
  ASSERT_TRUE(run(start(Again::retry), look));
  EXPECT_EQ(percent, 0) << "what had ended well is begun anew";
}

net::Task<void> until_cancelled(JobRun& job) {
  // Long enough for a slow machine; a test that waits so long has failed.
  co_await job.context().cancel.sleep_for(60s);
  EXPECT_TRUE(job.context().cancel.cancelled());
}

TEST_F(JobRunTest, AJobIsClaimedWhileItRunsAndFreeAfterwards) {
  const auto done = run(start(), [&](JobRun&) -> net::Task<void> {
    const auto store = open();
    EXPECT_EQ(store->claim_of("j").value()->process, store::this_process());
    EXPECT_EQ(store->find_job("j").value()->state, JobState::running);
    co_return;
  });
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(*done, 1);
  const auto store = open();
  EXPECT_EQ(store->claim_of("j").value(), std::nullopt);
  EXPECT_EQ(job().state, JobState::done);
  EXPECT_EQ(job().exit_code, 0);
  EXPECT_EQ(store->fact("j", command_fact).value(), "words");
  EXPECT_THAT(store->fact("j", summary_fact).value().value(), HasSubstr("verified"));
}

TEST_F(JobRunTest, TheEndIsInTheStoreAsAState) {
  for (const auto& [code, state] :
       {std::pair{0, JobState::done}, std::pair{3, JobState::done}, std::pair{4, JobState::done},
        std::pair{1, JobState::failed}, std::pair{130, JobState::paused}}) {
    const bool first = !open()->find_job("j").value();
    const auto again = first ? std::nullopt : std::optional(Again::retry);
    ASSERT_TRUE(run(start(again), {}, code));
    EXPECT_EQ(job().state, state);
    EXPECT_EQ(job().exit_code, code);
  }
  EXPECT_EQ(job().attempt, 5);
}

TEST_F(JobRunTest, WhatIsToldIsStoredWhileItRuns) {
  const auto done = run(start(), [&](JobRun& job) -> net::Task<void> {
    auto& events = job.context().events;
    events.emit(StepEvent{.step = "copy", .step_number = 1, .percent = 6});
    events.emit(FailureEvent{.operation = "CopyObject", .key = "k"});
    const auto store = open();
    for (int i = 0; i < 60'000 && store->failures_of("j", 9, 0)->empty(); ++i)
      co_await net::sleep_for(1ms);
    EXPECT_EQ(store->failures_of("j", 9, 0)->size(), 1u);
    EXPECT_EQ(store->steps_of("j")->size(), 1u);
  });
  ASSERT_TRUE(done);
}

TEST_F(JobRunTest, AnotherProcessPausesIt) {
  const auto done = run(
      start(),
      [&](JobRun& job) -> net::Task<void> {
        EXPECT_TRUE(pause_job(*open(), "j"));
        co_await until_cancelled(job);
        EXPECT_EQ(job.context().stop, Stop::paused);
      },
      130);
  ASSERT_TRUE(done);
  EXPECT_EQ(job().state, JobState::paused);
}

TEST_F(JobRunTest, AnotherProcessCancelsIt) {
  const auto done = run(
      start(),
      [&](JobRun& job) -> net::Task<void> {
        EXPECT_TRUE(cancel_job(*open(), "j"));
        co_await until_cancelled(job);
        EXPECT_EQ(job.context().stop, Stop::cancelled);
      },
      130);
  ASSERT_TRUE(done);
  EXPECT_EQ(job().state, JobState::cancelled);
}

// Guard G22: asked before the intent was recorded, seen after it.
TEST_F(JobRunTest, ItIsNotCancelledOnceItsSourceIsBeingDeleted) {
  const auto done = run(start(), [&](JobRun& job) -> net::Task<void> {
    const auto store = open();
    EXPECT_TRUE(store->record_intent("j", source_delete_intent, "s3://a"));
    EXPECT_TRUE(store->request("j", store::JobRequest::cancel));
    EXPECT_TRUE(store->set_fact("j", summary_fact, ""));
    // Two ticks at least: what is told in between is stored by them.
    for (int tick = 1; tick <= 2; ++tick) {
      job.context().events.emit(FailureEvent{});
      for (int i = 0; i < 60'000; ++i) {
        if (store->failures_of("j", 9, 0)->size() >= static_cast<std::size_t>(tick)) break;
        co_await net::sleep_for(1ms);
      }
    }
    EXPECT_FALSE(job.context().cancel.cancelled());
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(job().state, JobState::done);
}

TEST_F(JobRunTest, AJobThatAnotherProcessTookOverStopsAndTouchesItsRecordNoMore) {
  const auto done = run(start(),
                        [&](JobRun& job) -> net::Task<void> {
                          const auto store = open();
                          for (bool theirs = false; !theirs;) {
                            EXPECT_TRUE(store->release_job("j", store::this_process()));
                            theirs = store->claim_job("j", elsewhere, 1h)->ours;
                          }
                          co_await until_cancelled(job);
                          EXPECT_EQ(job.context().stop, Stop::displaced);
                          EXPECT_THAT(stop_error(job.context()).describe(),
                                      HasSubstr("taken over by process 17"));
                        },
                        1, {.tick = 1ms, .renewal = 50ms});
  ASSERT_TRUE(done);
  EXPECT_EQ(job().state, JobState::running) << "it is the other's";
  EXPECT_EQ(open()->claim_of("j").value()->process, elsewhere);
}

// Guard G25.
TEST_F(JobRunTest, AnIntentIsRecordedByTheHolderOfTheClaimAlone) {
  const auto done = run(start(),
                        [&](JobRun& job) -> net::Task<void> {
                          const auto first = co_await job.intend("source_delete", "s3://a");
                          EXPECT_TRUE(first);
                          const auto store = open();
                          for (bool theirs = false; !theirs;) {
                            EXPECT_TRUE(store->release_job("j", store::this_process()));
                            theirs = store->claim_job("j", elsewhere, 1h)->ours;
                          }
                          const auto second = co_await job.intend("other", "");
                          EXPECT_EQ(second.error().code(), Errc::conflict);
                          EXPECT_EQ(store->intents_of("j")->size(), 1u);
                          EXPECT_EQ(job.context().stop, Stop::displaced);
                          EXPECT_TRUE(job.context().cancel.cancelled());
                        },
                        1, {.tick = 1h});
  ASSERT_TRUE(done);
}

TEST_F(JobRunTest, AJobWhoseClaimCannotBeRenewedStopsBeforeItsLeaseEnds) {
  const auto done =
      run(start(),
          [&](JobRun& job) -> net::Task<void> {
            co_await until_cancelled(job);
            EXPECT_EQ(job.context().stop, Stop::displaced);
            EXPECT_THAT(job.context().stop_message, HasSubstr("could not be written"));
          },
          1, {.tick = 1ms, .renewal = 1h, .lease = 100ms, .margin = 50ms});
  ASSERT_TRUE(done);
}

TEST_F(JobRunTest, ASecondProcessIsRefused) {
  ASSERT_TRUE(run(start(), {}, 130));
  ASSERT_TRUE(open()->claim_job("j", elsewhere, 1h));
  const auto refused = run(start(Again::resume), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::refused);
  EXPECT_THAT(refused.error().describe(), HasSubstr("is being run by process 17"));
  EXPECT_EQ(job().attempt, 1);
}

TEST_F(JobRunTest, WhatIsTakenUpBeginsWithACleanRecord) {
  ASSERT_TRUE(run(
      start(),
      [](JobRun& job) -> net::Task<void> {
        job.context().events.emit(StepEvent{.step = "copy", .step_number = 1});
        job.context().events.emit(FailureEvent{});
        co_return;
      },
      3));
  const auto again = run(start(Again::resume), [&](JobRun&) -> net::Task<void> {
    const auto store = open();
    EXPECT_TRUE(store->failures_of("j", 9, 0)->empty());
    EXPECT_TRUE(store->steps_of("j")->empty());
    EXPECT_EQ(store->fact("j", summary_fact).value(), "");
    co_return;
  });
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, 2);
  EXPECT_EQ(open()->fact("j", command_fact).value(), "words");
}

TEST_F(JobRunTest, WhatIsToGoOnInItsStepKeepsItsSteps) {
  ASSERT_TRUE(run(
      start(),
      [](JobRun& job) -> net::Task<void> {
        job.context().events.emit(StepEvent{.step = "freeze", .step_number = 1});
        co_return;
      },
      130));
  auto again = start(Again::resume);
  again.keep_steps = true;
  ASSERT_TRUE(run(std::move(again), {}));
  EXPECT_EQ(open()->steps_of("j")->size(), 1u);
}

TEST_F(JobRunTest, AJobDoesNotGoToAnotherServerThanItBeganWith) {
  ASSERT_TRUE(run(start(), {}, 130));
  auto other = start(Again::resume);
  other.spec = R"({"source":{"location":"s3://a","endpoint":"http://other"},)"
               R"("destination":{"location":"s3://b"}})";
  const auto refused = run(std::move(other), {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().describe(),
              HasSubstr(R"(AWS's own as its source's endpoint, and now that is "http://other")"));
  EXPECT_EQ(job().state, JobState::paused) << "it is as it was";
  EXPECT_EQ(open()->claim_of("j").value(), std::nullopt);
}

TEST_F(JobRunTest, WhatIsDoneIsTakenUpOnlyWhenItIsToBeRetried) {
  ASSERT_TRUE(run(start(), {}));
  EXPECT_FALSE(run(start(Again::resume), {}));
  EXPECT_EQ(job().state, JobState::done);
  EXPECT_TRUE(run(start(Again::retry), {}));
}

}  // namespace
}  // namespace s3m::workflow
