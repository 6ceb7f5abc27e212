#include "app/jobs_text.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using workflow::JobStory;
using workflow::JobView;

const WallTime begun = parse_iso8601("2026-11-22T16:28:05Z").value();

JobView view(std::string id, store::JobState state, std::optional<int> exit_code) {
  return {.job = {.id = std::move(id),
                  .kind = "copy",
                  .spec = R"({"source":{"location":"s3://photos"},)"
                          R"("destination":{"location":"s3://photos-eu/\u001b[31m"}})",
                  .state = state,
                  .exit_code = exit_code,
                  .created_at = begun,
                  .updated_at = begun + 61s},
          .steps = {{.name = "copy",
                     .number = 4,
                     .state = StepState::started,
                     .percent = 42,
                     .started_at = begun}}};
}

TEST(JobsTable, HasALineForEachJob) {
  EXPECT_EQ(jobs_table({view("20261122t162800-3f9a1c", store::JobState::done, 0),
                        view("j", store::JobState::running, std::nullopt)}),
            "JOB                     STATE           %  BEGUN (UTC)       WHAT\n"
            "20261122t162800-3f9a1c  done         100%  2026-11-22 16:28  "
            "copy s3://photos -> s3://photos-eu/\\x1b[31m\n"
            "j                       interrupted   42%  2026-11-22 16:28  "
            "copy s3://photos -> s3://photos-eu/\\x1b[31m\n");
}

TEST(StoryText, OfAKilledJobSaysHowToGoOn) {
  JobStory story{.view = view("j", store::JobState::running, std::nullopt)};
  story.progress = ProgressEvent{.step = "copy", .percent = 42, .objects_done = 7};
  story.has_failures = true;
  Arguments arguments;
  arguments.words = {"s3migrator"};
  arguments.store = "x.db";
  const auto text = story_text(story, arguments);
  EXPECT_THAT(text, HasSubstr("interrupted, 42%"));
  EXPECT_THAT(text, HasSubstr("2026-11-22 16:28:05 UTC"));
  EXPECT_THAT(text, HasSubstr("copy 42%"));
  EXPECT_THAT(text, HasSubstr("   4 copy               not ended\n"));
  EXPECT_THAT(text, HasSubstr("s3migrator jobs failures j --store x.db\n"));
  EXPECT_THAT(text, HasSubstr("s3migrator jobs resume j --store x.db\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(StoryText, OfADoneJobSaysHowItEnded) {
  JobStory story{.view = view("j", store::JobState::done, 0)};
  story.summary = SummaryEvent{.objects = 30, .copied = 30, .message = "30 objects verified"};
  story.intents = {{"j", "source_delete", "s3://photos", begun}};
  story.view.steps.front().state = StepState::done;
  story.view.steps.front().ended_at = begun + 61s;
  story.view.steps.front().message = "30 copied";
  const auto text = story_text(story, {});
  EXPECT_THAT(text, HasSubstr("2026-11-22 16:29:06 UTC, exit code 0"));
  EXPECT_THAT(text, HasSubstr("30 objects verified"));
  EXPECT_THAT(text, HasSubstr("   4 copy               done        1m1s  30 copied\n"));
  EXPECT_THAT(text, HasSubstr("source_delete s3://photos"));
  EXPECT_THAT(text, Not(HasSubstr("resume")));
}

TEST(JobJson, IsALineThatHoldsWhatIsKnown) {
  JobStory story{.view = view("j", store::JobState::running, std::nullopt)};
  story.progress = ProgressEvent{.step = "copy", .percent = 42};
  const auto line = story_line(story);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  const auto job = boost::json::parse(line).as_object();
  EXPECT_EQ(job.at("job").as_string(), "j");
  EXPECT_EQ(job.at("state").as_string(), "interrupted");
  EXPECT_TRUE(job.at("exit_code").is_null());
  EXPECT_TRUE(job.at("claim").is_null());
  EXPECT_EQ(job.at("spec").at("source").at("location").as_string(), "s3://photos");
  EXPECT_EQ(job.at("steps").at(0).at("step").as_string(), "copy");
  EXPECT_EQ(job.at("progress").at("percent").to_number<int>(), 42);
  EXPECT_TRUE(job.at("summary").is_null());
  EXPECT_FALSE(boost::json::parse(job_line(story.view)).as_object().contains("steps"));
}

TEST(JobJson, AFailureKeepsTheBytesOfItsKey) {
  const auto line = failure_json("j", {.number = 7,
                                       .time = begun,
                                       .operation = "CopyObject",
                                       .key = "a\xFF",
                                       .message = "Access Denied",
                                       .http_status = 403});
  const auto failure = boost::json::parse(line).as_object();
  EXPECT_EQ(failure.at("number").to_number<int>(), 7);
  EXPECT_EQ(failure.at("key_base64").as_string(), "Yf8=");
  EXPECT_EQ(failure.at("http_status").to_number<int>(), 403);
  EXPECT_EQ(failure.at("job").as_string(), "j");
  EXPECT_FALSE(failure.contains("seq"));
}

}  // namespace
}  // namespace s3m::app
