// bucket_test.cpp: what a bucket's configuration changes: sub-resources, ownership, encryption,
// locks, archive classes, who pays.
#include <algorithm>

#include <gtest/gtest.h>

#include "sim/bucket_configuration.hpp"
#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using testing::element;
using testing::header_of;
using testing::Rig;
using testing::Signer;

constexpr auto shared_key = "arn:aws:kms:us-east-1:111111111111:key/shared";

class BucketTest : public ::testing::Test {
 protected:
  static Scenario scenario() {
    Scenario scenario = article_scenario();
    scenario.bucket("home", source_account)
        .with(ObjectSpec{.key = "cold", .body = "x", .storage_class = "GLACIER"})
        .with(ObjectSpec{.key = "sealed", .body = "x", .sse = "aws:kms", .kms_key = shared_key})
        .with(ObjectSpec{.key = "own", .body = "x", .sse = "aws:kms"})
        .with(ObjectSpec{.key = "secret", .body = "x", .sse = "sse-c"})
        .with(ObjectSpec{.key = "noted", .body = "x", .annotations = {{"n", "1"}}});
    scenario.kms_keys = {{.arn = shared_key, .users = {std::string(destination_role)}}};
    return scenario;
  }
  static Pairs checked(const std::string& body, Pairs headers = {}) {
    headers.emplace_back("content-md5", base64(bytes_of(md5(body))));
    return headers;
  }
  net::ServerReply put(const std::string& target, const std::string& body) {
    return rig.send(admin, "PUT", target, checked(body), body);
  }
  std::string code(const net::ServerReply& reply) { return element(reply.body, "Code"); }
  void open_to_destination(const std::string& bucket) {
    ASSERT_TRUE(rig.cloud.set_policy(
        bucket, R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"222222222222"},
            "Action":"s3:*","Resource":["arn:aws:s3:::)" +
                    bucket + R"(","arn:aws:s3:::)" + bucket + R"(/*"]}})"));
  }

  Rig rig{scenario()};
  Signer admin = rig.user(source_account);
};

TEST_F(BucketTest, EverySubResourceRoundTripsAndSaysWhenItIsAbsent) {
  for (const SubResource& one : sub_resources()) {
    const std::string name = std::string(one.query) + "=";
    const std::string query = "/home?" + (!one.by_id         ? name
                                          : one.query < "id" ? name + "&id=a"
                                                             : "id=a&" + name);
    const net::ServerReply before = rig.send(admin, "GET", query);
    if (before.status == 404) {
      EXPECT_EQ(code(before), one.absent) << one.query;
      EXPECT_FALSE(one.absent.empty()) << one.query;
    }
    if (one.put.handler == nullptr) continue;
    if (one.apply != nullptr) continue;  // those understand what they are given
    const std::string root(one.root);
    const std::string xml = "<" + root + "><Id>a</Id></" + root + ">";
    EXPECT_LT(put(query, xml).status, 300) << one.query;
    EXPECT_EQ(rig.send(admin, "GET", query).body, xml) << one.query;
    if (one.remove.handler == nullptr) continue;
    EXPECT_EQ(rig.send(admin, "DELETE", query).status, 204);
    EXPECT_EQ(code(rig.send(admin, "GET", query)), one.absent) << one.query;
  }
}

TEST_F(BucketTest, SubResourcesAreCheckedBeforeTheyAreKept) {
  EXPECT_EQ(code(put("/home?cors=", "<Other/>")), "MalformedXML");
  EXPECT_EQ(code(put("/home?cors=", "no xml")), "MalformedXML");
  EXPECT_EQ(code(rig.send(admin, "PUT", "/home?cors=", {}, "<CORSConfiguration/>")),
            "InvalidRequest");
  EXPECT_EQ(
      code(rig.send(admin, "PUT", "/home?cors=", {{"content-md5", base64(bytes_of(md5("other")))}},
                    "<CORSConfiguration/>")),
      "BadDigest");
}

TEST_F(BucketTest, PublicPoliciesAreBlockedUntilTheBlockIsTakenOff) {
  const std::string policy = public_policy("home");
  EXPECT_EQ(rig.send(admin, "PUT", "/home?policy=", {}, policy).status, 403);
  EXPECT_EQ(rig.send(admin, "DELETE", "/home?publicAccessBlock=").status, 204);
  EXPECT_EQ(rig.send(admin, "PUT", "/home?policy=", {}, policy).status, 204);
  EXPECT_EQ(rig.cloud.bucket_policy("home"), policy);
}

TEST_F(BucketTest, TheKmsKeysPolicyDecides) {
  open_to_destination("home");
  const Signer role = rig.destination();
  EXPECT_EQ(rig.send(role, "GET", "/home/sealed").status, 200);
  EXPECT_EQ(rig.send(role, "GET", "/home/own").status, 403);
  EXPECT_EQ(rig.send(admin, "GET", "/home/own").status, 200);
  EXPECT_EQ(rig.send(admin, "GET", "/home/sealed").status, 403);
  EXPECT_NE(rig.cloud.object("home", "own")->etag, hex(bytes_of(md5("x"))));
}

TEST_F(BucketTest, WhatCannotBeReadCannotBeCopied) {
  const auto copy = [&](const std::string& key) {
    return rig.send(admin, "PUT", "/home/copy", {{"x-amz-copy-source", "home/" + key}});
  };
  EXPECT_EQ(code(copy("cold")), "ObjectNotInActiveTierError");
  EXPECT_EQ(code(rig.send(admin, "GET", "/home/cold")), "InvalidObjectState");
  EXPECT_EQ(rig.send(admin, "POST", "/home/cold?restore=", {}, "<RestoreRequest/>").status, 202);
  EXPECT_EQ(copy("cold").status, 200);
  EXPECT_EQ(copy("secret").status, 400);
  EXPECT_EQ(rig.send(admin, "HEAD", "/home/secret").status, 400);
  EXPECT_EQ(rig.send(admin, "PUT", "/home/new",
                     {{"x-amz-server-side-encryption-customer-algorithm", "AES256"}})
                .status,
            403);
}

TEST_F(BucketTest, AnnotationsGoWithACopyUnlessTheyAreExcluded) {
  rig.send(admin, "PUT", "/home/with", {{"x-amz-copy-source", "home/noted"}});
  rig.send(admin, "PUT", "/home/without",
           {{"x-amz-copy-source", "home/noted"}, {"x-amz-object-annotation-directive", "EXCLUDE"}});
  EXPECT_EQ(rig.cloud.object("home", "with")->annotations, (Pairs{{"n", "1"}}));
  EXPECT_TRUE(rig.cloud.object("home", "without")->annotations.empty());
}

TEST_F(BucketTest, AWritersObjectIsTheWritersWhereAclsAreOn) {
  BucketSpec shared{.name = "shared", .owner = std::string(source_account)};
  shared.ownership = "ObjectWriter";
  rig.cloud.add_bucket(shared);
  open_to_destination("shared");
  const Signer writer = rig.user(destination_account);
  EXPECT_EQ(rig.send(writer, "PUT", "/shared/theirs", {}, "x").status, 200);
  EXPECT_EQ(rig.cloud.object("shared", "theirs")->owner, destination_account);
  EXPECT_EQ(rig.send(admin, "GET", "/shared/theirs").status, 403);
  EXPECT_EQ(
      rig.send(writer, "PUT", "/shared/ours", {{"x-amz-acl", "bucket-owner-full-control"}}, "x")
          .status,
      200);
  EXPECT_EQ(rig.send(admin, "GET", "/shared/ours").status, 200);
  EXPECT_EQ(code(rig.send(admin, "PUT", "/home/k", {{"x-amz-acl", "public-read"}}, "x")),
            "AccessControlListNotSupported");
}

TEST_F(BucketTest, ARequesterWhoDoesNotSayThatItPaysIsRefused) {
  open_to_destination("home");
  put("/home?requestPayment=",
      "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>");
  const Signer other = rig.user(destination_account);
  EXPECT_EQ(rig.send(other, "GET", "/home/noted").status, 403);
  EXPECT_EQ(rig.send(other, "GET", "/home/noted", {{"x-amz-request-payer", "requester"}}).status,
            200);
}

TEST_F(BucketTest, ALockedVersionStays) {
  EXPECT_EQ(
      rig.send(admin, "PUT", "/locked", {{"x-amz-bucket-object-lock-enabled", "true"}}).status,
      200);
  const net::ServerReply put_reply =
      rig.send(admin, "PUT", "/locked/k",
               {{"x-amz-object-lock-mode", "GOVERNANCE"},
                {"x-amz-object-lock-retain-until-date", iso8601(rig.now + std::chrono::hours(1))}},
               "x");
  const std::string target =
      "/locked/k?versionId=" + percent_encode(header_of(put_reply, "x-amz-version-id"), false);
  EXPECT_EQ(rig.send(admin, "DELETE", target).status, 403);
  EXPECT_EQ(
      rig.send(admin, "DELETE", target, {{"x-amz-bypass-governance-retention", "true"}}).status,
      204);
  EXPECT_TRUE(rig.cloud.versions("locked").empty());
}

TEST_F(BucketTest, APolicyMayAskForTheObjectsTags) {
  rig.cloud.put("home", {.key = "open", .body = "x", .tags = {{"Level", "public"}}});
  ASSERT_TRUE(rig.cloud.set_policy("home", R"({"Statement":{"Effect":"Allow",
      "Principal":{"AWS":"222222222222"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::home/*",
      "Condition":{"StringEquals":{"s3:ExistingObjectTag/Level":"public"}}}})"));
  const Signer other = rig.user(destination_account);
  EXPECT_EQ(rig.send(other, "GET", "/home/open").status, 200);
  EXPECT_EQ(rig.send(other, "GET", "/home/noted").status, 403);
}

TEST_F(BucketTest, APolicyIsInForceLate) {
  rig.cloud.switches().policy_effective_after = std::chrono::seconds(5);
  const std::string policy = R"({"Statement":{"Effect":"Deny","Principal":"*",
      "Action":"s3:GetObject","Resource":"arn:aws:s3:::home/*"}})";
  EXPECT_EQ(rig.send(admin, "PUT", "/home?policy=", {}, policy).status, 204);
  EXPECT_EQ(rig.send(admin, "GET", "/home?policy=").body, policy);
  EXPECT_EQ(rig.send(admin, "GET", "/home/noted").status, 200);
  rig.now += std::chrono::seconds(5);
  EXPECT_EQ(rig.send(admin, "GET", "/home/noted").status, 403);
  EXPECT_EQ(rig.send(admin, "DELETE", "/home?policy=").status, 204);
  EXPECT_EQ(rig.send(admin, "GET", "/home/noted").status, 403);
  rig.now += std::chrono::seconds(5);
  EXPECT_EQ(rig.send(admin, "GET", "/home/noted").status, 200);
}

TEST_F(BucketTest, ExpectedOwnersAreCheckedOnBothSidesOfACopy) {
  const auto copy = [&](const char* header) {
    return rig
        .send(admin, "PUT", "/home/copy",
              {{"x-amz-copy-source", "home/noted"}, {header, "222222222222"}})
        .status;
  };
  EXPECT_EQ(copy("x-amz-expected-bucket-owner"), 403);
  EXPECT_EQ(copy("x-amz-source-expected-bucket-owner"), 403);
  rig.cloud.switches().ignore_expected_owner = true;
  EXPECT_EQ(copy("x-amz-expected-bucket-owner"), 200);
  EXPECT_EQ(copy("x-amz-source-expected-bucket-owner"), 200);
}

TEST_F(BucketTest, WritesToOneKeyKeepOneVersionUntilVersioningIsOn) {
  for (int i = 0; i < 2; ++i)
    rig.send(admin, "PUT", "/home/k", {}, std::to_string(i));
  const auto count = [&] {
    const auto versions = rig.cloud.versions("home");
    return std::count_if(versions.begin(), versions.end(),
                         [](const ObjectView& view) { return view.key == "k"; });
  };
  EXPECT_EQ(count(), 1);
  put("/home?versioning=",
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
  for (int i = 0; i < 2; ++i)
    rig.send(admin, "PUT", "/home/k", {}, std::to_string(i));
  EXPECT_EQ(count(), 3);
  put("/home?versioning=",
      "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>");
  rig.send(admin, "PUT", "/home/k", {}, "replaces the null version");
  EXPECT_EQ(count(), 3);
  rig.send(admin, "DELETE", "/home/k");
  EXPECT_EQ(count(), 3);  // a null marker in place of the null version
  EXPECT_FALSE(rig.cloud.object("home", "k"));
}

TEST(Dialects, AreKnownByName) {
  EXPECT_TRUE(dialect("radosgw")->copy_etag_unquoted);
  EXPECT_TRUE(dialect("moto")->deny_hits_everyone);
  EXPECT_FALSE(dialect("aws")->ignore_if_match);
  EXPECT_FALSE(dialect("minio"));
}

}  // namespace
}  // namespace s3m::sim
