#include "net/proxy.hpp"

#include <string>

#include <gtest/gtest.h>

namespace s3m::net {
namespace {

bool bypasses(std::string_view list, std::string host, std::uint16_t port = 443) {
  return bypasses_proxy(list, {.host = std::move(host), .port = port});
}

TEST(Proxy, WhatNoProxyMatches) {
  struct Case {
    std::string list, host;
    bool bypassed;
    std::uint16_t port = 443;
  };
  const Case cases[] = {
      {"", "a.example", false},
      {"*", "a.example", true},
      {"a.example", "a.example", true},
      {"A.Example", "a.eXample", true},
      {"example", "a.example", true},
      {".example", "a.example", true},
      {".example", "example", true},
      {"ample", "example", false},
      {"a.example", "example", false},
      {" x , ,a.example ", "a.example", true},
      {"x,y", "a.example", false},
      {"a.example:443", "a.example", true},
      {"a.example:80", "a.example", false},
      {"a.example:http", "a.example", false},
      {"10.0.0.1", "10.0.0.1", true},
      {"10.0.0.1:443", "10.0.0.1", true},
      {"10.0.0.1:80", "10.0.0.1", false},
      {"0.0.1", "10.0.0.1", false},
      {"10.0.0.0/8", "10.200.3.4", true},
      {"10.0.0.9/8", "10.200.3.4", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"10.0.0.0/8", "10.example", false},
      {"10.0.0.0/99", "10.0.0.1", false},
      {"::1", "::1", true},
      {"[::1]", "::1", true},
      {"[::1]:443", "::1", true},
      {"[::1]:80", "::1", false},
      {"0:0:0:0:0:0:0:1", "::1", true},
      {"fd00::/8", "fd12::5", true},
      {"fd00::/8", "fe80::1", false},
      {"fd00::/8", "10.0.0.1", false},
      {"127.0.0.0/8,localhost,.internal", "s3.internal", true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(bypasses(c.list, c.host, c.port), c.bypassed) << c.list << " | " << c.host;
  }
}

TEST(Proxy, ReadsUrls) {
  const auto plain = Proxy::parse("http://proxy.example:3128/");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "proxy.example");
  EXPECT_EQ(plain->port, 3128);
  EXPECT_EQ(plain->authorization, "");
  const auto bare = Proxy::parse("proxy.example");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->port, 80);
  const auto v6 = Proxy::parse("HTTP://u:p@[::1]:8080");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->authorization, "Basic dTpw");
}

TEST(Proxy, AnErrorShowsNoPassword) {
  const auto refused = Proxy::parse("socks5://user:secret@proxy:1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().describe().find("secret"), std::string::npos);
}

TEST(Proxy, AuthoritiesOfAddresses) {
  EXPECT_EQ(authority_of({.host = "h", .port = 1}), "h:1");
  EXPECT_EQ(authority_of({.host = "fd00::1", .port = 443}), "[fd00::1]:443");
}

}  // namespace
}  // namespace s3m::net
