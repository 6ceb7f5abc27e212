#include "sim/policy.hpp"

#include <gtest/gtest.h>

namespace s3m::sim {
namespace {

TEST(Policy, ReadsOneStatementOrSeveral) {
  const auto one = parse_policy(R"({"Version":"2012-10-17","Statement":{"Sid":"a","Effect":"Deny",
      "Principal":{"AWS":"123456789012"},"NotAction":"s3:GetObject","Resource":["a","b"],
      "Condition":{"ForAnyValue:StringNotLikeIfExists":{"aws:UserId":["x*","y"]}}}})");
  ASSERT_TRUE(one) << one.error();
  const Statement& statement = one->statements.at(0);
  EXPECT_EQ(statement.sid, "a");
  EXPECT_FALSE(statement.allow);
  EXPECT_TRUE(statement.not_action);
  EXPECT_EQ(statement.resources.size(), 2u);
  const Condition& condition = statement.conditions.at(0);
  EXPECT_EQ(condition.operation, ConditionOperator::string_like);
  EXPECT_EQ(condition.quantifier, Quantifier::for_any_value);
  EXPECT_TRUE(condition.negated && condition.if_exists);
  EXPECT_EQ(condition.key, "aws:userid");
}

TEST(Policy, SaysWhatIsMalformed) {
  for (const char* text :
       {"", "[]", "{", "{}", R"({"Statement":[]})", R"({"Version":"2020","Statement":[]})",
        R"({"Statement":[{"Effect":"Maybe","Action":"s3:*"}]})",
        R"({"Statement":[{"Effect":"Allow"}]})", R"({"Statement":["x"]})",
        R"({"Statement":[{"Effect":"Allow","Action":"*","Principal":"someone"}]})",
        R"({"Statement":[{"Effect":"Allow","Action":"*","Principal":{"Elf":"x"}}]})",
        R"({"Statement":[{"Effect":"Allow","Action":"*","Condition":{"Is":{"a":"b"}}}]})"}) {
    const auto parsed = parse_policy(text);
    EXPECT_FALSE(parsed) << text;
    if (!parsed) {
      EXPECT_FALSE(parsed.error().empty());
    }
  }
}

TEST(Policy, IsPublicUnlessItsConditionPinsTheCaller) {
  const auto judged = [](const std::string& condition) {
    return is_public(parse_policy(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*",
        "Principal":"*","Condition":)" +
                                  condition + "}}")
                         .value());
  };
  EXPECT_TRUE(judged("{}"));
  EXPECT_TRUE(judged(R"({"StringLike":{"aws:UserAgent":"curl*"}})"));
  EXPECT_TRUE(judged(R"({"ArnLike":{"aws:PrincipalArn":"*"}})"));
  EXPECT_TRUE(judged(R"({"StringNotEquals":{"aws:PrincipalAccount":"111111111111"}})"));
  EXPECT_FALSE(judged(R"({"StringEquals":{"aws:PrincipalAccount":"111111111111"}})"));
}

}  // namespace
}  // namespace s3m::sim
