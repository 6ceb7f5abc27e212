#include "workflow/configuration/rewrite.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string old_id(64, 'a'), new_id(64, 'b');

RewriteMap a_map() {
  RewriteMap map;
  map.source = {"111111111111", "us-east-1", "photos", old_id};
  map.destination = {"222222222222", "eu-central-1", "photos", new_id};
  return map;
}

Result<Rewritten> rewritten(std::string_view query, std::string document,
                            const RewriteMap& map = a_map()) {
  Configuration configuration;
  configuration.items = {{std::string(query), "", {std::move(document), {}}}};
  return rewrite(configuration, map);
}

// The document afterwards; why not, when it is not carried.
std::string after(std::string_view query, std::string document, const RewriteMap& map = a_map()) {
  const auto out = rewritten(query, std::move(document), map);
  if (!out) return out.error().message();
  const auto* item = out->configuration.find(query);
  return item != nullptr ? item->value.document
                         : fmt::format("not carried: {}", fmt::join(out->not_carried, "; "));
}

std::string statement(std::string_view inside) {
  return fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Sid":"S111111111111",{}}}]}})",
                     inside);
}

TEST(RewritePolicy, PrincipalsResourcesAndConditions) {
  auto map = a_map();
  map.destination.bucket = "pictures";
  const auto out = rewritten(
      "policy",
      statement(R"("Principal":{"AWS":["111111111111","arn:aws:iam::111111111111:role/app"],)"
                R"("CanonicalUser":")" +
                old_id +
                R"(","Service":"sns.amazonaws.com"},)"
                R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/111111111111/*",)"
                R"("Condition":{"StringEquals":{"aws:SourceAccount":"111111111111",)"
                R"("aws:RequestedRegion":"us-east-1","s3:prefix":["111111111111","us-east-1"]},)"
                R"("ArnLike":{"aws:SourceArn":["arn:aws:sns:us-east-1:111111111111:t"]}})"),
      map);
  ASSERT_TRUE(out) << out.error().describe();
  const auto& document = out->configuration.find("policy")->value.document;
  EXPECT_EQ(
      document,
      statement(R"("Principal":{"AWS":["222222222222","arn:aws:iam::222222222222:role/app"],)"
                R"("CanonicalUser":")" +
                new_id +
                R"(","Service":"sns.amazonaws.com"},)"
                R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::pictures/111111111111/*",)"
                R"("Condition":{"StringEquals":{"aws:SourceAccount":"222222222222",)"
                R"("aws:RequestedRegion":"eu-central-1","s3:prefix":["111111111111",)"
                R"("us-east-1"]},)"
                R"("ArnLike":{"aws:SourceArn":["arn:aws:sns:eu-central-1:222222222222:t"]}})"));
  EXPECT_EQ(out->changes.size(), 7u);
  EXPECT_EQ(out->changes.front().where, "statement 1 (Sid \"S111111111111\") Principal AWS");
  EXPECT_THAT(diff_text(out->changes), AllOf(HasSubstr("policy: statement 1 (Sid"),
                                             HasSubstr("\n- arn:aws:iam::111111111111:role/app\n"
                                                       "+ arn:aws:iam::222222222222:role/app\n")));
}

TEST(RewritePolicy, OneThatNamesNothingKeepsItsBytes) {
  const std::string policy =
      "{ \"Statement\" : [ {\"Effect\":\"Deny\", \"Principal\":\"*\",\n"
      "\"Resource\":\"arn:aws:s3:::photos/*\"} ] }";
  const auto out = rewritten("policy", policy);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->configuration.find("policy")->value.document, policy);
  EXPECT_THAT(out->changes, IsEmpty());
  EXPECT_EQ(diff_text(out->changes), "");
}

TEST(RewritePolicy, WhatMeansNothingElsewhereIsNoted) {
  const auto out = rewritten(
      "policy",
      statement(R"("Principal":"*","Condition":{"StringEquals":{"aws:sourceVpce":"vpce-1"},)"
                R"("StringLike":{"aws:userId":"AROAEXAMPLE:*"},"StringNotEquals":)"
                R"({"s3:x-amz-server-side-encryption-aws-kms-key-id":)"
                R"("arn:aws:kms:us-east-1:111111111111:key/1"}})"));
  ASSERT_TRUE(out);
  EXPECT_THAT(out->changes, IsEmpty());
  EXPECT_THAT(out->notes, testing::Contains(HasSubstr("vpce-1")));
  EXPECT_THAT(out->notes, testing::Contains(HasSubstr("AROAEXAMPLE")));
  EXPECT_THAT(out->notes, testing::Contains(HasSubstr("KMS key arn:aws:kms")));
}

TEST(RewritePolicy, OneThatIsNoneIsRefused) {
  const auto out = rewritten("policy", "{}");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code(), Errc::refused);
}

TEST(RewriteEncryption, AKeyNeedsACounterpart) {
  const std::string key = "arn:aws:kms:us-east-1:111111111111:key/1";
  const auto document = [](const std::string& id) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ServerSideEncryptionConfiguration><Rule>"
           "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>"
           "<KMSMasterKeyID>" +
           id +
           "</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>"
           "</ServerSideEncryptionConfiguration>";
  };
  const auto refused = rewritten("encryption", document(key));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::refused);
  EXPECT_THAT(refused.error().message(), AllOf(HasSubstr(key), HasSubstr("--kms-key-map")));
  auto map = a_map();
  const std::string other = "arn:aws:kms:eu-central-1:222222222222:key/2";
  map.pairs = {{key, other}};
  EXPECT_EQ(after("encryption", document(key), map), document(other));
}

TEST(RewriteNotification, TargetsMoveAlongAndThoseElsewhereAreLeftOut) {
  const auto out =
      rewritten("notification",
                "<NotificationConfiguration><QueueConfiguration><Id>1</Id>"
                "<Queue>arn:aws:sqs:us-east-1:111111111111:q</Queue></QueueConfiguration>"
                "<TopicConfiguration><Topic>arn:aws:sns:us-east-1:333333333333:t</Topic>"
                "</TopicConfiguration><EventBridgeConfiguration/></NotificationConfiguration>");
  ASSERT_TRUE(out);
  const auto& document = out->configuration.find("notification")->value.document;
  EXPECT_THAT(document, AllOf(HasSubstr("<Queue>arn:aws:sqs:eu-central-1:222222222222:q</Queue>"),
                              HasSubstr("<Id>1</Id>"), HasSubstr("<EventBridgeConfiguration>"),
                              Not(HasSubstr("TopicConfiguration"))));
  EXPECT_THAT(out->not_carried, ElementsAre(HasSubstr("arn:aws:sns:us-east-1:333333333333:t")));
  EXPECT_THAT(out->notes, testing::Contains(HasSubstr("EventBridge of the new account")));
  EXPECT_THAT(after("notification",
                    "<NotificationConfiguration><TopicConfiguration>"
                    "<Topic>arn:aws:sns:us-east-1:333333333333:t</Topic></TopicConfiguration>"
                    "</NotificationConfiguration>"),
              HasSubstr("not carried: "));
}

TEST(RewriteReplication, TheRoleMovesAndOtherBucketsStayWithTheirOwner) {
  const auto text = after(
      "replication",
      "<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role><Rule><Destination>"
      "<Bucket>arn:aws:s3:::backup</Bucket><Account>111111111111</Account></Destination></Rule>"
      "</ReplicationConfiguration>");
  EXPECT_THAT(text, AllOf(HasSubstr("<Role>arn:aws:iam::222222222222:role/r</Role>"),
                          HasSubstr("<Bucket>arn:aws:s3:::backup</Bucket>"),
                          HasSubstr("<Account>111111111111</Account>")));
  EXPECT_THAT(after("replication",
                    "<ReplicationConfiguration><Rule><Destination><EncryptionConfiguration>"
                    "<ReplicaKmsKeyID>arn:aws:kms:us-east-1:111111111111:key/1</ReplicaKmsKeyID>"
                    "</EncryptionConfiguration></Destination></Rule></ReplicationConfiguration>"),
              AllOf(HasSubstr("not carried: replication: "), HasSubstr("key/1")));
}

TEST(RewriteInventory, IntoTheBucketItselfMovesAlong) {
  auto map = a_map();
  map.destination.bucket = "pictures";
  const auto document = [](std::string_view bucket, std::string_view account) {
    return fmt::format(
        "<InventoryConfiguration><Destination><S3BucketDestination><AccountId>{}"
        "</AccountId><Bucket>arn:aws:s3:::{}</Bucket></S3BucketDestination>"
        "</Destination></InventoryConfiguration>",
        account, bucket);
  };
  EXPECT_THAT(after("inventory", document("photos", "111111111111"), map),
              HasSubstr(document("pictures", "222222222222")));
  EXPECT_EQ(after("inventory", document("reports", "111111111111"), map),
            document("reports", "111111111111"));
}

TEST(RewriteLogging, GoesToABucketOfTheSameAccountOrNowhere) {
  const auto document = [](std::string_view bucket) {
    return fmt::format(
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>{}</TargetBucket>"
        "<TargetPrefix>photos/</TargetPrefix></LoggingEnabled>"
        "</BucketLoggingStatus>",
        bucket);
  };
  EXPECT_THAT(after("logging", document("logs")),
              AllOf(HasSubstr("not carried: "), HasSubstr("--map logs=BUCKET")));
  EXPECT_EQ(after("logging", document("photos")), document("photos"));
  auto map = a_map();
  map.pairs = {{"logs", "new-logs"}};
  EXPECT_THAT(after("logging", document("logs"), map), HasSubstr(document("new-logs")));
  map = a_map();
  map.destination = map.source;
  map.destination.bucket = "pictures";
  EXPECT_EQ(after("logging", document("logs"), map), document("logs"));
}

TEST(RewriteAcl, TheOwnersGrantsBecomeTheNewOwners) {
  const std::string document =
      "<AccessControlPolicy><Owner><ID>" + old_id +
      "</ID><DisplayName>old</DisplayName></Owner>"
      "<AccessControlList><Grant><Grantee xmlns:xsi=\"u\" xsi:type=\"CanonicalUser\"><ID>" +
      old_id +
      "</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant><Grant><Grantee><ID>c</ID>"
      "</Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>";
  const auto text = after("acl", document);
  EXPECT_THAT(text, AllOf(HasSubstr("<Owner><ID>" + new_id + "</ID></Owner>"),
                          HasSubstr("xsi:type=\"CanonicalUser\"><ID>" + new_id),
                          HasSubstr("<ID>c</ID>"), Not(HasSubstr(old_id))));
  auto map = a_map();
  map.destination.canonical_id.clear();
  EXPECT_THAT(after("acl", document, map), HasSubstr("canonical id of the new account"));
}

TEST(RewriteTags, SystemTagsAndMarksOfJobsStayBehind) {
  const auto tag = [](std::string_view name) {
    return fmt::format("<Tag><Key>{}</Key><Value>111111111111</Value></Tag>", name);
  };
  const auto all = fmt::format("<Tagging><TagSet>{}{}{}</TagSet></Tagging>", tag("team"),
                               tag("aws:cloudformation:stack-id"), tag("s3migrator:job"));
  const auto out = rewritten("tagging", all);
  ASSERT_TRUE(out);
  EXPECT_THAT(out->configuration.find("tagging")->value.document,
              AllOf(HasSubstr("<TagSet>" + tag("team") + "</TagSet>"), Not(HasSubstr("aws:"))));
  EXPECT_THAT(out->not_carried, ElementsAre(HasSubstr("aws:cloudformation:stack-id")));
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += tag(fmt::format("t{}", i));
  const auto full = rewritten("tagging", "<Tagging><TagSet>" + many + "</TagSet></Tagging>");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code(), Errc::refused);
}

TEST(Rewrite, WhatNamesNobodyIsNotLookedInto) {
  for (const auto* query : {"lifecycle", "intelligent-tiering", "object-lock", "accelerate"}) {
    const std::string document = "<A>\n<Prefix>111111111111/us-east-1/photos</Prefix></A>";
    EXPECT_EQ(after(query, document), document) << query;
  }
}

TEST(Rewrite, WhatCannotBePutIsReported) {
  EXPECT_THAT(after("metadataConfiguration", "<R><A/></R>"), HasSubstr("metadata tables"));
  EXPECT_THAT(after("metrics",
                    "<MetricsConfiguration><Filter><AccessPointArn>arn:aws:s3:us-east-1:"
                    "111111111111:accesspoint/a</AccessPointArn></Filter></MetricsConfiguration>"),
              HasSubstr("access points are not carried"));
  const auto mfa = rewritten("versioning",
                             "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled"
                             "</MfaDelete></VersioningConfiguration>");
  ASSERT_TRUE(mfa);
  EXPECT_THAT(mfa->not_carried, ElementsAre(HasSubstr("MFA delete")));
  EXPECT_THAT(mfa->configuration.find("versioning")->value.document, Not(HasSubstr("Mfa")));
  auto map = a_map();
  map.unsupported_there = {"cors"};
  EXPECT_THAT(after("cors", "<CORSConfiguration><CORSRule/></CORSConfiguration>", map),
              HasSubstr("cors: the destination's service does not know it"));
}

TEST(Rewrite, AnOldBucketsOpennessIsSaidInWords) {
  Configuration configuration;
  configuration.absent = {"publicAccessBlock", "ownershipControls", "cors"};
  auto out = rewrite(configuration, a_map());
  ASSERT_TRUE(out);
  ASSERT_EQ(out->configuration.items.size(), 2u);
  EXPECT_THAT(out->configuration.find("publicAccessBlock")->value.document,
              AllOf(HasSubstr("<BlockPublicPolicy>false"), Not(HasSubstr("true"))));
  EXPECT_THAT(out->configuration.find("ownershipControls")->value.document,
              HasSubstr("ObjectWriter"));
  configuration.absent.clear();
  configuration.unsupported = {"publicAccessBlock", "ownershipControls"};
  out = rewrite(configuration, a_map());
  ASSERT_TRUE(out);
  EXPECT_THAT(out->configuration.items, IsEmpty());
}

TEST(Rewrite, ABrokenDocumentIsAnError) {
  const auto out = rewritten("cors", "<CORSConfiguration>");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code(), Errc::protocol);
  EXPECT_THAT(out.error().message(), HasSubstr("cors"));
}

}  // namespace
}  // namespace s3m::workflow
