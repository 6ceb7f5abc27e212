#include "console/job_limits.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace s3m::console {
namespace {

const JobLimits some{.concurrency = 8, .max_requests_per_second = 100};

Answer<JobLimits> asked(std::string_view text) {
  return changed(some, boost::json::parse(text).as_object());
}

TEST(JobLimits, WhatIsNotSaidStays) {
  EXPECT_EQ(*asked("{}"), some);
  EXPECT_EQ(*asked(R"({"concurrency": 16})"),
            (JobLimits{.concurrency = 16, .max_requests_per_second = 100}));
  EXPECT_EQ(*asked(R"({"max_requests_per_second": null})"), JobLimits{.concurrency = 8});
}

TEST(JobLimits, WhatTheyCannotBeIsNamed) {
  for (const auto* const text :
       {R"({"concurrency": 0})", R"({"concurrency": 2049})", R"({"concurrency": -1})",
        R"({"concurrency": 1.5})", R"({"concurrency": "8"})", R"({"concurrency": 1e99})"}) {
    const auto answer = asked(text);
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().status, 422);
    EXPECT_EQ(answer.error().fields.at(0).field, "concurrency");
  }
  EXPECT_EQ(asked(R"({"part-size": 1})").error().fields.at(0).field, "part-size");
}

TEST(JobLimits, ComeBackFromWhereTheyAreKept) {
  EXPECT_EQ(limits_in(text_of(some)), some);
  EXPECT_EQ(limits_in(text_of({})), JobLimits());
  EXPECT_FALSE(limits_in(""));
  EXPECT_FALSE(limits_in("{\"concurrency\": 0}"));
}

TEST(JobLimits, AChangeIsToldInWords) {
  EXPECT_EQ(change_words(some, some), "unchanged");
  EXPECT_EQ(change_words(some, {.concurrency = 16}),
            "concurrency 16, requests a second without a limit");
}

}  // namespace
}  // namespace s3m::console
