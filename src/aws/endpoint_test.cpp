#include "aws/endpoint.hpp"

#include <gtest/gtest.h>

namespace s3m::aws {
namespace {

Endpoint s3(const EndpointSettings& settings, std::string_view bucket) {
  auto endpoint = s3_endpoint(settings, bucket);
  EXPECT_TRUE(endpoint) << endpoint.error().describe();
  return endpoint ? *endpoint : Endpoint{};
}

std::string service_host(const EndpointSettings& settings, std::string_view service) {
  const auto endpoint = service_endpoint(settings, service);
  return endpoint ? endpoint->host : "";
}

// The hosts are those that botocore 1.44 builds.
TEST(Endpoint, AwsHostsOfBuckets) {
  EXPECT_EQ(s3({}, "buck").host, "buck.s3.us-east-1.amazonaws.com");
  EXPECT_EQ(s3({.region = "eu-central-1"}, "buck").host, "buck.s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(s3({.region = "us-east-1", .dual_stack = true}, "buck").host,
            "buck.s3.dualstack.us-east-1.amazonaws.com");
  EXPECT_EQ(s3({.region = "us-east-1", .fips = true}, "buck").host,
            "buck.s3-fips.us-east-1.amazonaws.com");
  EXPECT_EQ(s3({.region = "us-gov-west-1", .fips = true, .dual_stack = true}, "buck").host,
            "buck.s3-fips.dualstack.us-gov-west-1.amazonaws.com");
  EXPECT_EQ(s3({.region = "cn-north-1"}, "buck").host, "buck.s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(s3({.region = "eusc-de-east-1"}, "buck").host, "buck.s3.eusc-de-east-1.amazonaws.eu");
}

TEST(Endpoint, AwsIsHttpsOnItsPort) {
  const auto endpoint = s3({.region = "eu-west-1"}, "buck");
  EXPECT_TRUE(endpoint.origin.tls);
  EXPECT_EQ(endpoint.origin.port, 443);
  EXPECT_EQ(endpoint.origin.host, endpoint.host);
  EXPECT_TRUE(endpoint.bucket_in_host);
  EXPECT_EQ(endpoint.region, "eu-west-1");
  EXPECT_EQ(endpoint.base_path, "");
}

TEST(Endpoint, NamesThatTheCertificateDoesNotCoverGoIntoThePath) {
  for (const auto* name : {"with.dots", "UPPER", "under_score", "-edge"}) {
    const auto endpoint = s3({.region = "eu-west-1"}, name);
    EXPECT_EQ(endpoint.host, "s3.eu-west-1.amazonaws.com") << name;
    EXPECT_FALSE(endpoint.bucket_in_host) << name;
  }
}

TEST(Endpoint, TheServiceItselfHasNoBucket) {
  const auto endpoint = s3({.region = "eu-west-1"}, "");
  EXPECT_EQ(endpoint.host, "s3.eu-west-1.amazonaws.com");
  EXPECT_FALSE(endpoint.bucket_in_host);
}

TEST(Endpoint, CustomEndpointsUsePaths) {
  const auto endpoint = s3({.url = "http://127.0.0.1:9000/base/", .region = "here"}, "buck");
  EXPECT_FALSE(endpoint.origin.tls);
  EXPECT_EQ(endpoint.origin.host, "127.0.0.1");
  EXPECT_EQ(endpoint.origin.port, 9000);
  EXPECT_EQ(endpoint.host, "127.0.0.1:9000");
  EXPECT_EQ(endpoint.base_path, "/base");
  EXPECT_EQ(endpoint.region, "here");
  EXPECT_FALSE(endpoint.bucket_in_host);
}

TEST(Endpoint, TheHostNamesThePortOnlyWhereItIsNotTheDefault) {
  EXPECT_EQ(s3({.url = "https://s3.example.org"}, "b").host, "s3.example.org");
  EXPECT_EQ(s3({.url = "https://s3.example.org:443"}, "b").host, "s3.example.org");
  EXPECT_EQ(s3({.url = "https://s3.example.org:80"}, "b").host, "s3.example.org:80");
  EXPECT_EQ(s3({.url = "http://s3.example.org"}, "b").origin.port, 80);
}

TEST(Endpoint, AddressLiteralsKeepTheirBracketsInTheHostAlone) {
  const auto endpoint = s3({.url = "http://[::1]:9000"}, "b");
  EXPECT_EQ(endpoint.origin.host, "::1");
  EXPECT_EQ(endpoint.host, "[::1]:9000");
}

TEST(Endpoint, AddressingCanBeAskedFor) {
  EXPECT_EQ(s3({.region = "eu-west-1", .addressing = Addressing::path}, "buck").host,
            "s3.eu-west-1.amazonaws.com");
  const auto hosted =
      s3({.url = "http://s3.test:81", .addressing = Addressing::virtual_hosted}, "buck");
  EXPECT_EQ(hosted.host, "buck.s3.test:81");
  EXPECT_EQ(hosted.origin.host, "buck.s3.test");
  EXPECT_TRUE(hosted.bucket_in_host);
}

TEST(Endpoint, RefusesWhatWouldBuildAnotherHostOrPath) {
  const EndpointSettings aws{.region = "eu-west-1"};
  for (const auto* bucket : {"a/b", "a@b", "..", ".", "a b", "a\r\nb", "arn:aws:s3:x"})
    EXPECT_FALSE(s3_endpoint(aws, bucket)) << bucket;
  for (const auto* region : {"eu-west-1.evil.org/", "-a", "a-", "EU", "a.b", "a@b"})
    EXPECT_FALSE(s3_endpoint({.region = region}, "b")) << region;
  EXPECT_FALSE(s3_endpoint({.url = "https://s3.test", .addressing = Addressing::virtual_hosted},
                           "dotted.name"));
}

TEST(Endpoint, RefusesMalformedUrls) {
  for (const auto* url :
       {"s3.example.org", "ftp://x", "http://", "http://u:secret@x", "http://x/?q", "http://x/#f",
        "http://x:99999", "http://x:0", "http://a b", "https://:1"}) {
    const auto endpoint = s3_endpoint({.url = url}, "b");
    ASSERT_FALSE(endpoint) << url;
    EXPECT_EQ(endpoint.error().code(), Errc::invalid_argument) << url;
    EXPECT_FALSE(endpoint.error().message().contains("secret"));
  }
}

TEST(Endpoint, ServiceHosts) {
  EXPECT_EQ(service_host({}, "sts"), "sts.us-east-1.amazonaws.com");
  EXPECT_EQ(service_host({.region = "eu-central-1"}, "iam"), "iam.amazonaws.com");
  EXPECT_EQ(service_endpoint({.region = "eu-central-1"}, "iam")->region, "us-east-1");
  EXPECT_EQ(service_host({.region = "cn-northwest-1"}, "iam"), "iam.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(service_host({.region = "eu-central-1", .fips = true}, "sts"),
            "sts-fips.eu-central-1.amazonaws.com");
  EXPECT_EQ(service_host({.region = "eu-central-1", .dual_stack = true}, "sts"),
            "sts.eu-central-1.api.aws");
  EXPECT_EQ(service_host({.region = "us-gov-west-1", .fips = true}, "sts"),
            "sts.us-gov-west-1.amazonaws.com");
  EXPECT_EQ(service_host({.region = "cn-north-1", .dual_stack = true}, "logs"),
            "logs.cn-north-1.api.amazonwebservices.com.cn");
  EXPECT_EQ(service_host({.region = "us-east-2"}, "sso"), "portal.sso.us-east-2.amazonaws.com");
  EXPECT_EQ(service_host({.url = "http://127.0.0.1:5"}, "sts"), "127.0.0.1:5");
}

TEST(Endpoint, ChinaHasNoFips) {
  EXPECT_FALSE(s3_endpoint({.region = "cn-north-1", .fips = true}, "b"));
  EXPECT_TRUE(s3_endpoint({.url = "http://x", .region = "cn-north-1", .fips = true}, "b"));
}

TEST(Endpoint, Partitions) {
  EXPECT_EQ(partition_of("eu-west-1"), "aws");
  EXPECT_EQ(partition_of("us-gov-east-1"), "aws-us-gov");
  EXPECT_EQ(partition_of("us-iso-east-1"), "aws-iso");
  EXPECT_EQ(partition_of("us-isob-east-1"), "aws-iso-b");
  EXPECT_EQ(partition_of("eusc-de-east-1"), "aws-eusc");
  EXPECT_EQ(dns_suffix_of("aws-cn"), "amazonaws.com.cn");
  EXPECT_EQ(dns_suffix_of("aws"), "amazonaws.com");
}

}  // namespace
}  // namespace s3m::aws
