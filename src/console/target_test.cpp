#include "console/target.hpp"

#include <gtest/gtest.h>

namespace s3m::console {
namespace {

using Segments = std::vector<std::string>;

TEST(Target, TakesPathAndQueryApart) {
  const auto target = parse_target("/api/v1/jobs/a%20b?state=paused,done&q=x%2By+z&flag&q=second");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (Segments{"api", "v1", "jobs", "a b"}));
  EXPECT_EQ(target->query.at("state"), "paused,done");
  EXPECT_EQ(target->query.at("q"), "x+y z");
  EXPECT_EQ(target->query.at("flag"), "");
  EXPECT_EQ(parse_target("/")->segments, Segments{});
  EXPECT_EQ(parse_target("/assets/")->segments, Segments{"assets"});
}

TEST(Target, RefusesWhatCouldMeanAnotherPath) {
  for (const char* const bad : {"/../etc/passwd",
                                "/a/../b",
                                "/%2e%2e/etc",
                                "/a/%2E%2E/b",
                                "/a/./b",
                                "/a//b",
                                "//host/a",
                                "/a%2fb",
                                "/a%5cb",
                                "/a%00",
                                "/a%0d%0aX",
                                "/a%7f",
                                "/a%",
                                "/a%2",
                                "/a%zz",
                                "*",
                                "",
                                "http://host/a",
                                "/a#b",
                                "/a?b=%0",
                                "/a?b=%ff"}) {
    EXPECT_FALSE(parse_target(bad)) << bad;
  }
}

TEST(Target, FindsACookieByItsWholeName) {
  const std::string_view field = "a=1; xs3=2;s3 =3; s3=4; s3=5";
  EXPECT_EQ(cookie(field, "s3"), "4");
  EXPECT_EQ(cookie(field, "a"), "1");
  EXPECT_EQ(cookie(field, "b"), "");
  EXPECT_EQ(cookie("", "a"), "");
  EXPECT_EQ(cookie(";;=;a", "a"), "");
}

}  // namespace
}  // namespace s3m::console
