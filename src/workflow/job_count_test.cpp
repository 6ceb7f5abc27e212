#include "workflow/job_count.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

PlaceCount place(std::uint64_t objects, bool exists = true) {
  return {.uri = "s3://b/p", .exists = exists, .count = {.objects = objects, .left = {}}};
}

std::optional<int> percent(CountPhase phase, std::uint64_t from, std::uint64_t to,
                           bool exists = true) {
  return percent_of({.phase = phase, .from = place(from), .to = place(to, exists)});
}

TEST(JobCount, TheTableOfACopy) {
  EXPECT_EQ(percent(CountPhase::copy, 1000, 0, false), 0);
  EXPECT_EQ(percent(CountPhase::copy, 1000, 0), 5);
  EXPECT_EQ(percent(CountPhase::copy, 1000, 1), 6);
  EXPECT_EQ(percent(CountPhase::copy, 1000, 500), 52);
  EXPECT_EQ(percent(CountPhase::copy, 1000, 1000), 99);
  EXPECT_EQ(percent(CountPhase::copy, 1000, 4000), 99) << "others' objects are there, too";
  EXPECT_EQ(percent(CountPhase::copy, 0, 0), 5);
}

TEST(JobCount, TheTablesOfAMigration) {
  EXPECT_EQ(percent(CountPhase::outward, 1000, 0, false), 0);
  EXPECT_EQ(percent(CountPhase::outward, 1000, 0), 5);
  EXPECT_EQ(percent(CountPhase::outward, 1000, 1), 6);
  EXPECT_EQ(percent(CountPhase::outward, 1000, 1000), 49);
  EXPECT_EQ(percent(CountPhase::homeward, 1000, 0, false), 50);
  EXPECT_EQ(percent(CountPhase::homeward, 1000, 0), 55);
  EXPECT_EQ(percent(CountPhase::homeward, 1000, 1), 56);
  EXPECT_EQ(percent(CountPhase::homeward, 1000, 1000), 99);
}

TEST(JobCount, SaysNothingBeforeBothAreCounted) {
  JobCount count{.from = place(10), .to = place(5)};
  EXPECT_TRUE(percent_of(count));
  count.to.count.left = {KeyRange{}};
  EXPECT_FALSE(percent_of(count));
}

TEST(JobCount, ComesBackAsItWasSaved) {
  JobCount count{.phase = CountPhase::homeward, .from = place(10), .to = place(5)};
  count.to.count.left = {{.after = std::string("a\0\xFF", 3), .until = "\xC3\xBC"},
                         {.after = "z", .until = {}}};
  const auto back = load_job_count(save(count));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->phase, CountPhase::homeward);
  EXPECT_EQ(back->from.uri, "s3://b/p");
  EXPECT_EQ(back->from.count.objects, 10u);
  EXPECT_TRUE(back->from.count.complete());
  EXPECT_EQ(back->to.count.left, count.to.count.left);
  EXPECT_TRUE(back->to.exists);
}

TEST(JobCount, WhatWasNotSavedIsNotTaken) {
  const auto saved = save({.from = place(1), .to = place(1)});
  for (const auto& text : {std::string(), std::string("{}"), saved.substr(0, saved.size() - 3)})
    EXPECT_FALSE(load_job_count(text)) << text;
}

}  // namespace
}  // namespace s3m::workflow
