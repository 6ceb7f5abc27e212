#include "sim/faults.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace s3m::sim {
namespace {

TEST(Glob, MatchesWholeTexts) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(glob_match("a?c", "abc"));
  EXPECT_FALSE(glob_match("a?c", "ac"));
  EXPECT_FALSE(glob_match("abc", "abcd"));
  EXPECT_FALSE(glob_match("A", "a"));
  EXPECT_TRUE(glob_match_ignoring_case("S3:get*", "s3:GetObject"));
  // A pattern that a backtracking matcher would take for ever over.
  EXPECT_FALSE(glob_match("a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Faults, HitTheOccurrencesTheyName) {
  Faults faults;
  const auto number = faults.add({.operation = "Put*", .key = "k?", .first = 2, .count = 2});
  const FaultSubject subject{"PutObject", "b", "k1", "arn"};
  const FaultSubject other{"GetObject", "b", "k1", "arn"};
  std::string hits;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(faults.match(other), nullptr);
    hits += faults.match(subject) != nullptr ? 'x' : '.';
  }
  EXPECT_EQ(hits, ".xx..");
  EXPECT_EQ(faults.fired(number), 2u);
  faults.remove(number);
  EXPECT_TRUE(faults.empty());
}

TEST(Faults, TheFirstRuleThatFiresTakesTheRequestAndAllCountIt) {
  Faults faults;
  faults.add({.count = 1, .code = "First"});
  const auto second = faults.add({.count = 0, .code = "Second"});
  const FaultSubject subject{"PutObject", "b", "k", "arn"};
  EXPECT_EQ(faults.match(subject)->code, "First");
  EXPECT_EQ(faults.match(subject)->code, "Second");
  EXPECT_EQ(faults.fired(second), 1u);
  EXPECT_EQ(faults.fired_in_all(), 2u);
}

TEST(Faults, AProbabilityHitsItsShare) {
  Faults faults;
  faults.add({.count = 0, .probability = 0.25});
  int hits = 0;
  for (int i = 0; i < 4000; ++i)
    hits += faults.match({"PutObject", "b", "k", ""}) != nullptr;
  EXPECT_NEAR(hits, 1000, 150);  // the generator's seed is fixed
}

TEST(Faults, AreReadFromJson) {
  const auto rule = parse_fault(boost::json::parse(
                                    R"({"operation":"CopyObject","effect":"error_in_200",
      "code":"InternalError","blanks":4,"blank_gap_ms":10,"applied":true,"retry_after_ms":5})")
                                    .as_object());
  ASSERT_TRUE(rule) << rule.error().describe();
  EXPECT_EQ(rule->effect, FaultEffect::error_in_200);
  EXPECT_EQ(rule->blank_gap, std::chrono::milliseconds(10));
  EXPECT_TRUE(rule->applied && rule->retry_after);
  for (const char* wrong : {R"({"effect":"melt"})", R"({"cuont":1})", R"({"status":"503"})"}) {
    EXPECT_FALSE(parse_fault(boost::json::parse(wrong).as_object())) << wrong;
  }
}

}  // namespace
}  // namespace s3m::sim
