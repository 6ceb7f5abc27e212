#include "workflow/permissions.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;

bool needs(const std::vector<Permission>& all, std::string_view side, std::string_view action,
           std::string_view resource) {
  return std::ranges::any_of(all, [&](const Permission& one) {
    return one.side == side && one.action == action && one.resource == resource;
  });
}

const PermissionTerms plain{.bucket = "photos", .source_key = {}, .destination_key = {}};

TEST(Permissions, WhoNeedsWhat) {
  const auto all = needed_permissions(plain);
  EXPECT_TRUE(needs(all, "source", "s3:DeleteBucket", "arn:aws:s3:::photos"));
  EXPECT_TRUE(needs(all, "source", "s3:PutObject", "arn:aws:s3:::s3m-*/*"));
  EXPECT_TRUE(needs(all, "destination", "s3:CreateBucket", "arn:aws:s3:::photos"));
  EXPECT_TRUE(needs(all, "destination", "s3:DeleteBucket", "arn:aws:s3:::s3m-*"));
  // The destination never deletes what is at the end of the way.
  EXPECT_FALSE(needs(all, "destination", "s3:DeleteBucket", "arn:aws:s3:::photos"));
  EXPECT_FALSE(needs(all, "source", "s3:DeleteObjectVersion", "arn:aws:s3:::photos/*"));
}

TEST(Permissions, UndoReadsTheTemporaryBucketAndWritesIntoTheSource) {
  auto terms = plain;
  terms.all_versions = true;
  terms.source_key = "arn:aws:kms:us-east-1:111111111111:key/a";
  const auto all = needed_permissions(terms);
  EXPECT_TRUE(needs(all, "source", "s3:GetObjectVersion", "arn:aws:s3:::s3m-*/*"));
  EXPECT_TRUE(needs(all, "source", "s3:ListBucketVersions", "arn:aws:s3:::s3m-*"));
  EXPECT_TRUE(needs(all, "source", "s3:PutObjectTagging", "arn:aws:s3:::photos/*"));
  EXPECT_TRUE(needs(all, "source", "kms:GenerateDataKey", terms.source_key));
  for (const auto& one : all) {
    if (one.action != "s3:PutObjectTagging" || one.side != "source") continue;
    EXPECT_EQ(one.how.contains("undo alone"), one.resource == "arn:aws:s3:::photos/*");
  }
}

TEST(Permissions, NoneTwice) {
  auto terms = plain;
  terms.all_versions = terms.acls = terms.locks = true;
  auto all = needed_permissions(terms);
  std::vector<std::string> names;
  for (const auto& one : all)
    names.push_back(one.side + one.action + one.resource);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

TEST(Permissions, VersionsAclsAndLocksAskForMore) {
  auto terms = plain;
  terms.all_versions = terms.acls = terms.locks = true;
  const auto all = needed_permissions(terms);
  EXPECT_TRUE(needs(all, "source", "s3:DeleteObjectVersion", "arn:aws:s3:::photos/*"));
  EXPECT_TRUE(needs(all, "source", "s3:ListBucketVersions", "arn:aws:s3:::photos"));
  EXPECT_TRUE(needs(all, "source", "s3:GetObjectAcl", "arn:aws:s3:::photos/*"));
  EXPECT_TRUE(needs(all, "source", "s3:GetObjectRetention", "arn:aws:s3:::photos/*"));
}

TEST(Permissions, WhoCopiesReadsAndWrites) {
  auto terms = plain;
  terms.grant = GrantMode::source_policy;
  const auto all = needed_permissions(terms);
  EXPECT_TRUE(needs(all, "destination", "s3:GetObject", "arn:aws:s3:::photos/*"));
  EXPECT_FALSE(needs(all, "source", "s3:PutObject", "arn:aws:s3:::s3m-*/*"));
}

TEST(Permissions, Keys) {
  auto terms = plain;
  terms.source_key = "arn:aws:kms:us-east-1:111111111111:key/a";
  terms.destination_key = "arn:aws:kms:eu-central-1:222222222222:key/b";
  const auto all = needed_permissions(terms);
  EXPECT_TRUE(needs(all, "source", "kms:Decrypt", terms.source_key));
  EXPECT_TRUE(needs(all, "source", "kms:GenerateDataKey", terms.destination_key));
  EXPECT_TRUE(needs(all, "destination", "kms:Decrypt", terms.destination_key));
}

TEST(Permissions, ThePolicyHasWhatIsNotSure) {
  std::vector<Permission> all{{.side = "source",
                               .action = "s3:A",
                               .resource = "arn:x",
                               .state = PermissionState::proven,
                               .how = {}},
                              {.side = "source",
                               .action = "s3:B",
                               .resource = "arn:x",
                               .state = PermissionState::denied,
                               .how = {}},
                              {.side = "source",
                               .action = "s3:C",
                               .resource = "arn:x",
                               .state = PermissionState::unproven,
                               .how = {}},
                              {.side = "source",
                               .action = "s3:D",
                               .resource = "arn:y",
                               .state = PermissionState::inferred,
                               .how = {}},
                              {.side = "destination",
                               .action = "s3:E",
                               .resource = "arn:x",
                               .state = PermissionState::denied,
                               .how = {}}};
  EXPECT_EQ(policy_to_add(all, "source"),
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:B","s3:C"],)"
            R"("Resource":"arn:x"}]})");
  EXPECT_EQ(policy_for(all[4]), R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                                R"("Action":["s3:E"],"Resource":"arn:x"}]})");
  all.resize(1);
  EXPECT_EQ(policy_to_add(all, "source"), "");
}

TEST(Permissions, TheWholePolicyIsJsonAndFitsARole) {
  auto terms = plain;
  terms.all_versions = terms.acls = terms.locks = true;
  for (const auto* side : {"source", "destination"}) {
    const auto text = policy_to_add(needed_permissions(terms), side);
    boost::system::error_code failure;
    boost::json::parse(text, failure);
    EXPECT_FALSE(failure) << text;
    EXPECT_LT(text.size(), 10'240u);  // the inline policies of a role
  }
}

}  // namespace
}  // namespace s3m::workflow
