#include "workflow/configuration/own_marks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string team =
    "<Tagging><TagSet><Tag><Key>team</Key><Value>a</Value></Tag></TagSet></Tagging>";
const std::string mark =
    "<Tagging><TagSet><Tag><Key>s3migrator:job</Key><Value>1</Value></Tag><Tag><Key>other</Key>"
    "<Value>b</Value></Tag></TagSet></Tagging>";

TEST(Markers, StayBesideTheTagsOfTheConfiguration) {
  const auto both = with_markers(team, mark);
  ASSERT_TRUE(both && *both);
  EXPECT_THAT(**both,
              AllOf(HasSubstr("team"), HasSubstr("s3migrator:job"), Not(HasSubstr("other"))));
  EXPECT_EQ(*with_markers(team, std::nullopt), team);
  EXPECT_EQ(*with_markers(team, team), team) << "no mark there: the bytes as they are";
  EXPECT_THAT(**with_markers(std::nullopt, mark), HasSubstr("s3migrator:job"));
  EXPECT_EQ(*with_markers(std::nullopt, team), std::nullopt);
}

TEST(Markers, AreTakenAway) {
  EXPECT_EQ(*without_markers(team), team);
  EXPECT_THAT(**without_markers(mark), AllOf(HasSubstr("other"), Not(HasSubstr("s3migrator"))));
  EXPECT_EQ(*without_markers("<Tagging><TagSet><Tag><Key>s3migrator:job</Key><Value/></Tag>"
                             "</TagSet></Tagging>"),
            std::nullopt);
  EXPECT_EQ(without_markers("<Tagging/>").error().code(), Errc::protocol);
}

TEST(OurStatements, StayBesideThePolicy) {
  const std::string policy = R"({"Version":"2012-10-17","Statement":{"Sid":"Theirs"}})";
  const std::string there =
      R"({"Statement":[{"Sid":"Old"},{"Sid":"S3MigratorClosed1","Effect":"Deny"}]})";
  const auto both = with_our_statements(policy, there);
  ASSERT_TRUE(both);
  EXPECT_EQ(*both, R"({"Version":"2012-10-17","Statement":[{"Sid":"Theirs"},)"
                   R"({"Sid":"S3MigratorClosed1","Effect":"Deny"}]})");
  EXPECT_EQ(*with_our_statements(policy, std::nullopt), policy);
  EXPECT_EQ(*with_our_statements(policy, R"({"Statement":[{"Sid":"Old"}]})"), policy);
  const auto large = with_our_statements(
      R"({"Statement":[{"Sid":")" + std::string(20'480, 'a') + R"("}]})", there);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code(), Errc::too_large);
}

}  // namespace
}  // namespace s3m::workflow
