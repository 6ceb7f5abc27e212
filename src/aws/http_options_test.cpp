#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/config.hpp"
#include "aws/test_home.hpp"
#include "net/proxy.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(HttpOptions, WithoutVariables) {
  const TestHome home;
  const auto options = http_options(home.environment());
  ASSERT_TRUE(options) << options.error().message();
  EXPECT_NE(options->tls, nullptr);
  EXPECT_EQ(options->https_proxy, std::nullopt);
  EXPECT_EQ(options->http_proxy, std::nullopt);
}

TEST(HttpOptions, ProxiesInEitherCase) {
  TestHome home;
  home.set("HTTPS_PROXY", "http://upper:3128");
  home.set("HTTP_PROXY", "plain:3128");
  home.set("NO_PROXY", "internal.example.com,.corp");
  auto options = http_options(home.environment());
  ASSERT_TRUE(options) << options.error().message();
  EXPECT_EQ(options->https_proxy, "http://upper:3128");
  EXPECT_EQ(options->http_proxy, "plain:3128");
  EXPECT_TRUE(net::bypasses_proxy(options->no_proxy, {.host = "a.corp"}));
  home.set("https_proxy", "http://lower:3128");
  home.set("no_proxy", "other");
  options = http_options(home.environment());
  ASSERT_TRUE(options);
  EXPECT_EQ(options->https_proxy, "http://lower:3128");
  EXPECT_FALSE(net::bypasses_proxy(options->no_proxy, {.host = "a.corp"}));
}

TEST(HttpOptions, WhatIsOnThisMachineNeverGoesThroughAProxy) {
  TestHome home;
  home.set("HTTP_PROXY", "http://proxy:3128");
  home.set("HTTPS_PROXY", "http://proxy:3128");
  const auto options = http_options(home.environment());
  ASSERT_TRUE(options);
  for (const auto* host : {"localhost", "127.0.0.1", "127.8.8.8", "::1", "169.254.169.254",
                           "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"}) {
    const net::Origin origin{.tls = false, .host = host, .port = 80};
    const auto proxy = net::proxy_for(*options, origin);
    ASSERT_TRUE(proxy);
    EXPECT_EQ(*proxy, std::nullopt) << host;
  }
  for (const auto* host : {"s3.amazonaws.com", "169.254.1.1", "localhost.example.com"}) {
    const auto proxy = net::proxy_for(*options, {.host = host});
    ASSERT_TRUE(proxy);
    EXPECT_TRUE(*proxy) << host;
  }
}

TEST(HttpOptions, ErrorsNameTheVariableAndHideThePassword) {
  for (const auto* url : {"socks5://me:SENTINEL@proxy", "http://me:SENTINEL@", "http://"}) {
    TestHome home;
    home.set("HTTPS_PROXY", url);
    const auto options = http_options(home.environment());
    ASSERT_FALSE(options) << url;
    EXPECT_EQ(options.error().code(), Errc::config);
    EXPECT_THAT(options.error().describe(),
                AllOf(HasSubstr("HTTPS_PROXY: "), Not(HasSubstr("SENTINEL"))));
  }
  TestHome home;
  home.set("AWS_CA_BUNDLE", "/nonexistent/bundle.pem");
  const auto options = http_options(home.environment());
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code(), Errc::config);
  EXPECT_THAT(options.error().message(),
              AllOf(HasSubstr("AWS_CA_BUNDLE: "), HasSubstr("/nonexistent/bundle.pem")));
}

}  // namespace
}  // namespace s3m::aws
