#include "app/session_policy.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(SessionPolicy, ReadsTheSourceAndOwnsTheDestination) {
  const auto text = session_policy("aws-cn", {"from", "prefix/"}, {"to", ""}, "");
  const auto statements = boost::json::parse(text).at("Statement").as_array();
  ASSERT_EQ(statements.size(), 4u);
  const auto& source = statements.at(0);
  EXPECT_EQ(source.at("Resource").at(0).as_string(), "arn:aws-cn:s3:::from");
  EXPECT_EQ(source.at("Resource").at(1).as_string(), "arn:aws-cn:s3:::from/*");
  EXPECT_EQ(source.at("Action").at(0).as_string(), "s3:Get*");
  const auto& destination = statements.at(1);
  EXPECT_EQ(destination.at("Resource").at(1).as_string(), "arn:aws-cn:s3:::to/*");
  EXPECT_EQ(destination.at("Action").at(0).as_string(), "s3:*");
  EXPECT_EQ(statements.at(2).at("Action").at(0).as_string(), "iam:SimulatePrincipalPolicy");
}

TEST(SessionPolicy, OfWhoLooksAroundReadsNoObject) {
  const auto statements = boost::json::parse(browsing_policy()).at("Statement").as_array();
  ASSERT_EQ(statements.size(), 1u);
  EXPECT_THAT(boost::json::serialize(statements), HasSubstr("s3:ListAllMyBuckets"));
  EXPECT_THAT(boost::json::serialize(statements), Not(HasSubstr("GetObject")));
  EXPECT_THAT(boost::json::serialize(statements), Not(HasSubstr("s3:*")));
}

TEST(SessionPolicy, OfCleanupNamesOneBucket) {
  const auto text = session_policy("aws", {}, {"to", ""}, "");
  EXPECT_THAT(text, HasSubstr("arn:aws:s3:::to"));
  EXPECT_THAT(text, Not(HasSubstr("arn:aws:s3:::\"")));
}

TEST(SessionPolicy, OfAMigrationReachesTheTemporaryBucketAndAsksIam) {
  const auto text = session_policy("aws", {"photos", ""}, {}, "");
  const auto statements = boost::json::parse(text).at("Statement").as_array();
  ASSERT_EQ(statements.size(), 4u);
  EXPECT_EQ(statements.at(0).at("Resource").at(0).as_string(), "arn:aws:s3:::photos");
  EXPECT_EQ(statements.at(0).at("Action").at(0).as_string(), "s3:*");
  EXPECT_EQ(statements.at(1).at("Resource").at(1).as_string(), "arn:aws:s3:::s3m-*/*");
  EXPECT_EQ(statements.at(2).at("Action").at(0).as_string(), "iam:SimulatePrincipalPolicy");
  EXPECT_THAT(text, Not(HasSubstr("s3:::\"")));
}

// Where the name was taken, --rename makes the bucket under another one.
TEST(SessionPolicy, OfAMigrationReachesTheBucketOfAnotherName) {
  const auto text = session_policy("aws", {"photos", ""}, {}, "photos-2");
  const auto statements = boost::json::parse(text).at("Statement").as_array();
  ASSERT_EQ(statements.size(), 5u);
  const auto& renamed = statements.at(1);
  EXPECT_EQ(renamed.at("Action").at(0).as_string(), "s3:*");
  EXPECT_EQ(renamed.at("Resource").at(0).as_string(), "arn:aws:s3:::photos-2");
  EXPECT_EQ(renamed.at("Resource").at(1).as_string(), "arn:aws:s3:::photos-2/*");
  EXPECT_THAT(text, HasSubstr("arn:aws:s3:::photos/*"));
  EXPECT_THAT(text, HasSubstr("arn:aws:s3:::s3m-*/*"));
  EXPECT_EQ(session_policy("aws", {"photos", ""}, {}, "photos"),
            session_policy("aws", {"photos", ""}, {}, ""));
}

TEST(SessionPolicy, IsLeftOutWhereStsWouldRefuseIt) {
  EXPECT_THAT(session_policy("aws", {std::string(900, 'a'), ""}, {std::string(900, 'b'), ""}, ""),
              IsEmpty());
}

}  // namespace
}  // namespace s3m::app
