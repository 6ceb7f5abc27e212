#include "console/origin.hpp"

#include <gtest/gtest.h>

#include "console/test_headers.hpp"

namespace s3m::console {
namespace {

using testing::headers;

TEST(Names, KnowsItselfWithAnyPort) {
  const Names names({"Console.Example"});
  for (const char* const host : {"127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST",
                                 "[::1]:8080", "[::1]", "console.example:443"})
    EXPECT_TRUE(names.knows(host)) << host;
}

TEST(Names, AnotherNameIsNotItself) {
  const Names names({});
  for (const char* const host :
       {"", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil", "::1",
        "[::1", "127.0.0.1:80a", "127.0.0.1:", "user@127.0.0.1", "[]", "127.0.0.1:8080:9"})
    EXPECT_FALSE(names.knows(host)) << host;
}

TEST(Origin, OnlyItsOwnPageMayChangeThings) {
  EXPECT_TRUE(from_own_page(headers({{"Host", "127.0.0.1:8080"},
                                     {"Origin", "http://127.0.0.1:8080"},
                                     {"Sec-Fetch-Site", "same-origin"}})));
  EXPECT_TRUE(from_own_page(headers({{"Host", "c.example"}, {"Origin", "https://c.example"}})));
  for (const char* const origin :
       {"http://evil.example", "null", "", "http://127.0.0.1:8081", "http://127.0.0.1",
        "ftp://127.0.0.1:8080", "http://127.0.0.1:8080.evil.example"}) {
    EXPECT_FALSE(from_own_page(headers({{"Host", "127.0.0.1:8080"}, {"Origin", origin}})))
        << origin;
  }
  EXPECT_FALSE(from_own_page(headers({{"Host", "127.0.0.1:8080"}})));
  EXPECT_FALSE(from_own_page(
      headers({{"Host", "h"}, {"Origin", "http://h"}, {"Sec-Fetch-Site", "cross-site"}})));
}

TEST(Origin, AScriptHasNoPage) {
  EXPECT_FALSE(from_foreign_page(headers({{"Host", "h"}})));
  EXPECT_FALSE(from_foreign_page(headers({{"Host", "h"}, {"Origin", "http://h"}})));
  EXPECT_TRUE(from_foreign_page(headers({{"Host", "h"}, {"Origin", "http://evil"}})));
  EXPECT_TRUE(from_foreign_page(headers({{"Host", "h"}, {"Origin", "null"}})));
  EXPECT_TRUE(from_foreign_page(headers({{"Host", "h"}, {"Sec-Fetch-Site", "cross-site"}})));
}

}  // namespace
}  // namespace s3m::console
