#include "aws/arn.hpp"

#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

TEST(Arn, SplitsIntoSixPartsAndBack) {
  const auto arn = parse_arn("arn:aws:s3:eu-west-1:111122223333:bucket/key:with:colons");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->partition, "aws");
  EXPECT_EQ(arn->service, "s3");
  EXPECT_EQ(arn->region, "eu-west-1");
  EXPECT_EQ(arn->account, "111122223333");
  EXPECT_EQ(arn->resource, "bucket/key:with:colons");
  EXPECT_EQ(to_string(*arn), "arn:aws:s3:eu-west-1:111122223333:bucket/key:with:colons");
}

TEST(Arn, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "arn:", "arn:aws:iam::1", "arn:aws:iam::1:", "arn::iam::1:role/x", "arn:aws:::1:role/x",
        "ARN:aws:iam::1:role/x", "role/x", "arn:aws:iam::1:role/x y", "arn:aws:iam::1:role/x\n",
        " arn:aws:iam::1:x"}) {
    EXPECT_FALSE(parse_arn(text)) << text;
  }
}

TEST(Arn, RolesHaveAPathAndAName) {
  const auto plain = parse_role_arn("arn:aws-cn:iam::111122223333:role/Copier");
  ASSERT_TRUE(plain);
  EXPECT_EQ(*plain, (RoleArn{"aws-cn", "111122223333", "/", "Copier"}));
  const auto deep = parse_role_arn("arn:aws:iam::111122223333:role/team/data/Copier");
  ASSERT_TRUE(deep);
  EXPECT_EQ(*deep, (RoleArn{"aws", "111122223333", "/team/data/", "Copier"}));
  EXPECT_EQ(to_string(*plain), "arn:aws-cn:iam::111122223333:role/Copier");
  EXPECT_EQ(to_string(*deep), "arn:aws:iam::111122223333:role/team/data/Copier");
}

TEST(Arn, RolesOfServersWithoutAccountIds) {
  const auto role = parse_role_arn("arn:aws:iam:::role/source");
  ASSERT_TRUE(role);
  EXPECT_EQ(role->account, "");
  EXPECT_EQ(role->name, "source");
}

TEST(Arn, OtherPrincipalsAreNoRoles) {
  for (const auto* text :
       {"arn:aws:iam::111122223333:user/x", "arn:aws:iam::111122223333:root",
        "arn:aws:sts::111122223333:assumed-role/x/y", "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::111122223333:role", "arn:aws:iam::111122223333:rolex/y"}) {
    EXPECT_FALSE(parse_role_arn(text)) << text;
  }
}

TEST(Arn, ASessionNamesItsRoleWithoutThePath) {
  const auto role = parse_role_arn("arn:aws:iam::111122223333:role/team/Copier");
  ASSERT_TRUE(role);
  const auto session = session_of(*role, "s3migrator-1");
  EXPECT_EQ(to_string(session), "arn:aws:sts::111122223333:assumed-role/Copier/s3migrator-1");
  EXPECT_EQ(parse_role_session_arn(to_string(session)), session);
  EXPECT_EQ(to_string(role_of(session)), "arn:aws:iam::111122223333:role/Copier");
}

TEST(Arn, MalformedSessions) {
  for (const auto* text : {"arn:aws:sts::1:assumed-role/x", "arn:aws:sts::1:assumed-role/x/",
                           "arn:aws:sts::1:assumed-role//y", "arn:aws:iam::1:assumed-role/x/y",
                           "arn:aws:sts::1:federated-user/y"}) {
    EXPECT_FALSE(parse_role_session_arn(text)) << text;
  }
}

TEST(Arn, AccountOfAnyArn) {
  EXPECT_EQ(account_of("arn:aws:iam::111122223333:user/x"), "111122223333");
  EXPECT_EQ(account_of("arn:aws:s3:::bucket"), "");
  EXPECT_EQ(account_of("nothing"), "");
}

}  // namespace
}  // namespace s3m::aws
