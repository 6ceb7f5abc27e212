// Each refusal by the fact that calls for it, and its absence without that fact.
#include "workflow/migration_refusals.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workflow/deny_statements.hpp"

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Refusals : public testing::Test {
 protected:
  Refusals() {
    facts.bucket = "photos";
    facts.source_region = "us-east-1";
    facts.destination_region = "eu-central-1";
    facts.source_principal = {.account = "111111111111",
                              .arn = "arn:aws:iam::111111111111:role/source",
                              .session_arn = "arn:aws:sts::111111111111:assumed-role/source/job"};
    facts.destination_principal = {.account = "222222222222",
                                   .arn = "arn:aws:iam::222222222222:role/destination",
                                   .session_arn = {}};
  }

  std::vector<std::string> codes() const {
    std::vector<std::string> all;
    for (const auto& refusal : migration_refusals(facts, wishes)) {
      EXPECT_FALSE(refusal.reason.empty());
      EXPECT_FALSE(refusal.way_out.empty());
      EXPECT_THAT(refusal.reason + refusal.way_out, Not(HasSubstr("\n")));
      all.push_back(refusal.code);
    }
    return all;
  }
  void refused(const std::string& code) const { EXPECT_THAT(codes(), ElementsAre(code)); }
  void allowed() const { EXPECT_THAT(codes(), IsEmpty()); }

  void policy(const std::string& statement) {
    facts.policy = fmt::format(R"({{"Version":"2012-10-17","Statement":[{}]}})", statement);
  }

  MigrationFacts facts;
  MigrationWishes wishes;
};

TEST_F(Refusals, NothingSpeaksAgainstAnOrdinaryBucket) {
  allowed();
  EXPECT_TRUE(check_refusals("photos", {}).has_value());
}

TEST_F(Refusals, Names) {
  facts.bucket = "photos-111111111111-us-east-1-an";
  refused("account-regional-name");
  facts.bucket = "photos-abc-s3alias";
  refused("access-point");
  facts.bucket = "photos--use1-az4--x-s3";
  refused("other-kind-of-bucket");
  facts.bucket = "My_Photos";
  refused("legacy-name");
  facts.bucket = "sthree-photos";
  refused("reserved-name");
}

TEST_F(Refusals, OtherServicesHaveTheirOwnNames) {
  facts.aws = false;
  facts.bucket = "My_Photos";
  allowed();
}

TEST_F(Refusals, OnlyAWholeBucketMoves) {
  wishes.prefix = "2024/";
  refused("prefix");
  wishes = {};
  wishes.copy.copy.filter = transfer::Filter({{.include = false, .pattern = "*.tmp"}});
  refused("filter");
  wishes = {};
  wishes.copy.copy.if_exists = transfer::IfExists::skip;
  refused("if-exists");
  wishes = {};
  wishes.copy.delete_extra = true;
  refused("delete-extra");
}

TEST_F(Refusals, NothingIsDeletedUnverified) {
  wishes.copy.verify = transfer::VerifyMode::none;
  refused("verify-none");
  wishes.copy.verify = transfer::VerifyMode::checksum;
  allowed();
}

TEST_F(Refusals, CopiesThatCouldNotBeCopiedAgain) {
  wishes.copy.copy.storage_class = "DEEP_ARCHIVE";
  refused("archive-class");
  wishes.copy.copy.storage_class = "GLACIER_IR";
  allowed();
}

TEST_F(Refusals, Places) {
  facts.destination_region = "cn-north-1";
  refused("two-partitions");
  facts.one_service = false;
  refused("two-services");
  facts.one_service = true;
  facts.destination_region = "eu-central-1";
  facts.owner_known = false;
  refused("foreign-bucket");
}

TEST_F(Refusals, ABucketThatIsThereAlready) {
  facts.destination_principal.account = "111111111111";
  allowed();  // another region
  facts.destination_region = "us-east-1";
  refused("already-there");
  facts.source_principal.account = facts.destination_principal.account = "";
  allowed();  // nobody knows
}

TEST_F(Refusals, WhereUsersAreAccountsTheirIdsTell) {
  facts.aws = false;
  facts.destination_region = facts.source_region;
  facts.source_principal = {.arn = "arn:aws:iam:::role/a", .owner_id = "src"};
  facts.destination_principal = {.account = "dst", .owner_id = "dst"};
  allowed();
  facts.destination_principal = {.account = "src", .owner_id = "src"};
  refused("already-there");
}

TEST_F(Refusals, WithoutASecondSessionNothingShowsThatAFreezeHolds) {
  facts.second_session = false;
  refused("no-second-session");
  wishes.source_is_quiet = true;
  allowed();
}

TEST_F(Refusals, WhatMayNotBeReadCannotBeCarried) {
  facts.unread = {{.what = "policy", .permission = "s3:GetBucketPolicy"}};
  refused("unread");
  EXPECT_THAT(migration_refusals(facts, wishes).front().way_out, HasSubstr("s3:GetBucketPolicy"));
}

TEST_F(Refusals, MfaDelete) {
  facts.versioning = {.status = "Enabled", .mfa_delete = true};
  refused("mfa-delete");
  facts.versioning.mfa_delete = false;
  allowed();
}

TEST_F(Refusals, LocksByDefault) {
  facts.lock = {.enabled = true, .default_mode = "COMPLIANCE"};
  refused("compliance-lock");
  facts.lock.default_mode = "GOVERNANCE";
  refused("governance-lock");
  facts.lock.default_mode.clear();
  allowed();
  EXPECT_THAT(migration_warnings(facts, wishes), Contains(HasSubstr("Object Lock")));
}

TEST_F(Refusals, AclsNeedTheDestinationToCopy) {
  facts.acls = MigrationFacts::Acls::on;
  refused("acls-need-source-policy");
  wishes.copy.grant = GrantMode::none;
  refused("acls-need-source-policy");
  wishes.copy.grant = GrantMode::source_policy;
  allowed();
  facts.acls = MigrationFacts::Acls::unknown;
  wishes.copy.grant.reset();
  allowed();
  EXPECT_THAT(migration_warnings(facts, wishes), Contains(HasSubstr("ACLs")));
}

TEST_F(Refusals, ObjectsBelowOurOwnPrefix) {
  facts.reserved_key = ".s3migrator/record.json";
  refused("reserved-prefix");
  EXPECT_THAT(migration_refusals(facts, wishes).at(0).way_out, HasSubstr("s3migrator adopt"));
}

TEST_F(Refusals, ArchivedObjects) {
  facts.classes["GLACIER"].objects = 3;
  facts.first_in_archive = "old.tar";
  facts.unrestored = 3;
  refused("archived-objects");
  EXPECT_THAT(migration_refusals(facts, wishes).front().reason, HasSubstr("old.tar"));
  facts.unrestored = 0;
  refused("archived-objects");  // their copies would need a restore again
  wishes.copy.copy.storage_class = "STANDARD";
  allowed();
  facts.unrestored = 1;
  refused("archived-objects");
}

TEST_F(Refusals, ClassesThatCanBeRead) {
  for (const auto* name : {"STANDARD", "STANDARD_IA", "GLACIER_IR", "INTELLIGENT_TIERING"})
    facts.classes[name].objects = 3;
  allowed();
}

TEST_F(Refusals, ArchiveTiers) {
  facts.in_archive_tiers = 2;
  refused("archive-tiers");
}

TEST_F(Refusals, KeysWithoutASuccessor) {
  const std::string key = "arn:aws:kms:us-east-1:111111111111:key/a";
  facts.encryption = {.algorithm = "aws:kms", .kms_key_id = key};
  refused("kms-key-unmapped");
  ASSERT_TRUE(wishes.copy.kms_keys.add(key + "=arn:aws:kms:eu-central-1:222222222222:key/b"));
  allowed();
  wishes = {};
  wishes.rewrites = {{key, "arn:aws:kms:eu-central-1:222222222222:key/b"}};
  allowed();
  wishes = {};
  wishes.copy.copy.encryption = "AES256";
  allowed();
}

TEST_F(Refusals, SuccessorsOfAnotherKind) {
  wishes.copy.copy.encryption = "aws:kms";
  wishes.copy.copy.kms_key_id = "alias/photos";
  refused("kms-key-not-arn");
  wishes.copy.copy.kms_key_id = "arn:aws:kms:us-east-1:222222222222:key/b";
  refused("kms-key-elsewhere");
  wishes.copy.copy.kms_key_id = "arn:aws:kms:eu-central-1:222222222222:key/b";
  allowed();
  ASSERT_TRUE(wishes.copy.kms_keys.add("a=b"));
  refused("kms-key-not-arn");
}

TEST_F(Refusals, TheAccountsOwnKeyLetsNobodyElseRead) {
  wishes.copy.grant = GrantMode::source_policy;
  facts.encryption = {.algorithm = "aws:kms", .kms_key_id = {}};
  refused("kms-managed-key");
  facts.encryption.kms_key_id = "arn:aws:kms:us-east-1:111111111111:alias/aws/s3";
  refused("kms-managed-key");
  wishes.copy.grant.reset();
  allowed();
}

TEST_F(Refusals, PrincipalsThatAreNoMore) {
  policy(R"({"Sid":"Old","Effect":"Allow","Principal":{"AWS":"AROAEXAMPLEID1234567A"},)"
         R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"})");
  refused("dead-principal");
}

TEST_F(Refusals, APolicyThatCannotBeEdited) {
  facts.policy = "{";
  refused("policy-unreadable");
}

TEST_F(Refusals, DeniesThatBite) {
  policy(R"({"Sid":"Keep","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket",)"
         R"("Resource":"arn:aws:s3:::photos"})");
  refused("policy-deny");
  const auto reason = migration_refusals(facts, wishes).front().reason;
  EXPECT_THAT(reason, HasSubstr("Keep"));
  EXPECT_THAT(reason, HasSubstr("s3:DeleteBucket"));
  EXPECT_THAT(reason, Not(HasSubstr("s3:ListBucket")));
}

TEST_F(Refusals, DeniesOfOthersAndOfObjectsElsewhere) {
  policy(R"({"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::333333333333:root"},)"
         R"("Action":"s3:*","Resource":["arn:aws:s3:::photos","arn:aws:s3:::photos/*"]})");
  allowed();
  policy(R"({"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other"})");
  allowed();
}

TEST_F(Refusals, ADenyWithAConditionIsAWarning) {
  policy(R"({"Sid":"Vpc","Effect":"Deny","Principal":"*","Action":"s3:*",)"
         R"("Resource":"arn:aws:s3:::photos/*","Condition":{"StringNotEquals":)"
         R"({"aws:SourceVpce":"vpce-1"}}})");
  allowed();
  EXPECT_THAT(migration_warnings(facts, wishes), Contains(HasSubstr("Vpc")));
}

TEST_F(Refusals, OurOwnDenyIsNone) {
  facts.job_id = "20261122t162800-3f9a1c";
  const DenyTerms terms{.kind = DenyKind::freeze,
                        .bucket = "photos",
                        .spared = {{.account = "111111111111",
                                    .arn = "arn:aws:iam::111111111111:role/source",
                                    .session_arn = {},
                                    .user_id = "AROAEXAMPLE:s3migrator-20261122t162800-3f9a1c"}}};
  const auto ours = deny_statements(terms, facts.job_id, DenyDialect::user_id, ActionSet::full);
  const auto frozen = with_statements(std::nullopt, ours, deny_sid(terms.kind, facts.job_id));
  ASSERT_TRUE(frozen);
  facts.policy = *frozen;
  allowed();
  // Of another store, or of a job that was given up here.
  facts.job_id = "20261123t090000-000000";
  refused("frozen-already");
  const auto refusal = migration_refusals(facts, wishes).front();
  EXPECT_THAT(refusal.reason, AllOf(HasSubstr(deny_sid(terms.kind, "20261122t162800-3f9a1c")),
                                    HasSubstr("20261122t162800-3f9a1c")));
  EXPECT_THAT(refusal.way_out, AllOf(HasSubstr("jobs resume 20261122t162800-3f9a1c"),
                                     HasSubstr("adopt s3://"), HasSubstr("cleanup s3://photos")));
}

TEST_F(Refusals, AFreezeThatDoesNotSayWhoseItIs) {
  policy(R"({"Sid":"S3MigratorFreeze0123456789abcdef0","Effect":"Deny","Principal":"*",)"
         R"("Action":"s3:PutObject","Resource":"arn:aws:s3:::photos/*"})");
  const auto found = migration_refusals(facts, wishes);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found.front().reason, HasSubstr("S3MigratorFreeze0123456789abcdef"));
  // Nor is every name that begins like ours one of ours.
  policy(R"({"Sid":"S3MigratorFreezer","Effect":"Allow","Principal":"*",)"
         R"("Action":"s3:PutObject","Resource":"arn:aws:s3:::photos/*"})");
  allowed();
}

TEST_F(Refusals, ANewNameThatIsInUse) {
  facts.new_name = "taken";
  allowed();
  facts.new_name_use = NameUse::own;
  refused("new-name-in-use");
  EXPECT_THAT(migration_refusals(facts, wishes).front().reason,
              AllOf(HasSubstr("taken"), HasSubstr("222222222222")));
  facts.new_name_use = NameUse::foreign;
  refused("new-name-in-use");
}

TEST_F(Refusals, AccessPoints) {
  policy(R"({"Effect":"Allow","Principal":"*","Action":"s3:GetObject",)"
         R"("Resource":"arn:aws:s3:::photos/*","Condition":{"StringEquals":)"
         R"({"s3:DataAccessPointAccount":"111111111111"}}})");
  refused("access-points");
}

TEST_F(Refusals, AllAreSaidAtOnce) {
  facts.versioning = {.status = "Enabled", .mfa_delete = true};
  wishes.prefix = "a/";
  EXPECT_EQ(codes().size(), 2u);
  const auto checked = check_refusals("photos", migration_refusals(facts, wishes));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code(), Errc::refused);
  EXPECT_THAT(checked.error().message(), HasSubstr("mfa-delete"));
  EXPECT_THAT(checked.error().message(), HasSubstr("prefix"));
}

TEST_F(Refusals, Warnings) {
  EXPECT_THAT(migration_warnings(facts, wishes), IsEmpty());
  facts.lifecycle_archives = true;
  facts.uploads = 4;
  facts.source_principal.account.clear();
  wishes.copy.attributes = AttributeMode::none;
  const auto warnings = migration_warnings(facts, wishes);
  EXPECT_EQ(warnings.size(), 4u);
  EXPECT_THAT(warnings, Contains(HasSubstr("lifecycle")));
  EXPECT_THAT(warnings, Contains(HasSubstr("4 unfinished")));
}

TEST_F(Refusals, G20DeliveriesOfServicesAreNamed) {
  policy(R"({"Sid":"Logs","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},)"
         R"("Action":"s3:PutObject","Resource":"arn:aws:s3:::photos/logs/*"})");
  EXPECT_THAT(migration_warnings(facts, wishes),
              ElementsAre(AllOf(HasSubstr("photos"), HasSubstr("logging.s3.amazonaws.com"))));
}

TEST_F(Refusals, TheAdviceIsACommand) {
  EXPECT_THAT(migration_advice(facts), HasSubstr("s3migrator copy s3://photos s3://NEW-NAME"));
}

}  // namespace
}  // namespace s3m::workflow
