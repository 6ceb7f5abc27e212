#include "workflow/grant_statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const Principal role{.account = "111111111111",
                     .arn = "arn:aws:iam::111111111111:role/team/s3m-source",
                     .session_arn = "arn:aws:sts::111111111111:assumed-role/s3m-source/job"};
const GrantTerms to_destination{.bucket = "photos", .sid = "S3MigratorGrant0"};

TEST(GrantStatements, TheDestinationLetsTheSourceRoleWriteObjects) {
  const auto made =
      grant_statements(to_destination, role, Dialect::account_and_arn, ActionSet::full);
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].sid, "S3MigratorGrant0");
  EXPECT_THAT(made[0].principals, ElementsAre("arn:aws:iam::111111111111:root"));
  EXPECT_THAT(made[0].principal_arns, ElementsAre(role.arn));
  EXPECT_THAT(made[0].resources, ElementsAre("arn:aws:s3:::photos/*"));
  EXPECT_THAT(made[0].actions, ElementsAre("s3:PutObject", "s3:GetObject", "s3:PutObjectTagging",
                                           "s3:PutObjectAnnotation", "s3:AbortMultipartUpload",
                                           "s3:ListMultipartUploadParts"));
}

TEST(GrantStatements, PutObjectAclOnlyWhereTheCopiesCarryAnAcl) {
  auto terms = to_destination;
  terms.with_acl = true;
  const auto made = grant_statements(terms, role, Dialect::arns, ActionSet::basic);
  EXPECT_THAT(made.at(0).actions, Contains("s3:PutObjectAcl"));
  EXPECT_THAT(made.at(0).actions, Not(Contains("s3:PutObjectAnnotation")));
}

TEST(GrantStatements, TheSourceLetsTheDestinationRoleListAndRead) {
  auto terms = to_destination;
  terms.mode = GrantMode::source_policy;
  const auto made = grant_statements(terms, role, Dialect::account_and_arn, ActionSet::full);
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].sid, "S3MigratorGrant0Bucket");
  EXPECT_THAT(made[0].resources, ElementsAre("arn:aws:s3:::photos"));
  EXPECT_THAT(made[0].actions, Contains("s3:ListBucket"));
  EXPECT_EQ(made[1].sid, "S3MigratorGrant0Objects");
  EXPECT_THAT(made[1].actions, Contains("s3:GetObjectTagging"));
}

TEST(GrantStatements, TheSecondDialectNamesRoleAndSession) {
  const Principal radosgw{.arn = "arn:aws:iam:::role/s3m-source",
                          .session_arn = "arn:aws:sts:::assumed-role/s3m-source/job"};
  const auto made = grant_statements(to_destination, radosgw, Dialect::arns, ActionSet::full);
  EXPECT_THAT(made.at(0).principals, ElementsAre(radosgw.arn, radosgw.session_arn));
  EXPECT_TRUE(made.at(0).principal_arns.empty());
}

TEST(GrantStatements, ARoleKnownByItsSessionAloneIsNamedWithAnyPath) {
  const Principal session{.account = "111111111111", .session_arn = role.session_arn};
  const auto made =
      grant_statements(to_destination, session, Dialect::account_and_arn, ActionSet::full);
  EXPECT_THAT(made.at(0).principal_arns,
              ElementsAre("arn:aws:iam::111111111111:role/s3m-source",
                          "arn:aws:iam::111111111111:role/*/s3m-source"));
}

TEST(DialectsFor, OnAwsTheFirstAloneElseWhatCanBeSaid) {
  EXPECT_THAT(dialects_for(role, true), ElementsAre(Dialect::account_and_arn));
  EXPECT_THAT(dialects_for(role, false), ElementsAre(Dialect::account_and_arn, Dialect::arns));
  EXPECT_THAT(dialects_for({.arn = "arn:aws:iam:::role/x"}, false), ElementsAre(Dialect::arns));
  EXPECT_TRUE(dialects_for({}, false).empty());
  EXPECT_TRUE(dialects_for({.account = "111111111111"}, true).empty());
}

TEST(GrantStatements, AUserWhereUsersAreAccountsIsNamedAsRadosgwDoes) {
  const Principal user{.account = "src", .owner_id = "src"};
  EXPECT_THAT(dialects_for(user, false), ElementsAre(Dialect::user_arn));
  EXPECT_TRUE(dialects_for(user, true).empty());
  const auto made = grant_statements(to_destination, user, Dialect::user_arn, ActionSet::full);
  EXPECT_THAT(made.at(0).principals, ElementsAre("arn:aws:iam:::user/src"));
  EXPECT_THAT(user.names(), ElementsAre("src", "arn:aws:iam:::user/src"));
  const Principal of_tenant{.account = "acme$src", .owner_id = "acme$src"};
  EXPECT_EQ(of_tenant.user_arn(), "arn:aws:iam::acme:user/src");
}

TEST(GrantStatements, ARoleIsNamedByItsArnWhoeverOwnsWhatItMakes) {
  const Principal assumed{.arn = "arn:aws:iam:::role/x", .owner_id = "src"};
  EXPECT_THAT(dialects_for(assumed, false), ElementsAre(Dialect::arns));
}

TEST(UseOf, NamesThePrincipalInEveryForm) {
  const auto use = use_of(to_destination, role, true);
  EXPECT_THAT(use.principals, Contains("111111111111"));
  EXPECT_THAT(use.principals, Contains("arn:aws:iam::111111111111:root"));
  EXPECT_THAT(use.principals, Contains(role.session_arn));
  EXPECT_THAT(use.resources, ElementsAre("arn:aws:s3:::photos/*"));
}

}  // namespace
}  // namespace s3m::workflow
