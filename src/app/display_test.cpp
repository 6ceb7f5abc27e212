#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/copy_plan_text.hpp"
#include "app/figures_text.hpp"
#include "app/line_text.hpp"
#include "app/sinks.hpp"
#include "app/text_width.hpp"

namespace s3m::app {
namespace {

using testing::HasSubstr;
using testing::Not;

ProgressEvent figures() {
  ProgressEvent event;
  event.step = "copy";
  event.step_number = 4;
  event.step_count = 7;
  event.percent = 42;
  event.objects_done = 509'001;
  event.objects_total = 1'204'331;
  event.bytes_done = 1'902'000'000'000;
  event.bytes_total = 4'508'000'000'000;
  event.totals_final = true;
  event.skipped = 18'204;
  event.failed = 37;
  event.retried = 412;
  event.throttled = 96;
  event.in_flight = 256;
  event.elapsed_seconds = 9000;
  event.objects_per_second = 314;
  event.bytes_per_second = 1.08 * (1 << 30);
  event.bytes_per_second_average = 0.94 * (1 << 30);
  event.eta_low_seconds = 43 * 60;
  event.eta_high_seconds = 57 * 60;
  return event;
}

TEST(Display, ShowsTheFourLines) {
  const auto lines = display_lines("Copy  s3://prod-us/media -> s3://prod-eu/media", figures(), 79);
  EXPECT_EQ(lines.title,
            "Copy  s3://prod-us/media -> s3://prod-eu/media                   step 4/7  copy");
  EXPECT_EQ(lines.bar,
            "  42% ############..................  1.72/4.10 TiB   509,001/1,204,331 obj");
  EXPECT_EQ(lines.rates, " 1.08 GiB/s (avg 0.94)  314 obj/s   elapsed 2h30m   ETA 43-57 min");
  EXPECT_EQ(lines.counts, " failed 37  retried 412  throttled 96  skipped 18,204   in flight 256");
}

TEST(Display, FitsEveryWidth) {
  const std::string title =
      "Copy  s3://bucket/" + std::string(80, 'x') + " -> s3://other/\u5199\u771f";
  for (std::size_t width = 1; width < 140; ++width) {
    const auto lines = display_lines(title, figures(), width);
    for (const auto& line : {lines.title, lines.bar, lines.rates, lines.counts}) {
      EXPECT_LE(columns(line), width);
    }
  }
}

TEST(Display, TotalsThatGrowAreMarked) {
  auto event = figures();
  event.totals_final = false;
  event.eta_low_seconds.reset();
  const auto lines = display_lines("", event, 120);
  EXPECT_THAT(lines.bar, HasSubstr("4.10+ TiB"));
  EXPECT_THAT(lines.bar, HasSubstr("1,204,331+ obj found so far"));
  EXPECT_THAT(lines.rates, HasSubstr("ETA calculating"));
}

TEST(Display, AStepThatWaitsShowsForHowLong) {
  ProgressEvent event{.step = "freeze", .step_number = 5, .step_count = 19, .percent = 49};
  event.activity = "until writes that were under way have arrived";
  event.waited_seconds = 225;
  event.wait_left_seconds = 674.2;
  auto lines = display_lines("Migrate  s3://photos", event, 79);
  EXPECT_EQ(lines.bar, "  49% #######.......................  waited 3m45s, 11m15s left");
  EXPECT_EQ(lines.rates, " elapsed 0s");
  EXPECT_THAT(lines.counts, HasSubstr(" until writes that were under way have arrived   failed 0"));
  EXPECT_EQ(plain_line(event),
            "freeze 49%  until writes that were under way have arrived  waited 3m45s, 11m15s left");
  event.attempts = 5;
  lines = display_lines("", event, 79);
  EXPECT_THAT(lines.bar, HasSubstr("49% ....."));  // nobody knows when it ends
  EXPECT_THAT(lines.bar, HasSubstr("waited 3m45s, asked 5 times, again in 11m15s"));
}

TEST(Display, WhereBytesDoNotMatterThereAreNone) {
  ProgressEvent event{.step = "prove", .percent = 49, .objects_done = 5, .objects_total = 10};
  event.totals_final = true;
  event.objects_per_second = 5;
  event.eta_low_seconds = event.eta_high_seconds = 1;
  const auto lines = display_lines("", event, 79);
  EXPECT_EQ(lines.bar, "  49% ###############...............  5/10 obj");
  EXPECT_EQ(lines.rates, " 5.0 obj/s   elapsed 0s   ETA 1 s");
  EXPECT_THAT(plain_line(event), Not(HasSubstr(" B")));
}

TEST(Display, WhatIsDoneWithoutCountingHasNoNumbers) {
  ProgressEvent event{.step = "take-name", .percent = 50};
  event.activity = "until the name is free";
  const auto lines = display_lines("", event, 79);
  EXPECT_THAT(lines.bar, Not(HasSubstr("obj")));
  EXPECT_THAT(lines.counts, HasSubstr("until the name is free"));
}

TEST(Wrapped, BreaksAtSpacesAndNeverInAWord) {
  EXPECT_EQ(wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrapped("one two", 80, 2), "one two");
  EXPECT_EQ(wrapped("a-word-that-is-too-long x", 5, 1), "a-word-that-is-too-long\n x");
  EXPECT_EQ(wrapped("one two", 10, 6, 6), "one\n      two");
  EXPECT_EQ(wrapped("", 5, 1), "");
}

TEST(EtaText, IsARangeInTheUnitThatFits) {
  ProgressEvent event;
  EXPECT_EQ(eta_text(event), "ETA -");
  event.objects_per_second = 5;
  EXPECT_EQ(eta_text(event), "ETA calculating");
  event.eta_low_seconds = 20.4;
  event.eta_high_seconds = 31.2;
  EXPECT_EQ(eta_text(event), "ETA 20-32 s");
  event.eta_low_seconds = 90.0 * 60;
  event.eta_high_seconds = 150.0 * 60;
  EXPECT_EQ(eta_text(event), "ETA 1-3 h");
  event.eta_high_seconds = 72.0 * 3600;
  EXPECT_EQ(eta_text(event), "ETA 1-3 d");
}

TEST(BytesOfTotal, SharesTheUnitOfTheTotal) {
  EXPECT_EQ(bytes_of_total(0, 0, true), "0/0 B");
  EXPECT_EQ(bytes_of_total(512, 900, true), "512/900 B");
  EXPECT_EQ(bytes_of_total(1 << 20, 3ull << 30, false), "0.00/3.00+ GiB");
}

TEST(PlainLine, HasEverythingOnOneLine) {
  const auto line = plain_line(figures());
  EXPECT_THAT(line, HasSubstr("copy 42%  509,001/1,204,331 objects  1.72/4.10 TiB"));
  EXPECT_THAT(line, HasSubstr("failed 37"));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
}

TEST(FailureLine, NamesEverythingAndEscapesTheKey) {
  FailureEvent event{.operation = "CopyObject",
                     .bucket = "photos",
                     .key = "a\x1b[31m\n",
                     .code = "access_denied",
                     .service_code = "AccessDenied",
                     .request_id = "R1",
                     .message = "Access Denied",
                     .http_status = 403};
  EXPECT_EQ(
      failure_line(event),
      "failed: CopyObject s3://photos/a\\x1b[31m\\x0a: Access Denied (AccessDenied, HTTP 403, "
      "request id R1)");
}

TEST(FailureLines, StopAfterTheFirstTwenty) {
  FailureLines lines;
  int shown = 0;
  for (int i = 0; i < 1000; ++i)
    shown += lines.add({.operation = "CopyObject"}) ? 1 : 0;
  EXPECT_EQ(shown, 21);
}

TEST(StepLine, SaysHowAStepEnded) {
  StepEvent event{.step = "grant", .step_number = 3, .step_count = 7, .message = "m"};
  EXPECT_EQ(step_line(event), std::nullopt);
  event.state = StepState::done;
  EXPECT_EQ(step_line(event), "[3/7] grant: m");
  event.state = StepState::failed;
  EXPECT_EQ(step_line(event), "[3/7] grant FAILED: m");
}

TEST(TextWidth, CountsColumns) {
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("\u5199\u771f"), 4u);
  EXPECT_EQ(columns("e\u0301"), 1u);
  EXPECT_EQ(cut_to("\u5199\u771f", 3), "\u5199");
  EXPECT_EQ(shorten("abcdefghij", 7), "ab...ij");
  EXPECT_EQ(shorten("abc", 7), "abc");
  EXPECT_EQ(shorten("abcdef", 2), "ab");
}

class SinkTest : public testing::Test {
 protected:
  ~SinkTest() override { std::fclose(file_); }
  std::string written() {
    std::string text(static_cast<std::size_t>(std::ftell(file_)), '\0');
    std::rewind(file_);
    text.resize(std::fread(text.data(), 1, text.size(), file_));
    return text;
  }
  std::FILE* file_ = std::tmpfile();
};

TEST_F(SinkTest, JsonIsOneObjectALineAndThinsOutProgress) {
  const auto sink = json_sink(file_, "job-1", 2);
  for (int i = 0; i < 50; ++i) {
    auto event = figures();
    event.objects_done = static_cast<std::uint64_t>(i);
    sink->emit(event);
  }
  sink->emit(StepEvent{.step = "copy", .state = StepState::done});
  sink->emit(SummaryEvent{.outcome = "verified"});
  std::istringstream lines(written());
  std::vector<boost::json::object> objects;
  for (std::string line; std::getline(lines, line);) {
    objects.push_back(boost::json::parse(line).as_object());
  }
  ASSERT_EQ(objects.size(), 4u);
  EXPECT_EQ(objects[0].at("objects_done").to_number<int>(), 0);
  EXPECT_EQ(objects[1].at("objects_done").to_number<int>(), 49);
  EXPECT_EQ(objects[2].at("type").as_string(), "step");
  EXPECT_EQ(objects[3].at("type").as_string(), "summary");
  EXPECT_EQ(objects[1].at("seq").to_number<int>(), 50) << "those left out are counted";
  EXPECT_EQ(objects[3].at("seq").to_number<int>(), 52);
  EXPECT_EQ(objects[3].at("attempt").to_number<int>(), 2);
  EXPECT_EQ(objects[3].at("job").as_string(), "job-1");
}

TEST_F(SinkTest, TheLiveDisplayRedrawsInPlaceAndWritesNotesAbove) {
  const auto sink = terminal_sink(file_, "Copy", false);
  sink->emit(figures());
  sink->emit(NoteEvent{NoteLevel::warning, "look\x1b here"});
  sink->emit(
      StepEvent{.step = "copy", .step_number = 4, .step_count = 7, .state = StepState::done});
  const auto text = written();
  EXPECT_THAT(text, HasSubstr("\x1b[4A\r\x1b[Jwarning: look\\x1b here\nCopy"));
  EXPECT_TRUE(text.ends_with("\x1b[4A\r\x1b[J[4/7] copy\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b[0m")));
}

TEST_F(SinkTest, QuietShowsOnlyWhatIsWrong) {
  const auto sink = quiet_sink(file_);
  sink->emit(figures());
  sink->emit(NoteEvent{NoteLevel::info, "fine"});
  sink->emit(StepEvent{.step = "copy", .state = StepState::done});
  EXPECT_EQ(written(), "");
  sink->emit(NoteEvent{NoteLevel::error, "bad"});
  EXPECT_THAT(written(), HasSubstr("error: bad"));
}

TEST_F(SinkTest, PlainWritesStepsAndNotEveryFigure) {
  const auto sink = plain_sink(file_);
  for (int i = 0; i < 20; ++i)
    sink->emit(figures());
  sink->emit(
      StepEvent{.step = "copy", .step_number = 4, .step_count = 7, .state = StepState::done});
  const auto text = written();
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

// Every value stands in the same column, however long the name of its row is.
TEST(Tables, AreAligned) {
  const auto plan = plan_table({.objects = 1,
                                .same = 2,
                                .same_weak = 5,
                                .to_copy = 1,
                                .all_versions = true,
                                .version_keys = 1,
                                .markers_to_copy = 1,
                                .other_histories = 2,
                                .first_key = "a",
                                .last_key = "b"});
  const auto summary = summary_text({.objects = 1,
                                     .copied = 1,
                                     .failed = 1,
                                     .all_versions = true,
                                     .not_carried = 1,
                                     .digest = "d"});
  for (const auto& text : {plan, summary}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      ASSERT_GT(line.size(), 26u) << line;
      EXPECT_EQ(line[25], ' ') << line;
      EXPECT_NE(line[26], ' ') << line;
    }
  }
  EXPECT_THAT(plan, HasSubstr("1 version or delete marker, "));
  EXPECT_THAT(plan, HasSubstr("7, of them 5 by weak proof"));
  EXPECT_THAT(summary, HasSubstr("1 attribute\n"));
}

TEST(PlanTable, NamesKeysSafelyAndSaysWhatIsMade) {
  const auto text = plan_table({.objects = 2,
                                .to_copy = 2,
                                .first_key = "a\n",
                                .last_key = "z",
                                .destination_exists = false,
                                .destination_region = "eu-central-1"});
  EXPECT_THAT(text, HasSubstr("a\\x0a"));
  EXPECT_THAT(text, HasSubstr("will be made in eu-central-1"));
  EXPECT_THAT(text, Not(HasSubstr("price")));
}

TEST(PlanTable, TellsWhatItTakesAndCosts) {
  const auto text = plan_table({.objects = 2,
                                .prices = {{"copying", 0.02, 0.02}},
                                .low_dollars = 12,
                                .high_dollars = 15,
                                .prices_as_of = "2025-10-28",
                                .times = {{"listing", 1, 2}, {"copying", 59, 118}},
                                .low_seconds = 60,
                                .high_seconds = 120,
                                .warnings = {"list prices"}});
  EXPECT_THAT(text, HasSubstr("  time                    1m - 2m\n"));
  EXPECT_THAT(text, HasSubstr("listing: 1s - 2s\n"));
  EXPECT_THAT(text, HasSubstr("$12.00-15.00 (list prices of 2025-10-28)\n"));
  EXPECT_THAT(text, HasSubstr("copying: $0.02\n"));
  EXPECT_THAT(text, HasSubstr("  note                    list prices\n"));
}

}  // namespace
}  // namespace s3m::app
