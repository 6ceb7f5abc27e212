#include "workflow/bucket_record.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

BucketRecord full() {
  return {.job_id = "job-1",
          .program = "s3migrator 0.1.0",
          .written_at = WallTime(1'795'000'000'123ms),
          .state = "confirmed",
          .source = {"photos", "us-east-1", "111111111111"},
          .destination = {"photos", "eu-central-1", "222222222222"},
          .spec = R"({"a":[1,"ü\n"],"b":null})",
          .configuration = R"([{"document":"<a b=\"c\"/>"}])",
          .facts = {{"digest", "00ff"}, {"gone", "2026-11-22T16:28:00.000Z"}},
          .steps = {"preflight", "copy"},
          .intents = {{"first_delete", "00ff"}},
          .options = {"--freeze=early", "--map=a=b"},
          .holder = "0123456789abcdef"};
}

Errc code_of(std::string_view text) {
  const auto parsed = parse_record(text);
  return parsed ? Errc::usage : parsed.error().code();
}

// The record's JSON with one member changed by `change`.
template <class Change>
std::string changed(Change change) {
  auto value = boost::json::parse(*to_json(full()));
  change(value.as_object());
  return boost::json::serialize(value);
}

TEST(BucketRecord, RoundTrips) {
  const auto text = to_json(full());
  ASSERT_TRUE(text) << text.error().describe();
  const auto read = parse_record(*text);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(*read, full());
}

TEST(BucketRecord, DocumentsAreReadableInIt) {
  const auto value = boost::json::parse(*to_json(full()));
  EXPECT_EQ(value.at("spec").at("a").at(0).as_int64(), 1);
  EXPECT_EQ(value.at("version").as_int64(), record_version);
}

TEST(BucketRecord, AConfigurationThatWasNotReadYetIsEmpty) {
  auto early = full();
  early.configuration.clear();
  early.facts.clear();
  EXPECT_EQ(*parse_record(*to_json(early)), early);
}

TEST(BucketRecord, WhatIsNoJsonIsNotWritten) {
  auto broken = full();
  broken.spec = "{";
  ASSERT_FALSE(to_json(broken));
  EXPECT_EQ(to_json(broken).error().code(), Errc::invalid_argument);
  auto bytes = full();
  bytes.facts["key"] = "\xff";
  ASSERT_FALSE(to_json(bytes));
}

TEST(BucketRecord, MembersOfTheFutureAreIgnoredButNotItsVersions) {
  EXPECT_EQ(code_of(changed([](auto& record) { record["more"] = 1; })), Errc::usage);
  EXPECT_EQ(code_of(changed([](auto& record) { record["version"] = record_version + 1; })),
            Errc::not_supported);
}

TEST(BucketRecord, OfTheFirstVersionIsReadWithoutWhatItDidNotHave) {
  const auto first = changed([](auto& record) {
    record["version"] = 1;
    for (const auto* const later : {"steps", "intents", "options", "holder"})
      record.erase(later);
  });
  const auto read = parse_record(first);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_EQ(read->version, 1);
  EXPECT_TRUE(read->holder.empty());
  EXPECT_EQ(read->job_id, "job-1");
}

TEST(BucketRecord, WhatIsNoRecordSaysWhy) {
  for (const auto* const text : {"", "{", "[]", "7", "{}", R"({"version":"1"})"})
    EXPECT_EQ(code_of(text), Errc::protocol) << text;
  for (const auto* const member :
       {"job", "program", "written_at", "state", "source", "destination", "spec", "configuration",
        "facts", "steps", "intents", "options", "holder"}) {
    const auto missing = changed([member](auto& record) { record.erase(member); });
    EXPECT_EQ(code_of(missing), Errc::protocol) << member;
    EXPECT_THAT(parse_record(missing).error().describe(), HasSubstr(member));
    if (std::string_view(member) == "spec" || std::string_view(member) == "configuration") continue;
    EXPECT_EQ(code_of(changed([member](auto& record) { record[member] = 7; })), Errc::protocol)
        << member;
  }
  EXPECT_EQ(code_of(changed([](auto& record) { record["job"] = ""; })), Errc::protocol);
  EXPECT_EQ(code_of(changed([](auto& record) { record["facts"].as_object()["x"] = 7; })),
            Errc::protocol);
  EXPECT_EQ(code_of(changed([](auto& record) { record["steps"].as_array().emplace_back(7); })),
            Errc::protocol);
}

}  // namespace
}  // namespace s3m::workflow
