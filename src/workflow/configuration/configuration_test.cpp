#include "workflow/configuration/configuration.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

TEST(Configuration, ComesBackByteForByte) {
  Configuration configuration;
  configuration.items = {
      {"policy", "", {"{ \"a\" :\t\"\\u00e9\" }\r\n", {}}},
      {"lifecycle", "", {"<L>\n \xc3\xa9</L>", {{"x-a", "1"}, {"x-b", ""}}}},
      {"inventory", "weekly \"x\"", {std::string("<I>\x01\xff\x00</I>", 10), {}}},
  };
  configuration.absent = {"cors", "website"};
  configuration.unsupported = {"abac"};
  const auto back = configuration_from_json(to_json(configuration));
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(*back, configuration);
  EXPECT_EQ(*configuration_from_json(to_json({})), Configuration{});
}

TEST(Configuration, WhatItDidNotWriteIsRefused) {
  const auto whole = to_json({});
  for (
      const auto& text : std::vector<std::string>{
          "", "[]", "{}", whole.substr(1),
          R"({"version":2,"items":[],"absent":[],"unsupported":[]})",
          R"({"version":1,"items":[{}],"absent":[],"unsupported":[]})",
          R"({"version":1,"items":[{"query":"cors"}],"absent":[],"unsupported":[]})",
          R"({"version":1,"items":[{"query":"cors","document_base64":"?"}],"absent":[],"unsupported":[]})",
          R"({"version":1,"items":[],"absent":[1],"unsupported":[]})",
          R"({"version":1,"items":[],"absent":[]})"}) {
    const auto read = configuration_from_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), Errc::protocol);
  }
}

TEST(Configuration, FindsByQueryAndId) {
  Configuration configuration;
  configuration.items = {{"metrics", "a", {"1", {}}}, {"metrics", "b", {"2", {}}}};
  EXPECT_EQ(configuration.find("metrics", "b")->value.document, "2");
  EXPECT_EQ(configuration.find("metrics"), nullptr);
  EXPECT_EQ(configuration.find("cors"), nullptr);
}

}  // namespace
}  // namespace s3m::workflow
