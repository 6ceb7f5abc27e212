#include "workflow/configuration/same_document.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

bool same(std::string_view query, std::string wanted, std::string found) {
  return same_document(query, {std::move(wanted), {}}, {std::move(found), {}});
}

TEST(SameDocument, SpaceOrderAndNamespacesAreNoDifference) {
  EXPECT_TRUE(same("lifecycle",
                   "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status></Rule>"
                   "<Rule><ID>b</ID></Rule></LifecycleConfiguration>",
                   "<?xml version=\"1.0\"?>\n<LifecycleConfiguration xmlns=\"u\">\n <Rule>\n  <ID>b"
                   "</ID></Rule><Rule><Status>Enabled</Status><ID>a</ID></Rule>\n"
                   "</LifecycleConfiguration>"));
}

TEST(SameDocument, AnotherValueIsADifference) {
  const std::string one =
      "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
  for (const auto* other :
       {"<Tagging><TagSet><Tag><Key>a</Key><Value>2</Value></Tag></TagSet></Tagging>",
        "<Tagging><TagSet><Tag><Key>a</Key><Value>1 </Value></Tag></TagSet></Tagging>",
        "<Tagging><TagSet/></Tagging>",
        "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value/></Tag>"
        "</TagSet></Tagging>",
        "<Tagging>", ""})
    EXPECT_FALSE(same("tagging", one, other)) << other;
}

TEST(SameDocument, TheOrderOfRulesCountsWhereTheFirstWins) {
  const std::string one =
      "<CORSConfiguration><CORSRule><ID>a</ID></CORSRule><CORSRule><ID>b</ID>"
      "</CORSRule></CORSConfiguration>";
  const std::string other =
      "<CORSConfiguration><CORSRule><ID>b</ID></CORSRule><CORSRule><ID>a</ID>"
      "</CORSRule></CORSConfiguration>";
  EXPECT_TRUE(same("cors", one, one + "\n"));
  EXPECT_FALSE(same("cors", one, other));
}

TEST(SameDocument, TextCannotLookLikeAnElement) {
  EXPECT_FALSE(same("website", "<W><A>1</A><B>2</B></W>", "<W><A>1&lt;/&gt;&lt;B&gt;2</A></W>"));
}

TEST(SameDocument, WhatAServiceAddsIsOverlookedOnlyWhereNothingWasSaid) {
  const std::string silent =
      "<ServerSideEncryptionConfiguration><Rule><BucketKeyEnabled>true</BucketKeyEnabled></Rule>"
      "</ServerSideEncryptionConfiguration>";
  const std::string blocking =
      "<ServerSideEncryptionConfiguration><Rule><BucketKeyEnabled>true</BucketKeyEnabled>"
      "<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>"
      "</Rule></ServerSideEncryptionConfiguration>";
  EXPECT_TRUE(same("encryption", silent, blocking));
  EXPECT_FALSE(same("encryption", blocking, silent));
  EXPECT_TRUE(same(
      "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
      "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>"
      "</VersioningConfiguration>"));
}

TEST(SameDocument, HeadersCountWhereTheyAreWanted) {
  const std::string text = "<LifecycleConfiguration/>";
  EXPECT_FALSE(same_document("lifecycle", {text, {{"h", "1"}}}, {text, {{"h", "2"}}}));
  EXPECT_FALSE(same_document("lifecycle", {text, {{"h", "1"}}}, {text, {}}));
  EXPECT_TRUE(same_document("lifecycle", {text, {}}, {text, {{"h", "2"}}}));
}

TEST(SameDocument, APolicyMeansTheSameInManyWays) {
  EXPECT_TRUE(same(
      "policy",
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject",)"
      R"("Resource":["arn:b","arn:a"],"Condition":{"Bool":{"aws:SecureTransport":false}}}})",
      R"({"Statement":[{"Resource":["arn:a","arn:b"],"Action":["s3:getobject"],"Effect":"Deny",)"
      R"("Principal":{"AWS":"*"},"Condition":{"Bool":{"aws:SecureTransport":"false"}}}],)"
      R"("Version":"2012-10-17"})"));
  EXPECT_TRUE(
      same("policy", R"({"Statement":[{"Principal":{"AWS":["111111111111"]},"Sid":"a"}]})",
           R"({"Statement":[{"Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Sid":"a"}]})"));
}

TEST(SameDocument, APolicyThatMeansAnotherThingIsADifference) {
  const std::string one =
      R"({"Statement":[{"Sid":"a","Principal":{"AWS":"111111111111"},"Resource":"arn:a"}]})";
  for (const auto* other :
       {R"({"Statement":[{"Sid":"a","Principal":{"AWS":"222222222222"},"Resource":"arn:a"}]})",
        R"({"Statement":[{"Sid":"a","Principal":{"AWS":"111111111111"},"Resource":"ARN:a"}]})",
        R"({"Statement":[{"Sid":"a","NotPrincipal":{"AWS":"111111111111"},"Resource":"arn:a"}]})",
        R"({"Statement":[]})", "{", ""})
    EXPECT_FALSE(same("policy", one, other)) << other;
  // Only a principal is an account; in a condition the id is a text.
  EXPECT_FALSE(
      same("policy", R"({"Statement":[{"Condition":{"X":{"k":"111111111111"}}}]})",
           R"({"Statement":[{"Condition":{"X":{"k":"arn:aws:iam::111111111111:root"}}}]})"));
}

}  // namespace
}  // namespace s3m::workflow
