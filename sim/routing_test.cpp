#include "sim/routing.hpp"

#include <gtest/gtest.h>

#include "sim/bucket_names.hpp"
#include "sim/copy.hpp"
#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using testing::make_request;

std::string operation(const std::string& method, const std::string& target, Pairs headers = {}) {
  headers.emplace_back("Host", "127.0.0.1");
  const net::HttpRequest request = make_request(method, target, headers);
  Call call(request);
  if (!address(call)) return "unaddressed";
  const auto routed = route(call);
  return routed ? std::string(call.operation->name) : routed.error().code;
}

TEST(Routing, FindsTheOperation) {
  EXPECT_EQ(operation("GET", "/"), "ListBuckets");
  EXPECT_EQ(operation("GET", "/b"), "ListObjects");
  EXPECT_EQ(operation("GET", "/b/?list-type=2&prefix=x"), "ListObjectsV2");
  EXPECT_EQ(operation("GET", "/b?versions"), "ListObjectVersions");
  EXPECT_EQ(operation("GET", "/b?cors"), "GetBucketCors");
  EXPECT_EQ(operation("PUT", "/b?policy"), "PutBucketPolicy");
  EXPECT_EQ(operation("DELETE", "/b"), "DeleteBucket");
  EXPECT_EQ(operation("DELETE", "/b?logging"), "MethodNotAllowed");
  EXPECT_EQ(operation("DELETE", "/b?what"), "NotImplemented");
  EXPECT_EQ(operation("PUT", "/b/k", {{"x-amz-copy-source", "a/b"}}), "CopyObject");
  EXPECT_EQ(operation("PUT", "/b/k?partNumber=1&uploadId=x", {{"x-amz-copy-source", "a/b"}}),
            "UploadPartCopy");
  EXPECT_EQ(operation("PUT", "/b/k?partNumber=1&uploadId=x"), "UploadPart");
  EXPECT_EQ(operation("POST", "/b/k?uploads"), "CreateMultipartUpload");
  EXPECT_EQ(operation("DELETE", "/b/k?what"), "NotImplemented");
  EXPECT_EQ(operation("GET", "/b/%zz"), "unaddressed");
}

TEST(Routing, KeysAreTakenAsTheyAre) {
  const net::HttpRequest request =
      make_request("GET", "/b//a/../%2F+%20?x=1", {{"Host", "localhost:1"}});
  Call call(request);
  ASSERT_TRUE(address(call));
  EXPECT_EQ(call.bucket, "b");
  EXPECT_EQ(call.key, "/a/..//+ ");
}

TEST(Routing, HostsNameBuckets) {
  EXPECT_EQ(bucket_of_host("photos.s3.eu-west-1.amazonaws.com"), "photos");
  EXPECT_EQ(bucket_of_host("my.photos.s3.amazonaws.com:443"), "my.photos");
  EXPECT_EQ(bucket_of_host("photos.localhost:9000"), "photos");
  for (const char* host : {"127.0.0.1:9000", "localhost:9000", "s3.eu-west-1.amazonaws.com",
                           "[::1]:9000", "", "sim"}) {
    EXPECT_EQ(bucket_of_host(host), "") << host;
  }
}

TEST(Routing, CopySourcesAreDecodedOnce) {
  const auto source = parse_copy_source("/b/a%20b%3Fc/%2525?versionId=x%20y");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->bucket, "b");
  EXPECT_EQ(source->key, "a b?c/%25");
  EXPECT_EQ(source->version_id, "x%20y");  // as it is
  EXPECT_EQ(parse_copy_source("b/a+b")->key, "a b");
  for (const char* wrong : {"", "/", "b", "b/", "/b", "b/%", "b/k?versionId="}) {
    EXPECT_FALSE(parse_copy_source(wrong)) << wrong;
  }
}

TEST(BucketNames, FollowTheRules) {
  for (const char* good : {"abc", "a-b.c9", "0ab"})
    EXPECT_TRUE(valid_bucket_name(good)) << good;
  for (const char* bad : {"ab", "Abc", "a_b", "-abc", "abc-", "a..b", "10.0.0.1", "xn--abc",
                          "abc-s3alias", "abc--x-s3"}) {
    EXPECT_FALSE(valid_bucket_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace s3m::sim
