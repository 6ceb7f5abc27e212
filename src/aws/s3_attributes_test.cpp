// The codecs of what no copy carries by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/s3_codec.hpp"

namespace s3m::aws {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string header(const Request& request, std::string_view name) {
  for (const auto& field : request.headers)
    if (field.name == name) return field.value;
  return "(none)";
}

std::string entry(std::string_view inside) {
  return "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key>"
         "<LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size>" +
         std::string(inside) + "</Contents></ListBucketResult>";
}

RestoreState listed(std::string_view inside) {
  const auto page = parse_list_page(entry(inside));
  return page ? page->objects.at(0).restore : RestoreState::none;
}

TEST(Restores, AListingIsAskedForAndTellsTheirState) {
  EXPECT_EQ(header(list_objects_request({.bucket = "b"}), "x-amz-optional-object-attributes"),
            "RestoreStatus");
  EXPECT_EQ(listed(""), RestoreState::none);
  EXPECT_EQ(listed("<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress>"
                   "</RestoreStatus>"),
            RestoreState::in_progress);
  EXPECT_EQ(listed("<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>"
                   "<RestoreExpiryDate>2026-02-01T00:00:00Z</RestoreExpiryDate></RestoreStatus>"),
            RestoreState::ready);
  EXPECT_EQ(listed("<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress>"
                   "</RestoreStatus>"),
            RestoreState::none);
}

TEST(Restores, AHeadTellsTheirState) {
  EXPECT_EQ(parse_restore_state(""), RestoreState::none);
  EXPECT_EQ(parse_restore_state("ongoing-request=\"true\""), RestoreState::in_progress);
  EXPECT_EQ(parse_restore_state(
                "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2012 00:00:00 GMT\""),
            RestoreState::ready);
}

TEST(Restores, SayTierAndDays) {
  const auto request =
      restore_request({.object = {.bucket = "b", .key = "k"}, .tier = "Bulk", .days = 3});
  EXPECT_THAT(request.body, HasSubstr("<Days>3</Days>"));
  EXPECT_THAT(request.body, HasSubstr("<Tier>Bulk</Tier>"));
  const auto tiered =
      restore_request({.object = {.bucket = "b", .key = "k"}, .tier = "Standard", .days = 0});
  EXPECT_THAT(tiered.body, testing::Not(HasSubstr("Days")));
}

TEST(Acls, AreReadWithTheirOwner) {
  const auto acl = parse_acl(
      "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList>"
      "<Grant><Grantee><ID>me</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>"
      "<Grant><Grantee><URI>http://all</URI></Grantee><Permission>READ</Permission></Grant>"
      "</AccessControlList></AccessControlPolicy>");
  ASSERT_TRUE(acl);
  EXPECT_EQ(acl->owner, "me");
  EXPECT_THAT(acl->grants,
              ElementsAre(Grant{"me", "", "FULL_CONTROL"}, Grant{"", "http://all", "READ"}));
  EXPECT_FALSE(
      parse_acl("<AccessControlPolicy><AccessControlList><Grant/></AccessControlList>"
                "</AccessControlPolicy>"));
  EXPECT_FALSE(parse_acl("<Other/>"));
}

TEST(BucketsOwner, IsWhoseBucketsAreListed) {
  const auto owner = parse_buckets_owner(
      "<ListAllMyBucketsResult><Owner><ID>src</ID><DisplayName>x</DisplayName></Owner><Buckets/>"
      "</ListAllMyBucketsResult>");
  ASSERT_TRUE(owner);
  EXPECT_EQ(*owner, "src");
  EXPECT_EQ(parse_buckets_owner("<ListAllMyBucketsResult/>").value_or("?"), "");
  EXPECT_FALSE(parse_buckets_owner("<ListBucketResult><Owner><ID>src</ID></Owner>"));
  EXPECT_FALSE(parse_buckets_owner("<Error><Code>InternalError</Code></Error>"));
}

TEST(Restated, IsSaidInHeadersOfEveryWrite) {
  auto restated = std::make_shared<Restated>();
  restated->website_redirect = "/there";
  restated->lock_mode = "COMPLIANCE";
  restated->lock_retain_until = "2030-01-01T00:00:00Z";
  restated->legal_hold = "ON";
  restated->grants = {{"a", "", "READ"}, {"", "http://all", "READ"}, {"b", "", "WRITE_ACP"}};
  std::vector<std::string> names;
  const auto copy =
      copy_object_request({.bucket = "b", .key = "k", .write = {.restated = restated}});
  const auto create =
      create_upload_request({.bucket = "b", .key = "k", .write = {.restated = restated}}, names);
  for (const auto* request : {&copy, &create}) {
    EXPECT_EQ(header(*request, "x-amz-website-redirect-location"), "/there");
    EXPECT_EQ(header(*request, "x-amz-object-lock-mode"), "COMPLIANCE");
    EXPECT_EQ(header(*request, "x-amz-object-lock-retain-until-date"), "2030-01-01T00:00:00Z");
    EXPECT_EQ(header(*request, "x-amz-object-lock-legal-hold"), "ON");
    EXPECT_EQ(header(*request, "x-amz-grant-read"), "id=\"a\", uri=\"http://all\"");
    EXPECT_EQ(header(*request, "x-amz-grant-write-acp"), "id=\"b\"");
    EXPECT_EQ(header(*request, "x-amz-grant-full-control"), "(none)");
  }
}

TEST(Annotations, NamesAreReadWhateverTheElementsAround) {
  std::string token;
  const auto names = parse_annotation_names(
      "<ListObjectAnnotationsResult><Annotations><AnnotationEntry><AnnotationName>a</"
      "AnnotationName>"
      "</AnnotationEntry></Annotations><Annotation><AnnotationName>b</AnnotationName></Annotation>"
      "<NextContinuationToken>t</NextContinuationToken></ListObjectAnnotationsResult>",
      token);
  ASSERT_TRUE(names);
  EXPECT_THAT(*names, ElementsAre("a", "b"));
  EXPECT_EQ(token, "t");
}

TEST(Annotations, AnObjectIsNoListingOfThem) {
  std::string token;
  for (const std::string body :
       {"", "x", "<html/>", "<Other><AnnotationName>a</AnnotationName></Other>"})
    EXPECT_EQ(parse_annotation_names(body, token).error().code(), Errc::not_supported) << body;
}

TEST(Traits, AreReadFromConfigurationsAlone) {
  EXPECT_TRUE(
      says_object_lock("<ObjectLockConfiguration><ObjectLockEnabled>Enabled"
                       "</ObjectLockEnabled></ObjectLockConfiguration>"));
  EXPECT_FALSE(says_object_lock("<ObjectLockConfiguration/>"));
  EXPECT_FALSE(says_object_lock(entry("")));
  EXPECT_TRUE(says_website("<WebsiteConfiguration/>"));
  EXPECT_FALSE(says_website(entry("")));
  EXPECT_FALSE(says_website(""));
}

TEST(Traits, HowObjectsAreLockedByDefault) {
  const auto lock = parse_bucket_lock(
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
      "<DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
      "</ObjectLockConfiguration>");
  EXPECT_TRUE(lock.enabled);
  EXPECT_EQ(lock.default_mode, "COMPLIANCE");
  EXPECT_FALSE(parse_bucket_lock("<ObjectLockConfiguration/>").enabled);
  EXPECT_FALSE(parse_bucket_lock("").enabled);
}

TEST(Traits, OnlyRulesInForceThatArchiveCount) {
  const auto rule = [](std::string_view status, std::string_view storage_class) {
    return "<LifecycleConfiguration><Rule><Status>" + std::string(status) +
           "</Status><Transition><Days>1</Days><StorageClass>" + std::string(storage_class) +
           "</StorageClass></Transition></Rule></LifecycleConfiguration>";
  };
  EXPECT_TRUE(says_archive_transition(rule("Enabled", "GLACIER")));
  EXPECT_TRUE(says_archive_transition(rule("Enabled", "DEEP_ARCHIVE")));
  EXPECT_FALSE(says_archive_transition(rule("Disabled", "GLACIER")));
  EXPECT_FALSE(says_archive_transition(rule("Enabled", "GLACIER_IR")));
  EXPECT_FALSE(says_archive_transition(""));
}

TEST(Traits, ArchiveTiers) {
  EXPECT_TRUE(says_archive_tier(
      "<ListBucketIntelligentTieringConfigurationsOutput><IntelligentTieringConfiguration><Id>a</"
      "Id>"
      "<Status>Enabled</Status><Tiering><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>"
      "</IntelligentTieringConfiguration></ListBucketIntelligentTieringConfigurationsOutput>"));
  EXPECT_FALSE(says_archive_tier("<ListBucketIntelligentTieringConfigurationsOutput/>"));
  EXPECT_FALSE(says_archive_tier(entry("")));
}

TEST(Traits, DefaultEncryption) {
  const auto found = parse_bucket_encryption(
      "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
      "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>arn</KMSMasterKeyID>"
      "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->algorithm, "aws:kms");
  EXPECT_EQ(found->kms_key_id, "arn");
}

}  // namespace
}  // namespace s3m::aws
