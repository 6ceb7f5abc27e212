// Keys that are given as they are: the environment, the two files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/credential_sources.hpp"
#include "aws/credentials_text.hpp"
#include "aws/test_home.hpp"
#include "aws/test_loop.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class EnvironmentKeys : public testing::Test {
 protected:
  MaybeSource make() {
    const auto environment = home_.environment();
    const auto config = home_.load();
    return environment_source(Settings(environment, config, "default"));
  }
  Credentials fetch() {
    auto source = make();
    EXPECT_TRUE(source && *source);
    auto credentials = run(loop_, (*source)->fetch());
    EXPECT_TRUE(credentials);
    return *std::move(credentials);
  }
  TestHome home_;
  net::Loop loop_;
};

TEST_F(EnvironmentKeys, AreNullWithoutAKeyId) {
  home_.set("AWS_SECRET_ACCESS_KEY", "SENTINEL");
  home_.set("AWS_ACCESS_KEY_ID", "");
  const auto source = make();
  ASSERT_TRUE(source);
  EXPECT_EQ(*source, nullptr);
}

TEST_F(EnvironmentKeys, LongTerm) {
  home_.set("AWS_ACCESS_KEY_ID", "AKIA1");
  home_.set("AWS_SECRET_ACCESS_KEY", "secret");
  const auto keys = fetch();
  EXPECT_EQ(keys.access_key_id, "AKIA1");
  EXPECT_EQ(keys.secret_access_key, "secret");
  EXPECT_EQ(keys.session_token, "");
  EXPECT_EQ(keys.expiration, std::nullopt);
}

TEST_F(EnvironmentKeys, OfASession) {
  home_.set("AWS_ACCESS_KEY_ID", "ASIA1");
  home_.set("AWS_SECRET_ACCESS_KEY", "secret");
  home_.set("AWS_SECURITY_TOKEN", "old");
  EXPECT_EQ(fetch().session_token, "old");
  home_.set("AWS_SESSION_TOKEN", "token");
  home_.set("AWS_CREDENTIAL_EXPIRATION", "2026-11-22T16:28:00Z");
  home_.set("AWS_ACCOUNT_ID", "111122223333");
  const auto keys = fetch();
  EXPECT_EQ(keys.session_token, "token");
  EXPECT_EQ(keys.expiration, parse_iso8601("2026-11-22T16:28:00Z"));
  EXPECT_EQ(keys.account, "111122223333");
}

TEST_F(EnvironmentKeys, WithoutTheirSecretAreAnError) {
  home_.set("AWS_ACCESS_KEY_ID", "AKIA1");
  const auto source = make();
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().message(), "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
}

TEST_F(EnvironmentKeys, ThatCannotBeSent) {
  home_.set("AWS_ACCESS_KEY_ID", "AKIA1");
  home_.set("AWS_SECRET_ACCESS_KEY", "SENTINEL\n");
  auto source = make();
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().describe(),
              AllOf(HasSubstr("the secret access key has"), Not(HasSubstr("SENTINEL"))));
  home_.set("AWS_SECRET_ACCESS_KEY", "my pass phrase");
  home_.set("AWS_CREDENTIAL_EXPIRATION", "tomorrow");
  source = make();
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().message(), HasSubstr("AWS_CREDENTIAL_EXPIRATION: 'tomorrow'"));
}

class FileKeys : public testing::Test {
 protected:
  MaybeSource make(const std::string& profile) {
    const auto config = home_.load();
    return file_keys_source(config.credentials_file(), ConfigFileKind::credentials, profile);
  }
  TestHome home_;
  net::Loop loop_;
};

TEST_F(FileKeys, AreNullWhereTheProfileHasNone) {
  home_.credentials("[a]\naws_secret_access_key = s\n");
  for (const auto* profile : {"a", "b"}) {
    const auto source = make(profile);
    ASSERT_TRUE(source);
    EXPECT_EQ(*source, nullptr);
  }
}

TEST_F(FileKeys, AreReadAgainEachTime) {
  home_.credentials(
      "[a]\naws_access_key_id = ASIA1\naws_secret_access_key = s\n"
      "aws_session_token = t\naws_account_id = 111122223333\n");
  auto source = make("a");
  ASSERT_TRUE(source && *source);
  EXPECT_EQ((*source)->describe(), "profile a (" + home_.path() + "/.aws/credentials)");
  auto keys = run(loop_, (*source)->fetch());
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->access_key_id, "ASIA1");
  EXPECT_EQ(keys->session_token, "t");
  EXPECT_EQ(keys->account, "111122223333");
  home_.credentials(
      "[a]\naws_access_key_id = ASIA2\naws_secret_access_key = s\n"
      "aws_security_token = u\n");
  keys = run(loop_, (*source)->fetch());
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->access_key_id, "ASIA2");
  EXPECT_EQ(keys->session_token, "u");
  home_.credentials("");
  keys = run(loop_, (*source)->fetch());
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code(), Errc::config);
}

TEST_F(FileKeys, AreNotMixedFromTwoFiles) {
  home_.config("[profile a]\naws_secret_access_key = SENTINEL\naws_session_token = SENTINEL\n");
  home_.credentials("\n[a]\naws_access_key_id = AKIA1\n");
  auto source = make("a");
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().message(),
              HasSubstr("/.aws/credentials:2: profile a has an aws_access_key_id, but no "
                        "aws_secret_access_key in the same file"));
  home_.credentials("[a]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
  source = make("a");
  ASSERT_TRUE(source && *source);
  const auto keys = run(loop_, (*source)->fetch());
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->session_token, "");
}

TEST_F(FileKeys, ThatAreEmptyAreAnError) {
  home_.credentials("[a]\naws_access_key_id =\naws_secret_access_key = SENTINEL\n");
  const auto source = make("a");
  ASSERT_FALSE(source);
  EXPECT_THAT(
      source.error().describe(),
      AllOf(HasSubstr("has no aws_access_key_id, or an empty one"), Not(HasSubstr("SENTINEL"))));
}

TEST_F(FileKeys, WrappedOverLinesAreAnError) {
  home_.credentials(
      "[a]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n"
      "aws_session_token = SENTINEL\n  SENTINEL\n");
  const auto source = make("a");
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().describe(),
              AllOf(HasSubstr("the session token has"), Not(HasSubstr("SENTINEL"))));
}

}  // namespace
}  // namespace s3m::aws
