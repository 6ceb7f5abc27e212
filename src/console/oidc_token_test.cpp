#include "console/oidc_token.hpp"

#include <boost/json/array.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "console/es256.hpp"
#include "console/test_tokens.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

const WallTime now{std::chrono::seconds(1'795'000'000)};

class Oidc : public ::testing::Test {
 protected:
  Result<Known> check(const std::string& text, WallTime at = now) const {
    auto token = OidcToken::parse(text);
    if (!token) return forward(token);
    return token->check(test_rules(), key_.pem(), at);
  }
  // Why it does not hold.
  std::string why(const std::string& text, WallTime at = now) const {
    const auto known = check(text, at);
    if (known) return "it holds";
    EXPECT_EQ(known.error().code(), Errc::access_denied);
    return known.error().message();
  }
  std::string with(std::string_view field, const json::value& value) const {
    auto header = TestKey::header();
    header[field] = value;
    return key_.token(header);
  }
  TestKey key_;
};

TEST_F(Oidc, AGoodTokenSaysWhoItIs) {
  const auto known = check(key_.token());
  ASSERT_TRUE(known) << known.error().describe();
  EXPECT_EQ(known->name, "ann@example.org");
  EXPECT_EQ(known->role, Role::viewer);
  EXPECT_EQ(known->expires_at, WallTime(std::chrono::seconds(4'000'000'000)));
}

TEST_F(Oidc, ThePaddingMayBeThereOrNot) {
  auto token = key_.token();
  EXPECT_THAT(token, HasSubstr("=")) << "else the test tests nothing";
  const auto dot = token.rfind('.');
  while (token.ends_with('='))
    token.pop_back();
  ASSERT_GT(token.size(), dot);
  EXPECT_TRUE(check(token)) << "of the signature; header and claims are signed as they stand";
}

TEST_F(Oidc, AClaimMakesAnOperator) {
  auto claims = TestKey::claims();
  claims["groups"] = json::array{"a", "s3-operators"};
  EXPECT_EQ(check(key_.token(TestKey::header(), claims))->role, Role::operator_);
  claims["groups"] = "s3-operators";
  EXPECT_EQ(check(key_.token(TestKey::header(), claims))->role, Role::operator_);
  claims["groups"] = "s3-operators-of-old";
  EXPECT_EQ(check(key_.token(TestKey::header(), claims))->role, Role::viewer);
  json::array inside;
  inside.emplace_back(json::array{"s3-operators"});
  claims["groups"] = std::move(inside);
  EXPECT_EQ(check(key_.token(TestKey::header(), claims))->role, Role::viewer);
  claims["email"] = "boss@example.org";
  EXPECT_EQ(check(key_.token(TestKey::header(), claims))->role, Role::operator_);
}

TEST_F(Oidc, NobodyElsesWordHolds) {
  EXPECT_THAT(why(with("signer", "arn:aws:other")), HasSubstr("signer"));
  EXPECT_THAT(why(with("signer", nullptr)), HasSubstr("signer is nobody"));
  EXPECT_THAT(why(with("iss", "https://login.example.org/")), HasSubstr("issuer"));
  EXPECT_THAT(why(with("client", "x")), HasSubstr("client"));
}

TEST_F(Oidc, ItsTimeMustNotBeOver) {
  const auto end = std::chrono::seconds(1'795'000'000);
  const auto token = with("exp", end.count());
  EXPECT_TRUE(check(token, WallTime(end + std::chrono::seconds(29))));
  EXPECT_THAT(why(token, WallTime(end + std::chrono::seconds(30))), HasSubstr("expired"));
  EXPECT_TRUE(check(with("exp", "4000000000"))) << "digits in quotes are a time too";
  EXPECT_THAT(why(with("exp", nullptr)), HasSubstr("when it expires"));
  EXPECT_THAT(why(with("exp", -5)), HasSubstr("when it expires"));
  EXPECT_THAT(why(with("exp", "never")), HasSubstr("when it expires"));
  auto claims = TestKey::claims();
  claims["exp"] = 1;
  EXPECT_THAT(why(key_.token(TestKey::header(), claims)), HasSubstr("claims have expired"));
}

TEST_F(Oidc, OnlyEs256IsASignature) {
  EXPECT_THAT(why(with("alg", "none")), HasSubstr("ES256"));
  EXPECT_THAT(why(with("alg", "HS256")), HasSubstr("ES256"));
  EXPECT_THAT(why(with("alg", "es256")), HasSubstr("ES256"));
  EXPECT_THAT(why(with("crit", json::array{"exp"})), HasSubstr("not known"));
  // Unsigned, and with the public key as the secret of an HMAC.
  auto header = TestKey::header();
  const auto text =
      base64url(json::serialize(header)) + "." + base64url(json::serialize(TestKey::claims()));
  EXPECT_THAT(why(text + "."), HasSubstr("signature"));
  const auto mac = hmac_sha256(key_.pem(), text);
  const std::string bytes(reinterpret_cast<const char*>(mac.data()), mac.size());
  EXPECT_THAT(why(text + "." + base64url(bytes)), HasSubstr("signature"));
  EXPECT_THAT(why(text + "." + base64url(std::string(64, '\0'))), HasSubstr("signature"));
}

TEST_F(Oidc, WhatWasChangedDoesNotHold) {
  const auto good = key_.token();
  auto claims = TestKey::claims();
  claims["groups"] = "s3-operators";
  const auto first = good.find('.'), second = good.rfind('.');
  const auto forged =
      good.substr(0, first + 1) + base64url(json::serialize(claims)) + good.substr(second);
  EXPECT_THAT(why(forged), HasSubstr("signature"));
  EXPECT_THAT(why(TestKey().token()), HasSubstr("signature"));
}

TEST_F(Oidc, WhatIsNoTokenIsRefused) {
  for (const auto* const text : {"", ".", "..", "a.b.c", "a.b.c.d", "e30=.e30=.e30=", "{}.{}.{}"})
    EXPECT_NE(why(text), "it holds") << text;
  const auto good = key_.token();
  EXPECT_NE(why(good + ".x"), "it holds");
  EXPECT_NE(why("+" + good), "it holds");
  EXPECT_NE(why(std::string(20'000, 'a') + ".b.c"), "it holds");
  EXPECT_THAT(why(with("kid", "../../key")), HasSubstr("names no key"));
  EXPECT_THAT(why(with("kid", "")), HasSubstr("names no key"));
  auto claims = TestKey::claims();
  claims.erase("email");
  claims.erase("sub");
  EXPECT_THAT(why(key_.token(TestKey::header(), claims)), HasSubstr("whom"));
}

TEST(Es256, TakesKeysOnP256Alone) {
  const TestKey key, other("P-384");
  EXPECT_TRUE(check_es256(key.pem(), "text", key.sign("text")));
  EXPECT_EQ(check_es256(key.pem(), "texT", key.sign("text")).error().code(), Errc::access_denied);
  EXPECT_EQ(check_es256(other.pem(), "text", key.sign("text")).error().code(), Errc::protocol);
  EXPECT_EQ(check_es256("no key", "text", key.sign("text")).error().code(), Errc::protocol);
  EXPECT_EQ(check_es256("", "text", "").error().code(), Errc::protocol);
  EXPECT_EQ(check_es256(key.pem(), "text", "").error().code(), Errc::access_denied);
}

}  // namespace
}  // namespace s3m::console
