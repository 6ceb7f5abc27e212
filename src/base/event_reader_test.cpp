#include "base/event_reader.hpp"

#include <gtest/gtest.h>

namespace s3m {
namespace {

// What is written once more is the same line: no field was lost on the way.
TEST(EventReader, ASummaryComesBackWhole) {
  SummaryEvent event{.outcome = "mismatch",
                     .exit_code = 4,
                     .objects = 1,
                     .bytes = 1ULL << 63U,
                     .copied = 3,
                     .copied_bytes = 4,
                     .skipped = 5,
                     .deleted = 6,
                     .failed = 7,
                     .same_strong = 8,
                     .same_weak = 9,
                     .mismatched = 10,
                     .missing = 11,
                     .extra = 12,
                     .requests = 13,
                     .retried = 14,
                     .throttled = 15,
                     .all_versions = true,
                     .version_keys = 16,
                     .delete_markers = 17,
                     .copied_markers = 18,
                     .elapsed_seconds = 19.5,
                     .not_carried = 20,
                     .not_looked_at = 21,
                     .digest = "ab",
                     .message = "\"quoted\"\n\x1b[31m\xC3\xBC",
                     .bucket = "new-name",
                     .temporary_bucket = "s3m-1",
                     .awaits_confirmation = true,
                     .exposure_seconds = 22.25,
                     .exposure_spans_runs = true,
                     .settings_changed = 23,
                     .settings_not_carried = 24,
                     .go_on = "s3migrator jobs resume j",
                     .take_back = "s3migrator undo j"};
  const auto line = to_json_line({}, event);
  const auto back = read_summary(line);
  ASSERT_TRUE(back);
  EXPECT_EQ(to_json_line({}, *back), line);
  EXPECT_EQ(back->message, event.message);
  EXPECT_FALSE(read_progress(line));
}

TEST(EventReader, FiguresComeBackWhole) {
  ProgressEvent event{.step = "copy",
                      .step_number = 1,
                      .step_count = 2,
                      .percent = 3,
                      .objects_done = 4,
                      .bytes_done = 5,
                      .objects_total = 6,
                      .bytes_total = 7,
                      .totals_final = true,
                      .totals_estimated = true,
                      .copied = 8,
                      .skipped = 9,
                      .failed = 10,
                      .retried = 11,
                      .throttled = 12,
                      .requests = 13,
                      .in_flight = 14,
                      .budget = 15,
                      .rate_limit = 16.5,
                      .elapsed_seconds = 17,
                      .objects_per_second = 18,
                      .bytes_per_second = 19,
                      .bytes_per_second_average = 20,
                      .eta_low_seconds = 21,
                      .eta_high_seconds = 22,
                      .activity = "pass 2",
                      .waited_seconds = 23,
                      .wait_left_seconds = 24.5,
                      .attempts = 25};
  for (const bool with_eta : {true, false}) {
    if (!with_eta) event.eta_low_seconds = event.eta_high_seconds = std::nullopt;
    if (!with_eta) event.waited_seconds = event.wait_left_seconds = std::nullopt;
    const auto line = to_json_line({}, event);
    const auto back = read_progress(line);
    ASSERT_TRUE(back);
    EXPECT_EQ(to_json_line({}, *back), line);
  }
}

TEST(EventReader, WhatIsNoSuchEventIsRefused) {
  for (const auto* const line :
       {"", "{", "[]", "null", "{}", R"({"type":"summary"})", R"({"v":2,"type":"summary"})",
        R"({"v":1,"type":"note"})", R"({"v":"1","type":"summary"})"}) {
    EXPECT_FALSE(read_summary(line)) << line;
  }
  const auto odd = read_summary(R"({"v":1,"type":"summary","objects":-1,"digest":7,"copied":3})");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->objects, 0u);
  EXPECT_EQ(odd->digest, "");
  EXPECT_EQ(odd->copied, 3u);
}

TEST(EventReader, AStepAndTheStampOfAnyLine) {
  const StepEvent event{.step = "copy",
                        .step_number = 4,
                        .step_count = 7,
                        .percent = 6,
                        .state = StepState::failed,
                        .message = "m"};
  const EventStamp stamp{.job = "job",
                         .attempt = 3,
                         .seq = 17,
                         .time = WallTime(std::chrono::milliseconds(1'763'886'000'250))};
  const auto line = to_json_line(stamp, event);
  const auto back = read_step(line);
  ASSERT_TRUE(back);
  EXPECT_EQ(to_json_line(stamp, *back), line);
  const auto read = read_stamp(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, "step");
  EXPECT_EQ(to_json_line(read->stamp, *back), line);
}

TEST(EventReader, WhatIsNoEventHasNoStamp) {
  const EventStamp stamp{.job = "job", .seq = 1};
  EXPECT_TRUE(read_stamp(to_json_line(stamp, NoteEvent{})));
  EXPECT_FALSE(read_stamp(to_json_line({.job = "job"}, NoteEvent{}))) << "no number";
  EXPECT_FALSE(read_stamp(to_json_line({.seq = 1}, NoteEvent{}))) << "no job";
  for (const auto* line : {"", "stopping", "{}", "[1]", R"({"v":2,"type":"note"})", "{\"v\":1"})
    EXPECT_FALSE(read_stamp(line)) << line;
}

}  // namespace
}  // namespace s3m
