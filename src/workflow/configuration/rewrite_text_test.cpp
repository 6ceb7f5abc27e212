#include "workflow/configuration/rewrite_text.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

RewriteMap a_map() {
  RewriteMap map;
  map.source = {"111111111111", "us-east-1", "photos", std::string(64, 'a')};
  map.destination = {"222222222222", "eu-central-1", "pictures", std::string(64, 'b')};
  return map;
}

TEST(MapValue, AccountsAndRegionsInArns) {
  const auto map = a_map();
  const std::pair<const char*, const char*> cases[] = {
      {"arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"},
      {"arn:aws:iam::111111111111:role/team/app", "arn:aws:iam::222222222222:role/team/app"},
      {"arn:aws:iam::111111111111:role/*", "arn:aws:iam::222222222222:role/*"},
      {"arn:aws:sqs:us-east-1:111111111111:queue", "arn:aws:sqs:eu-central-1:222222222222:queue"},
      {"arn:aws:sqs:us-west-2:111111111111:queue", "arn:aws:sqs:us-west-2:222222222222:queue"},
      {"arn:aws:s3:us-east-1:111111111111:accesspoint/ap",
       "arn:aws:s3:eu-central-1:222222222222:accesspoint/ap"},
      {"111111111111", "222222222222"}};
  for (const auto& [from, to] : cases)
    EXPECT_EQ(map_value(map, from), to);
}

TEST(MapValue, TheBucketInArnsAndNeverTheKey) {
  const auto map = a_map();
  const std::pair<const char*, const char*> cases[] = {
      {"arn:aws:s3:::photos", "arn:aws:s3:::pictures"},
      {"arn:aws:s3:::photos/*", "arn:aws:s3:::pictures/*"},
      {"arn:aws:s3:::photos/photos/us-east-1/AWSLogs/111111111111/*",
       "arn:aws:s3:::pictures/photos/us-east-1/AWSLogs/111111111111/*"}};
  for (const auto& [from, to] : cases)
    EXPECT_EQ(map_value(map, from), to);
}

TEST(MapValue, UnrelatedWordsStay) {
  const auto map = a_map();
  for (const auto* text :
       {"", "*", "photos", "us-east-1", "arn:aws:s3:::photos-old/*", "arn:aws:s3:::myphotos",
        "arn:aws:s3:::other/photos", "arn:aws:s3:::*", "arn:aws:s3:::photo*",
        "arn:aws:iam::333333333333:root", "arn:aws:sqs:us-east-1:333333333333:q", "1111111111110",
        "0111111111111", "id-111111111111", "111111111111:x", "logs.us-east-1",
        "arn:aws:cloudfront::111111111111:distribution/E1",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        "arn:aws:kms:us-east-1:111111111111:key/1"})
    EXPECT_EQ(map_value(map, text), text);
}

TEST(MapValue, NothingIsMappedByWhatIsNotKnown) {
  const RewriteMap unknown;
  for (const auto* text : {"", "arn:aws:s3:::photos", "arn:aws:iam:::user/x", "111111111111"}) {
    EXPECT_EQ(map_value(unknown, text), text);
    EXPECT_EQ(map_bucket(unknown, text), text);
    EXPECT_EQ(map_host(unknown, text), text);
    EXPECT_FALSE(is_source_bucket(unknown, text));
  }
}

TEST(MapValue, WhatTheUserSaysComesFirst) {
  auto map = a_map();
  map.pairs = {{"arn:aws:iam::111111111111:role/app", "arn:aws:iam::111111111111:role/app"},
               {"vpce-1a", "vpce-9z"},
               {"logs", "protocols"},
               {"arn:aws:iam::111111111111:role/app2", "arn:aws:iam::444444444444:role/x"}};
  EXPECT_EQ(map_value(map, "arn:aws:iam::111111111111:role/app"),
            "arn:aws:iam::111111111111:role/app")
      << "kept on purpose";
  EXPECT_EQ(map_value(map, "arn:aws:iam::111111111111:role/app2"),
            "arn:aws:iam::444444444444:role/x");
  EXPECT_EQ(map_value(map, "arn:aws:iam::111111111111:role/app3"),
            "arn:aws:iam::222222222222:role/app3");
  EXPECT_EQ(map_value(map, "vpce-1a"), "vpce-9z");
  EXPECT_EQ(map_value(map, "arn:aws:s3:::logs/x"), "arn:aws:s3:::protocols/x");
  EXPECT_EQ(map_value(map, "arn:aws:s3:::logs-2/x"), "arn:aws:s3:::logs-2/x");
  EXPECT_EQ(map_by_pairs(map, "my-vpce-1a"), std::nullopt);
}

TEST(MapPair, IsReadUpToTheFirstEqualsSign) {
  EXPECT_EQ(parse_map_pair("a=b=c"), std::pair(std::string("a"), std::string("b=c")));
  for (const auto* text : {"", "=", "a=", "=b", "ab"})
    EXPECT_EQ(parse_map_pair(text), std::nullopt) << text;
}

TEST(MapBucket, ByNameOrArn) {
  const auto map = a_map();
  EXPECT_EQ(map_bucket(map, "photos"), "pictures");
  EXPECT_EQ(map_bucket(map, "arn:aws:s3:::photos"), "arn:aws:s3:::pictures");
  EXPECT_EQ(map_bucket(map, "photos2"), "photos2");
  EXPECT_TRUE(is_source_bucket(map, "arn:aws:s3:::photos"));
  EXPECT_FALSE(is_source_bucket(map, "arn:aws:s3:::photos/x"));
}

TEST(MapValue, WhereUsersAreTheAccountsTheyAreNamedAsUsers) {
  auto map = a_map();
  map.source.account = "src";
  map.destination.account = "dst";
  EXPECT_EQ(map_value(map, "arn:aws:iam:::user/src"), "arn:aws:iam:::user/dst");
  EXPECT_EQ(map_value(map, "arn:aws:iam:::user/srcs"), "arn:aws:iam:::user/srcs");
  EXPECT_EQ(map_value(map, "arn:aws:iam:::role/src"), "arn:aws:iam:::role/src");
  EXPECT_EQ(map_value(map, "src"), "dst");
}

TEST(MapKmsKey, OnlyTheUserKnowsAnotherAccountsKeys) {
  auto map = a_map();
  const std::string key = "arn:aws:kms:us-east-1:111111111111:key/1-2";
  EXPECT_EQ(map_kms_key(map, key), std::nullopt);
  EXPECT_EQ(map_kms_key(map, "1-2"), std::nullopt);
  EXPECT_EQ(map_kms_key(map, "alias/own"), std::nullopt);
  EXPECT_EQ(map_kms_key(map, "arn:aws:kms:us-east-1:333333333333:key/1"), std::nullopt)
      << "of another region than the bucket's new one";
  EXPECT_EQ(map_kms_key(map, ""), "");
  EXPECT_EQ(map_kms_key(map, "alias/aws/s3"), "alias/aws/s3");
  EXPECT_EQ(map_kms_key(map, "arn:aws:kms:us-east-1:111111111111:alias/aws/s3"),
            "arn:aws:kms:eu-central-1:222222222222:alias/aws/s3");
  ASSERT_TRUE(map.kms_keys.add("1-2=arn:aws:kms:eu-central-1:222222222222:key/9"));
  EXPECT_EQ(map_kms_key(map, key), "arn:aws:kms:eu-central-1:222222222222:key/9");
}

TEST(MapKmsKey, StaysWhereItServesTheNewBucketToo) {
  auto map = a_map();
  map.destination.region = "us-east-1";
  const std::string third = "arn:aws:kms:us-east-1:333333333333:key/1";
  EXPECT_EQ(map_kms_key(map, third), third);
  map.destination.account = map.source.account;
  const std::string own = "arn:aws:kms:us-east-1:111111111111:key/1";
  EXPECT_EQ(map_kms_key(map, own), own);
  EXPECT_EQ(map_kms_key(map, "1-2"), "1-2");
}

TEST(MapHost, TheBucketsOwnWebsiteAndTheRegionsEndpoint) {
  const auto map = a_map();
  EXPECT_EQ(map_host(map, "photos.s3-website-us-east-1.amazonaws.com"),
            "pictures.s3-website.eu-central-1.amazonaws.com");
  EXPECT_EQ(map_host(map, "s3.us-east-1.amazonaws.com"), "s3.eu-central-1.amazonaws.com");
  for (const auto* host : {"other.s3-website-us-east-1.amazonaws.com", "photos.example.com",
                           "xs3.us-east-1.amazonaws.com"})
    EXPECT_EQ(map_host(map, host), host);
}

}  // namespace
}  // namespace s3m::workflow
