#include "app/serve_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::app {
namespace {

using testing::HasSubstr;

std::string place(const std::string& partition, const std::string& region) {
  const auto found = keys_of_region("arn:" + partition + ":elasticloadbalancing:" + region +
                                    ":111111111111:loadbalancer/app/console/50dc6c");
  return found ? *found : found.error().message();
}

TEST(ServeKeys, AreWhereAwsHasThemForTheRegion) {
  EXPECT_EQ(place("aws", "eu-central-1"),
            "https://public-keys.auth.elb.eu-central-1.amazonaws.com/");
  EXPECT_EQ(place("aws-us-gov", "us-gov-west-1"),
            "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1/");
  EXPECT_EQ(place("aws-cn", "cn-north-1"),
            "https://public-keys.auth.elb.cn-north-1.amazonaws.com.cn/");
}

TEST(ServeKeys, NeedALoadBalancersArn) {
  for (const auto* const arn : {"", "arn:aws:iam::111111111111:role/a", "console",
                                "arn:aws:elasticloadbalancing::111111111111:loadbalancer/app/x/1"})
    EXPECT_THAT(keys_of_region(arn).error().message(), HasSubstr("load balancer")) << arn;
}

TEST(ServeKeys, ComeByHttpsFromAnywhereElse) {
  net::Loop loop(1);
  const aws::Environment nothing = [](std::string_view) { return std::nullopt; };
  EXPECT_TRUE(ServeKeys::make(loop, nothing, "https://keys.example.org/a"));
  EXPECT_TRUE(ServeKeys::make(loop, nothing, "http://127.0.0.1:1234"));
  for (const auto* const url : {"http://keys.example.org", "keys.example.org", "", "file:///etc"})
    EXPECT_THAT(ServeKeys::make(loop, nothing, url).error().message(), HasSubstr("--oidc-keys"))
        << url;
}

}  // namespace
}  // namespace s3m::app
