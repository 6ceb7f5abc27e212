#include "base/event.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "base/text.hpp"

namespace s3m {
namespace {

using namespace std::literals;
using boost::json::object;

EventStamp stamp() {
  return {.job = "20261122t162800-3f9a1c",
          .attempt = 2,
          .seq = 9'007'199'254'740'993,
          .time = parse_iso8601("2026-11-22T16:28:05.007Z").value()};
}

object parsed(const Event& event) {
  return boost::json::parse(to_json_line(stamp(), event)).as_object();
}

TEST(EventJson, every_line_names_its_event) {
  const auto line = to_json_line(stamp(), NoteEvent{NoteLevel::warning, "slow"});
  EXPECT_EQ(line, R"({"v":1,"type":"note","job":"20261122t162800-3f9a1c","attempt":2,)"
                  R"("seq":9007199254740993,"time":"2026-11-22T16:28:05.007Z",)"
                  R"("level":"warning","message":"slow"})");
}

TEST(EventJson, progress_is_raw_numbers) {
  ProgressEvent event;
  event.step = "copy";
  event.step_number = 4;
  event.step_count = 7;
  event.percent = 42;
  event.objects_done = 509'001;
  event.bytes_done = std::numeric_limits<std::uint64_t>::max();
  event.totals_final = true;
  event.in_flight = 256;
  event.budget = 300;
  event.rate_limit = 3400.5;
  event.elapsed_seconds = 9000.5;
  event.eta_low_seconds = 2580;
  const auto out = parsed(event);
  EXPECT_EQ(out.at("type"), "progress");
  EXPECT_EQ(out.at("step"), "copy");
  EXPECT_EQ(out.at("step_number"), 4);
  EXPECT_EQ(out.at("step_count"), 7);
  EXPECT_EQ(out.at("percent"), 42);
  EXPECT_EQ(out.at("objects_done"), 509'001);
  EXPECT_EQ(out.at("bytes_done").to_number<std::uint64_t>(),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(out.at("totals_final"), true);
  EXPECT_EQ(out.at("totals_estimated"), false);
  EXPECT_EQ(out.at("in_flight"), 256);
  EXPECT_EQ(out.at("budget"), 300);
  EXPECT_EQ(out.at("rate_limit"), 3400.5);
  EXPECT_EQ(out.at("elapsed_seconds"), 9000.5);
  EXPECT_EQ(out.at("eta_low_seconds"), 2580.0);
  EXPECT_FALSE(out.contains("eta_high_seconds"));
}

TEST(EventJson, numbers_that_json_does_not_have_are_null) {
  ProgressEvent event;
  event.objects_per_second = std::numeric_limits<double>::infinity();
  event.bytes_per_second = std::numeric_limits<double>::quiet_NaN();
  const auto out = parsed(event);
  EXPECT_TRUE(out.at("objects_per_second").is_null());
  EXPECT_TRUE(out.at("bytes_per_second").is_null());
}

TEST(EventJson, steps_say_their_state) {
  const auto state = [](StepState value) {
    return parsed(StepEvent{.step = "grant", .state = value}).at("state");
  };
  EXPECT_EQ(state(StepState::started), "started");
  EXPECT_EQ(state(StepState::done), "done");
  EXPECT_EQ(state(StepState::skipped), "skipped");
  EXPECT_EQ(state(StepState::failed), "failed");
}

TEST(EventJson, a_failure_has_its_cause) {
  FailureEvent event;
  event.operation = "CopyObject";
  event.bucket = "photos";
  event.key = "a/b";
  event.version = "v1";
  event.code = "access_denied";
  event.service_code = "AccessDenied";
  event.request_id = "R1";
  event.message = "Access Denied";
  event.http_status = 403;
  const auto out = parsed(event);
  EXPECT_EQ(out.at("type"), "failure");
  EXPECT_EQ(out.at("operation"), "CopyObject");
  EXPECT_EQ(out.at("bucket"), "photos");
  EXPECT_EQ(out.at("key"), "a/b");
  EXPECT_EQ(out.at("version"), "v1");
  EXPECT_EQ(out.at("code"), "access_denied");
  EXPECT_EQ(out.at("service_code"), "AccessDenied");
  EXPECT_EQ(out.at("request_id"), "R1");
  EXPECT_EQ(out.at("message"), "Access Denied");
  EXPECT_EQ(out.at("http_status"), 403);
  EXPECT_FALSE(out.contains("key_base64"));
}

TEST(EventJson, a_summary_counts) {
  SummaryEvent event;
  event.outcome = "failed-objects";
  event.exit_code = 3;
  event.copied = 10;
  event.copied_bytes = 1000;
  event.failed = 1;
  event.same_weak = 4;
  event.digest = "00ff";
  const auto out = parsed(event);
  EXPECT_EQ(out.at("type"), "summary");
  EXPECT_EQ(out.at("outcome"), "failed-objects");
  EXPECT_EQ(out.at("exit_code"), 3);
  EXPECT_EQ(out.at("copied"), 10);
  EXPECT_EQ(out.at("copied_bytes"), 1000);
  EXPECT_EQ(out.at("failed"), 1);
  EXPECT_EQ(out.at("same_weak"), 4);
  EXPECT_EQ(out.at("digest"), "00ff");
}

TEST(EventJson, only_a_migration_speaks_of_its_name_and_only_what_waits_of_waiting) {
  EXPECT_FALSE(parsed(SummaryEvent{}).contains("bucket"));
  EXPECT_FALSE(parsed(SummaryEvent{}).contains("exposure_seconds"));
  EXPECT_FALSE(parsed(ProgressEvent{}).contains("waited_seconds"));
  SummaryEvent event;
  event.bucket = "photos";
  EXPECT_EQ(parsed(event).at("awaits_confirmation"), false);
  EXPECT_FALSE(parsed(event).contains("exposure_seconds"));
  event.exposure_seconds = 20.5;
  event.exposure_spans_runs = true;
  EXPECT_EQ(parsed(event).at("exposure_seconds"), 20.5);
  EXPECT_EQ(parsed(event).at("exposure_spans_runs"), true);
  ProgressEvent waits;
  waits.waited_seconds = 3;
  waits.wait_left_seconds = 1.5;
  waits.attempts = 4;
  EXPECT_EQ(parsed(waits).at("waited_seconds"), 3.0);
  EXPECT_EQ(parsed(waits).at("wait_left_seconds"), 1.5);
  EXPECT_EQ(parsed(waits).at("attempts"), 4);
}

TEST(EventJson, a_plan_says_what_would_be_done) {
  PlanEvent event;
  event.objects = 12;
  event.to_copy = 3;
  event.to_copy_bytes = 300;
  event.multipart = 1;
  event.first_key = "a";
  event.last_key = "z\xFF";
  event.destination_exists = false;
  event.destination_region = "eu-west-1";
  event.times = {{.what = "copying", .low = 1, .high = 2.5}};
  event.high_dollars = 0.5;
  event.warnings = {"list prices"};
  const auto out = parsed(event);
  EXPECT_EQ(out.at("type"), "plan");
  EXPECT_EQ(out.at("objects"), 12);
  EXPECT_EQ(out.at("to_copy"), 3);
  EXPECT_EQ(out.at("to_copy_bytes"), 300);
  EXPECT_EQ(out.at("multipart"), 1);
  EXPECT_EQ(out.at("first_key"), "a");
  EXPECT_EQ(unbase64(std::string_view(out.at("last_key_base64").as_string())), event.last_key);
  EXPECT_EQ(out.at("destination_exists"), false);
  EXPECT_EQ(out.at("destination_region"), "eu-west-1");
  EXPECT_EQ(out.at("times").at(0).at("high"), 2.5);
  EXPECT_EQ(out.at("high_dollars"), 0.5);
  EXPECT_EQ(out.at("prices").as_array().size(), 0U);
  EXPECT_EQ(out.at("warnings").at(0), "list prices");
}

TEST(EventJson, a_migration_s_plan_has_its_price_its_refusals_and_its_permissions) {
  MigrationPlanEvent event;
  event.bucket = "photos";
  event.prices = {{.what = "copies", .low = 1, .high = 2.5}};
  event.refusals = {{.code = "mfa-delete", .reason = "because", .way_out = "switch it off"}};
  event.permissions = {{.side = "source",
                        .action = "s3:DeleteBucket",
                        .resource = "arn:aws:s3:::photos",
                        .state = "unproven",
                        .how = "never tried"}};
  event.warnings = {"slow"};
  const auto out = parsed(event);
  EXPECT_EQ(out.at("type"), "migration-plan");
  EXPECT_EQ(out.at("prices").at(0).at("high"), 2.5);
  EXPECT_EQ(out.at("refusals").at(0).at("way_out"), "switch it off");
  EXPECT_EQ(out.at("permissions").at(0).at("state"), "unproven");
  EXPECT_EQ(out.at("warnings").at(0), "slow");
}

TEST(EventJson, access_tells_each_right_and_what_to_add) {
  AccessEvent event;
  event.permissions = {{.side = "source",
                        .action = "s3:GetObject",
                        .resource = "arn:aws:s3:::photos/*",
                        .state = "denied",
                        .how = "Access Denied"}};
  event.source_policy = "{}";
  const auto out = parsed(event);
  EXPECT_EQ(out.at("type"), "access");
  EXPECT_EQ(out.at("permissions").at(0).at("state"), "denied");
  EXPECT_EQ(out.at("source_policy"), "{}");
  EXPECT_EQ(out.at("destination_policy"), "");
}

TEST(EventJson, a_key_with_controls_comes_back_whole_from_one_safe_line) {
  FailureEvent event;
  event.key =
      "\0\x1b[2J\n\"\\\x7F\xC2\x9B \xE2\x80\xAE \xE2\x80\xA8 \xF3\xA0\x80\x81 gr\xC3\xBC\xC3\x9F"s;
  const auto line = to_json_line(stamp(), event);
  EXPECT_EQ(printable(line).size() - line.size(),  // nothing but backslashes had to be doubled
            static_cast<std::size_t>(std::ranges::count(line, '\\')));
  const auto out = boost::json::parse(line).as_object();
  EXPECT_EQ(std::string_view(out.at("key").as_string()), event.key);
  EXPECT_NE(line.find("gr\xC3\xBC\xC3\x9F"), std::string::npos);
}

TEST(EventJson, a_key_that_is_not_utf8_is_valid_json_and_not_lost) {
  FailureEvent event;
  event.key = "caf\xE9/\xFF";
  event.message = "cut \xE2\x82";
  const auto out = parsed(event);
  EXPECT_EQ(out.at("key"), "caf\xEF\xBF\xBD/\xEF\xBF\xBD");
  EXPECT_EQ(unbase64(std::string_view(out.at("key_base64").as_string())), event.key);
  EXPECT_EQ(out.at("message"), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace s3m
