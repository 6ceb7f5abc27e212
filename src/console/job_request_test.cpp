#include "console/job_request.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "console/browser.hpp"

namespace s3m::console {
namespace {

Answer<JobRequest> read(std::string_view text) {
  return read_job_request(boost::json::parse(text).as_object());
}

std::string first_field(std::string_view text) {
  const auto read_back = read(text);
  return read_back ? "" : read_back.error().fields.front().field;
}

TEST(JobRequest, IsReadWhole) {
  const auto request = read(R"({"kind": "copy", "migrator_role_arn": "arn:m",
      "source": {"uri": "s3://a/b c", "profile": "prod"},
      "destination": {"uri": "s3://b", "region": "eu-central-1"},
      "options": {"part-size": "64MiB", "delete": true, "strict": false, "max-delete": 5,
                  "exclude": ["*.tmp", "x y"], "include": []}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->source.uri, "s3://a/b c");
  EXPECT_EQ(request->destination.region, "eu-central-1");
  EXPECT_EQ(request->migrator_role_arn, "arn:m");
  ASSERT_EQ(request->options.size(), 4u);
  EXPECT_EQ(request->options[0].values, std::vector<std::string>{"64MiB"});
  EXPECT_TRUE(request->options[1].values.empty());
  EXPECT_EQ(request->options[2].values, std::vector<std::string>{"5"});
  EXPECT_EQ(request->options[3].values, (std::vector<std::string>{"*.tmp", "x y"}));
}

TEST(JobRequest, WhatItDoesNotKnowIsNamed) {
  EXPECT_EQ(first_field(R"({"kind": "delete", "source": {}})"), "kind");
  EXPECT_EQ(first_field(R"({"kind": "copy", "sauce": {}})"), "sauce");
  EXPECT_EQ(first_field(R"({"kind": "copy", "source": {"url": "x"}})"), "source.url");
  EXPECT_EQ(first_field(R"({"kind": "copy", "source": {"uri": 1}})"), "source.uri");
  EXPECT_EQ(first_field(R"({"kind": "copy", "source": "s3://a"})"), "source");
  EXPECT_EQ(first_field(R"({"kind": "copy", "options": {"--store": "x"}})"), "options.--store");
  EXPECT_EQ(first_field(R"({"kind": "copy", "options": {"a=b": "x"}})"), "options.a=b");
  EXPECT_EQ(first_field(R"({"kind": "copy", "options": {"sse": {}}})"), "options");
  EXPECT_EQ(first_field(R"({"kind": "copy", "source": {"uri": "s3://a\u0000b"}})"), "source.uri");
}

TEST(JobRequest, ComesBackFromItsJson) {
  const std::string_view text =
      R"({"kind":"migrate","source":{"uri":"s3://a"},"destination":{"region":"eu-central-1"},)"
      R"("options":{"allow-reads":true,"map":["a=b","c=d"],"freeze":"early"}})";
  const auto request = read(text);
  ASSERT_TRUE(request);
  EXPECT_EQ(to_json(*request), boost::json::parse(text).as_object());
}

TEST(BrowseRequest, NamesWhatItDoesNotKnow) {
  const auto read = [](std::string_view body) {
    return read_browse_request(boost::json::parse(body).get_object());
  };
  const auto request = read(R"({"side": {"role_arn": "r"}, "bucket": "b", "prefix": "p/"})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->side.role_arn, "r");
  EXPECT_EQ(request->prefix, "p/");
  EXPECT_EQ(read(R"({"side": {"password": "x"}})").error().fields.at(0).field, "side.password");
  EXPECT_EQ(read(R"({"prefix": "p"})").error().fields.at(0).field, "prefix");
  EXPECT_EQ(read(R"({"bucket": 1})").error().status, 422);
}

}  // namespace
}  // namespace s3m::console
