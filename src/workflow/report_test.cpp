#include "workflow/report.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "workflow/migration_records.hpp"

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ReportTest : public testing::Test {
 protected:
  ReportTest() { std::filesystem::create_directories(directory_); }
  ~ReportTest() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  std::string read(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }

  static FailureEvent failure(std::string key) {
    return {.operation = "CopyObject",
            .bucket = "photos",
            .key = std::move(key),
            .code = "access_denied",
            .service_code = "AccessDenied",
            .request_id = "4442587FB7D0A2F9",
            .message = "Access Denied",
            .http_status = 403};
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("s3m-report-" + random_hex(6));
  FailureLog failures_ = *FailureLog::open();
  Report report_{.program = "s3migrator 0.1.0",
                 .job = "20261122t162800-3f9a1c",
                 .spec = R"({"source":"s3://photos"})",
                 .steps = {{.step = "preflight", .state = StepState::done, .seconds = 0.5}},
                 .summary = {.outcome = "failed-objects", .exit_code = 3, .objects = 7}};
};

TEST_F(ReportTest, TheNameDecidesWhatIsWritten) {
  EXPECT_EQ(report_files("a.json").json, "a.json");
  EXPECT_THAT(report_files("a.json").csv, IsEmpty());
  EXPECT_EQ(report_files("a.csv").csv, "a.csv");
  EXPECT_THAT(report_files("a.csv").json, IsEmpty());
  EXPECT_EQ(report_files("a").json, "a.json");
  EXPECT_EQ(report_files("a").csv, "a.csv");
  EXPECT_EQ(report_files("a").html, "a.html");
  EXPECT_EQ(report_files("a.html").html, "a.html");
  EXPECT_THAT(report_files("a.html").json, IsEmpty());
  EXPECT_THAT(report_files("").json, IsEmpty());
}

TEST_F(ReportTest, JsonHoldsSpecStepsTotalsGroupsAndEveryFailure) {
  failures_.add(failure("a"));
  failures_.add(failure("b\n\x80"));
  auto other = failure("c");
  other.code = "invalid_state";
  failures_.add(other);
  ASSERT_TRUE(write_report(report_files(path("r.json")), report_, failures_));

  const auto document = boost::json::parse(read("r.json")).as_object();
  EXPECT_EQ(document.at("job").as_string(), "20261122t162800-3f9a1c");
  EXPECT_EQ(document.at("spec").at("source").as_string(), "s3://photos");
  EXPECT_EQ(document.at("steps").at(0).at("state").as_string(), "done");
  EXPECT_EQ(document.at("totals").at("objects").to_number<int>(), 7);
  EXPECT_EQ(document.at("failure_groups").at(0).at("count").to_number<int>(), 2);
  ASSERT_EQ(document.at("failures").as_array().size(), 3u);
  EXPECT_EQ(document.at("failures").at(1).at("key").as_string(), "b\\x0a\\x80");
  EXPECT_EQ(document.at("failures").at(1).at("key_base64").as_string(), "YgqA");
}

TEST_F(ReportTest, CsvHoldsALineAFailureAndRunsNoFormula) {
  failures_.add(failure("=cmd|' /C calc'!A0"));
  ASSERT_TRUE(write_report(report_files(path("r.csv")), report_, failures_));
  const auto text = read("r.csv");
  EXPECT_TRUE(text.starts_with(std::string(FailureLog::csv_columns) + "\r\n"));
  EXPECT_THAT(text, HasSubstr("CopyObject,photos,'=cmd"));
}

TEST_F(ReportTest, ThePageShowsItAllAndRunsNothing) {
  auto odd = failure("<script>alert(1)</script>&\x1b[31m");
  odd.message = "\"><img src=x>";
  failures_.add(odd);
  report_.spec =
      R"({"source":{"location":"s3://photos"},"destination":{"location":"s3://photos-eu"}})";
  report_.summary.digest = "d1ge57";
  report_.summary.message = "7 objects & <b>";
  ASSERT_TRUE(write_report(report_files(path("r.html")), report_, failures_));
  const auto page = read("r.html");
  for (const auto* const text :
       {"20261122t162800-3f9a1c", "s3://photos-eu", "failed-objects (exit code 3)", "d1ge57",
        "preflight", "4442587FB7D0A2F9", "&lt;script&gt;alert(1)&lt;/script&gt;&amp;",
        "&quot;&gt;&lt;img src=x&gt;", "7 objects &amp; &lt;b&gt;"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  EXPECT_THAT(page, testing::Not(HasSubstr("<script")));
  EXPECT_THAT(page, testing::Not(HasSubstr("<img")));
  EXPECT_THAT(page, testing::Not(HasSubstr("\x1b")));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST_F(ReportTest, ThePageListsABoundedNumberOfFailures) {
  for (int i = 0; i < 1200; ++i)
    failures_.add(failure("key-" + std::to_string(i) + "."));
  ASSERT_TRUE(write_report(report_files(path("r.html")), report_, failures_));
  const auto page = read("r.html");
  EXPECT_THAT(page, HasSubstr("Failures: 1,200"));
  EXPECT_THAT(page, HasSubstr("key-999."));
  EXPECT_THAT(page, testing::Not(HasSubstr("key-1000.")));
  EXPECT_THAT(page, HasSubstr("The first 1,000 are shown"));
}

TEST_F(ReportTest, ThereAreNoFailuresInAGoodReport) {
  ASSERT_TRUE(write_report(report_files(path("r")), report_, failures_));
  EXPECT_THAT(boost::json::parse(read("r.json")).at("failures").as_array(), IsEmpty());
  EXPECT_EQ(read("r.csv"), std::string(FailureLog::csv_columns) + "\r\n");
}

MigrationStory migration() {
  MigrationStory story{.source = {"photos", "us-east-1", "111111111111"},
                       .destination = {"photos", "eu-central-1", "222222222222"},
                       .temporary_bucket = "s3m-1",
                       .manifest = "s3://s3m-1/m/",
                       .all_versions = true,
                       .objects = 7,
                       .digest = "d1ge57",
                       .freeze = {},
                       .confirmation = {},
                       .exposure = {},
                       .losses = {},
                       .configuration = {}};
  const auto at = parse_iso8601("2026-11-22T16:28:05Z").value();
  story.freeze = {at, "user-id", 900};
  story.confirmation = {"d1ge57", "the name was typed", "jane <at> build", at};
  story.exposure = Exposure{at, at + std::chrono::milliseconds(20'500), true};
  story.configuration = {.settings = 4,
                         .changed = {{"policy", "Principal", "=1", "<2>"}},
                         .not_carried = {"metrics: not known there"},
                         .notes = {"look at it"}};
  story.parts = {{.name = "policy",
                  .state = PartState::rewritten,
                  .source = R"({"Principal":"=1"})",
                  .destination = R"({"Principal":"<2>"})",
                  .note = "look at it"},
                 {.name = "tagging", .source = "<a/>", .destination = "<a/>"},
                 {.name = "metrics",
                  .state = PartState::not_carried,
                  .source = "<M><Id>m</Id></M>",
                  .note = "not known there"}};
  for (int i = 0; i < 120; ++i) {
    story.losses.add({.operation = "carry",
                      .bucket = "photos",
                      .key = "k" + std::to_string(i) + ".",
                      .code = "acl",
                      .message = "the destination has none"});
  }
  return story;
}

TEST_F(ReportTest, OfAMigrationTellsWhatAnAuditorAsks) {
  report_.migration = migration();
  ASSERT_TRUE(write_report(report_files(path("r")), report_, failures_));
  const auto told = boost::json::parse(read("r.json")).at("migration").as_object();
  EXPECT_EQ(told.at("exposure").at("seconds").as_double(), 20.5);
  EXPECT_EQ(told.at("exposure").at("spans_runs").as_bool(), true);
  EXPECT_EQ(told.at("freeze").at("settled_seconds").to_number<int>(), 900);
  EXPECT_EQ(told.at("confirmation").at("at").as_string(), "2026-11-22T16:28:05.000Z");
  EXPECT_EQ(told.at("not_carried").at(0).at("count").to_number<int>(), 120);
  EXPECT_EQ(told.at("not_carried").at(0).at("first").as_array().size(), most_losses_named);
  EXPECT_EQ(told.at("configuration").at("changed").at(0).at("to").as_string(), "<2>");
  const auto& parts = told.at("configuration").at("parts").as_array();
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].at("state").as_string(), "rewritten");
  EXPECT_EQ(parts[0].at("destination").as_string(), R"({"Principal":"<2>"})");
  EXPECT_EQ(parts[2].at("destination"), nullptr);

  const auto page = read("r.html");
  for (const auto* const text :
       {"policy of the new bucket</summary>", "{&quot;Principal&quot;:&quot;&lt;2&gt;&quot;}",
        "&lt;M&gt;\n&lt;Id&gt;m", "not-carried",
        "at most 20.5 s, the time between two runs included", "jane &lt;at&gt; build", "&lt;2&gt;",
        "metrics: not known there", "acl of 120 versions and delete markers", "s3://photos/k99.",
        "and 20 more", "settled for 900 s", "New by nature"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  EXPECT_THAT(page, testing::Not(HasSubstr("k100.")));
  EXPECT_THAT(page, testing::Not(HasSubstr("tagging of the source"))) << "it is the same";
  EXPECT_THAT(page, testing::Not(HasSubstr("is not what was proven last")));

  const auto table = read("r.csv");
  EXPECT_THAT(table, HasSubstr("carry,photos,k0.,,acl,"));
  EXPECT_THAT(table, HasSubstr("configuration,photos,policy,,rewritten,,0,,Principal: =1 -> <2>"));
  EXPECT_THAT(table, HasSubstr("configuration,photos,,,not-carried,,0,,metrics: not known there"));
}

// What its bucket has is not known when a migration is begun.
TEST_F(ReportTest, AMigrationsVersionsAreThoseOfItsBucket) {
  report_.spec = R"({"versions":"latest"})";
  report_.migration = migration();
  ASSERT_TRUE(write_report(report_files(path("r.json")), report_, failures_));
  EXPECT_EQ(boost::json::parse(read("r.json")).at("spec").at("versions").as_string(), "all");
  report_.migration->all_versions = false;
  ASSERT_TRUE(write_report(report_files(path("r.json")), report_, failures_));
  EXPECT_EQ(boost::json::parse(read("r.json")).at("spec").at("versions").as_string(), "latest");
}

TEST_F(ReportTest, WhatAnOldRecordDidNotSayIsNotMadeUp) {
  report_.migration = migration();
  report_.migration->confirmation = {"d1ge57", not_recorded, not_recorded, std::nullopt};
  ASSERT_TRUE(write_report(report_files(path("r")), report_, failures_));
  const auto told = boost::json::parse(read("r.json")).at("migration").at("confirmation");
  EXPECT_TRUE(told.at("at").is_null());
  EXPECT_EQ(told.at("how").as_string(), not_recorded);
  EXPECT_THAT(read("r.html"), HasSubstr("<td>" + not_recorded + "</td>"));
}

TEST_F(ReportTest, AConfirmationOfSomethingElseIsShownAsSuch) {
  report_.migration = migration();
  report_.migration->digest = "an0ther";
  ASSERT_TRUE(write_report(report_files(path("r.html")), report_, failures_));
  EXPECT_THAT(read("r.html"), HasSubstr("is not what was proven last"));
}

TEST_F(ReportTest, ACopyIsNoMigration) {
  ASSERT_TRUE(write_report(report_files(path("r.json")), report_, failures_));
  EXPECT_TRUE(boost::json::parse(read("r.json")).at("migration").is_null());
}

TEST_F(ReportTest, AnUnwritablePlaceIsFoundBeforehandAndAtTheEnd) {
  const auto files = report_files(path("absent/r.json"));
  EXPECT_EQ(check_writable(files).error().code(), Errc::io);
  EXPECT_EQ(write_report(files, report_, failures_).error().code(), Errc::io);
  std::filesystem::create_directory(path("d.json"));
  EXPECT_EQ(check_writable(report_files(path("d.json"))).error().code(), Errc::io);
  EXPECT_TRUE(check_writable({}));
}

TEST_F(ReportTest, LeavesNoDraftBehind) {
  ASSERT_TRUE(check_writable(report_files(path("r"))));
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
  ASSERT_TRUE(write_report(report_files(path("r.json")), report_, failures_));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

TEST_F(ReportTest, ManyFailuresAreGroupedMostFrequentFirst) {
  for (int i = 0; i < 5000; ++i)
    failures_.add(failure("k" + std::to_string(i)));
  auto rare = failure("z");
  rare.http_status = 503;
  failures_.add(rare);
  EXPECT_EQ(failures_.count(), 5001u);
  ASSERT_EQ(failures_.groups().size(), 2u);
  EXPECT_EQ(failures_.groups()[0].count, 5000u);
  EXPECT_EQ(failures_.groups()[0].example.key, "k0");
  int listed = 0;
  ASSERT_TRUE(failures_.for_each_csv([&](std::string_view) { ++listed; }));
  EXPECT_EQ(listed, 5001);
}

}  // namespace
}  // namespace s3m::workflow
