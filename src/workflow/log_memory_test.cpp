#include "workflow/log_memory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;

constexpr auto begin = WallTime(std::chrono::sys_days(std::chrono::November / 23 / 2026));

class LogMemoryTest : public testing::Test {
 protected:
  LogMemoryTest() { memory_.turn_to("group", "stream/1"); }

  static aws::LogEvent line(std::uint64_t seq, const Event& event, WallTime time = begin,
                            int attempt = 1, std::string job = "job") {
    const EventStamp stamp{.job = std::move(job), .attempt = attempt, .seq = seq, .time = time};
    return {.time = time, .message = to_json_line(stamp, event)};
  }
  static ProgressEvent at(int percent) {
    return {.step = "copy",
            .percent = percent,
            .objects_done = static_cast<std::uint64_t>(percent),
            .objects_total = 100};
  }
  // A window up to `now` that has these events on one page.
  void read(WallTime now, std::vector<aws::LogEvent> events) {
    memory_.open(now);
    memory_.take({.events = std::move(events), .next = "f/1", .last = true});
  }
  // What another process would go on with.
  void restart() {
    auto loaded = LogMemory::load(memory_.save(), "job");
    ASSERT_TRUE(loaded);
    memory_ = *std::move(loaded);
  }
  const LogFindings& found() const { return memory_.findings(); }

  LogMemory memory_{"job", begin};
};

TEST_F(LogMemoryTest, RepeatsWhatTheJobTold) {
  read(begin + 15min, {line(1, StepEvent{.step = "copy", .percent = 6}),
                       line(2, at(41), begin + 1min),
                       line(3, FailureEvent{}, begin + 1min),
                       {begin, "stopping: a line that is no event"},
                       line(9, at(99), begin, 1, "another")});
  EXPECT_EQ(found().percent, 41);
  EXPECT_EQ(found().step, "copy");
  EXPECT_EQ(found().objects_done, 41u);
  EXPECT_EQ(found().failures, 1u);
  EXPECT_EQ(found().events, 3u);
  EXPECT_EQ(found().told, begin + 1min);
  EXPECT_FALSE(found().exit_code);
}

TEST_F(LogMemoryTest, EachWindowBeginsFiveMinutesBeforeTheLastOneEnded) {
  EXPECT_EQ(memory_.open(begin + 15min).start, begin - 5min);
  memory_.take({.next = "f/1", .last = true});
  restart();
  const auto next = memory_.open(begin + 30min);
  EXPECT_EQ(next.start, begin + 10min);
  EXPECT_EQ(next.end, begin + 30min);
  EXPECT_EQ(next.stream, "stream/1");
}

TEST_F(LogMemoryTest, AnEventThatComesTwiceCountsOnceAlsoInAnotherProcess) {
  const auto late = begin + 12min;
  read(begin + 15min, {line(1, FailureEvent{}, late), line(2, FailureEvent{}, late)});
  restart();
  read(begin + 16min, {line(2, FailureEvent{}, late), line(1, FailureEvent{}, late),
                       line(4, FailureEvent{}, late), line(3, FailureEvent{}, late)});
  EXPECT_EQ(found().failures, 4u) << "3 and 4 came late, 1 and 2 again";
  restart();
  read(begin + 17min, {line(1, FailureEvent{}, late), line(2, FailureEvent{}, late),
                       line(3, FailureEvent{}, late), line(4, FailureEvent{}, late)});
  EXPECT_EQ(found().failures, 4u);
}

TEST_F(LogMemoryTest, EventsInAnyOrderCountOnceEach) {
  std::vector<aws::LogEvent> events;
  for (std::uint64_t n = 0; n < 200; ++n)
    events.push_back(line(1 + (n * 77) % 101, FailureEvent{}));
  read(begin + 1min, events);
  EXPECT_EQ(found().failures, 101u);
  EXPECT_LT(memory_.save().size(), 700u) << "numbers in a row are one range";
}

TEST_F(LogMemoryTest, WhatCannotComeAgainIsForgotten) {
  std::vector<aws::LogEvent> events;
  for (std::uint64_t n = 1; n <= 2000; n += 2)
    events.push_back(line(n, at(7)));
  read(begin + 15min, events);
  EXPECT_LT(memory_.save().size(), 700u);
}

TEST_F(LogMemoryTest, AWindowThatWasNotReadToItsEndGoesOnAtItsPage) {
  memory_.open(begin + 15min);
  memory_.take({.events = {line(1, at(7))}, .next = "f/2"});
  restart();
  EXPECT_TRUE(memory_.is_open());
  EXPECT_EQ(memory_.token(), "f/2");
  const auto same = memory_.open(begin + 30min);
  EXPECT_EQ(same.end, begin + 15min);
  memory_.take({.events = {line(2, at(8))}, .next = "f/2", .last = true});
  EXPECT_FALSE(memory_.is_open());
  EXPECT_EQ(memory_.open(begin + 30min).start, begin + 10min);
  EXPECT_EQ(memory_.token(), "");
  EXPECT_EQ(found().percent, 8);
}

TEST_F(LogMemoryTest, ANewAttemptBeginsItsFailuresAndItsEndAnew) {
  read(begin + 1min, {line(1, FailureEvent{}),
                      line(2, SummaryEvent{.outcome = "interrupted", .exit_code = 130})});
  EXPECT_EQ(found().exit_code, 130);
  read(begin + 2min, {line(1, at(50), begin + 1min, 2)});
  EXPECT_FALSE(found().exit_code);
  EXPECT_EQ(found().failures, 0u);
  EXPECT_EQ(found().attempt, 2);
  read(begin + 3min,
       {line(3, FailureEvent{}, begin, 1), line(4, SummaryEvent{.exit_code = 1}, begin, 1)});
  EXPECT_EQ(found().failures, 0u) << "late, and of the attempt before";
  EXPECT_FALSE(found().exit_code);
}

TEST_F(LogMemoryTest, ThePercentageNeverFalls) {
  read(begin + 1min, {line(1, at(50)), line(2, at(49), begin + 1min)});
  EXPECT_EQ(found().percent, 50);
  EXPECT_EQ(found().objects_done, 49u) << "the figures are the latest";
}

TEST_F(LogMemoryTest, AStreamThatIsNotThereYetLeavesNothingOpen) {
  memory_.open(begin + 1min);
  memory_.close();
  EXPECT_FALSE(memory_.is_open());
  EXPECT_EQ(memory_.open(begin + 10min).start, begin - 4min);
}

TEST_F(LogMemoryTest, WhatIsNoMemoryOfThatJobIsNotTaken) {
  const auto saved = memory_.save();
  EXPECT_TRUE(LogMemory::load(saved, "job"));
  EXPECT_FALSE(LogMemory::load(saved, "another"));
  for (const auto& text :
       {std::string(), std::string("{}"), std::string("[]"), saved.substr(0, saved.size() / 2)})
    EXPECT_FALSE(LogMemory::load(text, "job")) << text;
}

}  // namespace
}  // namespace s3m::workflow
