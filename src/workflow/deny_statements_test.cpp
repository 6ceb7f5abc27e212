#include "workflow/deny_statements.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Principal session{.account = "111111111111",
                        .arn = "arn:aws:iam::111111111111:role/s3m-source",
                        .session_arn = "arn:aws:sts::111111111111:assumed-role/s3m-source/job",
                        .user_id = "AROASOURCE:job"};
const Principal other{.account = "222222222222",
                      .arn = "arn:aws:iam::222222222222:role/s3m-destination",
                      .session_arn = "arn:aws:sts::222222222222:assumed-role/s3m-destination/job",
                      .user_id = "AROADESTINATION:job"};

DenyTerms terms_of(DenyKind kind) {
  return {.kind = kind, .bucket = "photos", .spared = {session}};
}

std::vector<PolicyStatement> full(const DenyTerms& terms,
                                  DenyDialect dialect = DenyDialect::user_id) {
  return deny_statements(terms, "job", dialect, ActionSet::full);
}

TEST(DenyStatements, AFreezeDeniesWritesAndChangesOfStateAlone) {
  const auto made = full(terms_of(DenyKind::freeze));
  ASSERT_EQ(made.size(), 2u);
  EXPECT_THAT(made[0].resources, ElementsAre("arn:aws:s3:::photos/*"));
  EXPECT_THAT(made[0].actions,
              ElementsAre("s3:PutObject*", "s3:DeleteObject*", "s3:RestoreObject",
                          "s3:AbortMultipartUpload", "s3:UpdateObject*", "s3:Replicate*"));
  EXPECT_THAT(made[1].resources, ElementsAre("arn:aws:s3:::photos"));
  EXPECT_THAT(made[1].actions, ElementsAre("s3:PutBucketVersioning", "s3:PutLifecycleConfiguration",
                                           "s3:PutReplicationConfiguration", "s3:DeleteBucket"));
  for (const auto& statement : made) {
    EXPECT_EQ(statement.effect, PolicyStatement::Effect::deny);
    EXPECT_EQ(own_sid_of(statement.sid), deny_sid(DenyKind::freeze, "job"));
  }
}

// Whoever may edit the policy can always take it out again: nobody is locked out for good.
TEST(DenyStatements, NoneDeniesAnActionOnTheBucketsPolicy) {
  for (const auto kind : {DenyKind::freeze, DenyKind::closed, DenyKind::protect}) {
    for (const auto& statement : full(terms_of(kind))) {
      EXPECT_THAT(statement.actions,
                  Each(AllOf(Not(HasSubstr("Policy")), Not("s3:*"), Not("s3:Put*"), Not("s3:Get*"),
                             Not("s3:PutBucket*"), Not("s3:Delete*"))));
    }
  }
}

TEST(DenyStatements, TheNewBucketIsClosedToReadersTooUnlessTheyMayRead) {
  auto terms = terms_of(DenyKind::closed);
  EXPECT_THAT(full(terms)[0].actions, Contains("s3:GetObject*"));
  EXPECT_THAT(full(terms)[1].actions, Contains("s3:ListBucket*"));
  terms.reads = false;
  EXPECT_THAT(full(terms)[0].actions, Not(Contains("s3:GetObject*")));
  EXPECT_THAT(full(terms)[1].actions, Not(Contains("s3:ListBucket*")));
}

TEST(DenyStatements, ReadersOfAFrozenOrProtectedBucketGoOn) {
  for (const auto kind : {DenyKind::freeze, DenyKind::protect}) {
    for (const auto& statement : full(terms_of(kind)))
      EXPECT_THAT(statement.actions, Each(AllOf(Not(HasSubstr("Get")), Not(HasSubstr("List")))));
  }
}

TEST(DenyStatements, ServersThatDoNotKnowAllActionsGetTheBasicOnes) {
  const auto basic =
      deny_statements(terms_of(DenyKind::freeze), "job", DenyDialect::user_id, ActionSet::basic);
  EXPECT_THAT(basic[0].actions, ElementsAre("s3:PutObject*", "s3:DeleteObject*", "s3:RestoreObject",
                                            "s3:AbortMultipartUpload"));
}

TEST(DenyStatements, TheFirstDialectSparesSessionsByTheirNameNotTheRole) {
  auto terms = terms_of(DenyKind::protect);
  terms.spared.push_back(other);
  for (const auto& statement : full(terms)) {
    EXPECT_THAT(statement.principals, ElementsAre("*"));
    EXPECT_THAT(statement.spared_user_ids, ElementsAre("AROASOURCE:job", "AROADESTINATION:job"));
    EXPECT_THAT(statement.not_principals, IsEmpty());
  }
  const auto policy = with_statements(std::nullopt, full(terms), "S3").value();
  EXPECT_THAT(policy, HasSubstr(R"("Effect":"Deny","Principal":"*")"));
  EXPECT_THAT(policy, HasSubstr(R"("Condition":{"StringNotEqualsIfExists":{"aws:userid":)"
                                R"(["AROASOURCE:job","AROADESTINATION:job"]}})"));
}

TEST(DenyStatements, TheSecondDialectSparesSessionsByTheirArns) {
  const auto made = full(terms_of(DenyKind::freeze), DenyDialect::not_principal);
  EXPECT_THAT(made[0].not_principals, ElementsAre(session.session_arn));
  EXPECT_THAT(made[0].spared_user_ids, IsEmpty());
  const auto policy = with_statements(std::nullopt, made, "S3").value();
  EXPECT_THAT(policy, HasSubstr(R"("Effect":"Deny","NotPrincipal":{"AWS":[")" +
                                session.session_arn + R"("]})"));
  EXPECT_THAT(policy, Not(HasSubstr("\"Principal\"")));
}

TEST(DenyStatements, NamesBucketsByThePartition) {
  auto terms = terms_of(DenyKind::freeze);
  terms.spared[0].partition = "aws-cn";
  EXPECT_THAT(full(terms)[1].resources, ElementsAre("arn:aws-cn:s3:::photos"));
}

TEST(DenyDialectsFor, OnAwsTheFirstAloneElseThoseThatNameEverybody) {
  auto terms = terms_of(DenyKind::freeze);
  EXPECT_THAT(deny_dialects_for(terms, true), ElementsAre(DenyDialect::user_id));
  EXPECT_THAT(deny_dialects_for(terms, false),
              ElementsAre(DenyDialect::user_id, DenyDialect::not_principal));
  terms.spared.push_back({.arn = "arn:aws:iam:::user/dst"});
  EXPECT_THAT(deny_dialects_for(terms, false), ElementsAre(DenyDialect::not_principal));
  EXPECT_THAT(deny_dialects_for(terms, true), IsEmpty());
  terms.spared.clear();
  EXPECT_THAT(deny_dialects_for(terms, false), IsEmpty());
}

std::string policy_of(std::size_t bytes) {
  const std::string head = R"({"Statement":[{"Sid":")";
  const std::string tail =
      R"(","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]})";
  return head + std::string(bytes - head.size() - tail.size(), 'x') + tail;
}

TEST(CheckRoom, CountsTheFreezeAndTheGrantTogether) {
  const auto terms = terms_of(DenyKind::freeze);
  const auto grant = grant_statements(
      {.mode = GrantMode::source_policy, .bucket = "photos", .sid = grant_sid("job")}, other,
      Dialect::account_and_arn, ActionSet::full);
  // With either of them alone it fits, with both it does not.
  const auto nearly_full = policy_of(max_policy_bytes - 1200);
  EXPECT_TRUE(check_room(nearly_full, terms, "job", {}));
  EXPECT_TRUE(with_statements(nearly_full, grant, grant_sid("job")));
  const auto refused = check_room(nearly_full, terms, "job", grant);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::too_large);
  EXPECT_THAT(refused.error().message(), HasSubstr("S3 allows 20,480"));
}

TEST(CheckRoom, WhatOfOursStandsAlreadyIsNotCountedTwice) {
  const auto terms = terms_of(DenyKind::freeze);
  const auto standing =
      with_statements(policy_of(max_policy_bytes - 1200), full(terms), "S3MigratorFreeze");
  ASSERT_TRUE(standing);
  EXPECT_TRUE(check_room(*standing, terms, "job", {}));
  EXPECT_FALSE(check_room(*standing, terms, "another", {}));
  EXPECT_TRUE(check_room(std::nullopt, terms, "job", {}));
}

}  // namespace
}  // namespace s3m::workflow
