#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/credential_sources.hpp"
#include "aws/test_home.hpp"
#include "aws/test_service.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string good = R"({"AccessKeyId":"ASIACONTAINER","SecretAccessKey":"SENTINEL-secret",
  "Token":"SENTINEL-token","Expiration":"2026-11-22T06:00:00Z","AccountId":"111122223333",
  "RoleArn":"ignored"})";

class ContainerSource : public testing::Test {
 protected:
  MaybeSource make() {
    const auto environment = home_.environment();
    const auto config = home_.load();
    return container_source(service_.runtime(), Settings(environment, config, "default"));
  }
  Result<Credentials> fetch() {
    auto source = make();
    EXPECT_TRUE(source && *source);
    return service_.run((*source)->fetch());
  }
  void point_at_service() {
    home_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", service_.url() + "/SENTINEL-path?id=1");
  }
  void expect_no_secret(const Error& error) const {
    EXPECT_THAT(error.describe(), Not(HasSubstr("SENTINEL")));
  }

  TestHome home_;
  TestService service_;
};

TEST_F(ContainerSource, IsNullWithoutItsVariables) {
  const auto source = make();
  ASSERT_TRUE(source);
  EXPECT_EQ(*source, nullptr);
}

TEST_F(ContainerSource, FetchesFromTheFullUri) {
  point_at_service();
  home_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic SENTINEL");
  service_.answer(200, good);
  const auto credentials = fetch();
  ASSERT_TRUE(credentials) << credentials.error().describe();
  EXPECT_EQ(credentials->access_key_id, "ASIACONTAINER");
  EXPECT_EQ(credentials->secret_access_key, "SENTINEL-secret");
  EXPECT_EQ(credentials->session_token, "SENTINEL-token");
  EXPECT_EQ(credentials->account, "111122223333");
  EXPECT_EQ(credentials->expiration, parse_iso8601("2026-11-22T06:00:00Z"));
  ASSERT_EQ(service_.requests().size(), 1u);
  EXPECT_EQ(service_.requests()[0].target, "/SENTINEL-path?id=1");
  EXPECT_EQ(service_.requests()[0].headers.get("authorization"), "Basic SENTINEL");
}

TEST_F(ContainerSource, ReadsTheTokenFileEachTime) {
  point_at_service();
  home_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "never");
  home_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", home_.write("token", "first\n"));
  service_.answer(200, good);
  auto source = make();
  ASSERT_TRUE(source && *source);
  EXPECT_TRUE(service_.run((*source)->fetch()));
  home_.write("token", "second");
  EXPECT_TRUE(service_.run((*source)->fetch()));
  ASSERT_EQ(service_.requests().size(), 2u);
  EXPECT_EQ(service_.requests()[0].headers.get("authorization"), "first");
  EXPECT_EQ(service_.requests()[1].headers.get("authorization"), "second");
}

TEST_F(ContainerSource, ATokenThatWouldForgeAHeaderIsNotSent) {
  point_at_service();
  home_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "SENTINEL\r\nX-Other: 1");
  service_.answer(200, good);
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::invalid_argument);
  expect_no_secret(credentials.error());
  EXPECT_TRUE(service_.requests().empty());
}

TEST_F(ContainerSource, AMissingTokenFileIsNamed) {
  point_at_service();
  home_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nonexistent/token");
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_THAT(credentials.error().message(), HasSubstr("/nonexistent/token does not exist"));
}

TEST_F(ContainerSource, TriesAgainAfterAFailureOfTheServer) {
  point_at_service();
  service_.answer(500, "").answer(200, good);
  EXPECT_TRUE(fetch());
  EXPECT_EQ(service_.requests().size(), 2u);
}

TEST_F(ContainerSource, SaysWhatTheEndpointSaid) {
  point_at_service();
  service_.answer(403, R"({"code":"AccessDenied","message":"no association for this pod"})");
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::access_denied);
  EXPECT_EQ(credentials.error().http_status(), 403);
  EXPECT_THAT(credentials.error().message(),
              AllOf(HasSubstr("AWS_CONTAINER_CREDENTIALS_FULL_URI"), HasSubstr("status 403"),
                    HasSubstr("AccessDenied: no association for this pod")));
  expect_no_secret(credentials.error());
  EXPECT_EQ(service_.requests().size(), 1u);
}

TEST_F(ContainerSource, AnswersThatCannotBeUsed) {
  point_at_service();
  for (const auto* body :
       {"", "SENTINEL", "[]", R"({"AccessKeyId":"SENTINEL"})",
        R"({"AccessKeyId":"","SecretAccessKey":"SENTINEL"})",
        R"({"AccessKeyId":"SENTINEL","SecretAccessKey":7})",
        R"({"AccessKeyId":"A","SecretAccessKey":"SENTINEL","Expiration":"SENTINEL"})",
        R"({"AccessKeyId":"A","SecretAccessKey":"SENTINEL","Token":"SENTINEL\r\nX: y"})"}) {
    service_.forget();
    service_.answer(200, body);
    const auto credentials = fetch();
    ASSERT_FALSE(credentials) << body;
    expect_no_secret(credentials.error());
  }
}

TEST_F(ContainerSource, TheRelativeUriComesFirst) {
  home_.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/SENTINEL");
  home_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/");
  const auto source = make();
  ASSERT_TRUE(source && *source);
  EXPECT_EQ((*source)->describe(),
            "the container credentials endpoint 169.254.170.2 "
            "(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)");
}

TEST_F(ContainerSource, PlainHttpOnlyNearby) {
  for (const auto* url : {"http://localhost:1/", "http://127.0.0.1/x", "http://127.1.2.3/",
                          "http://[::1]:80/", "http://169.254.170.2/", "http://169.254.170.23/v1",
                          "http://[fd00:ec2::23]/v1", "https://example.com/x"}) {
    home_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    const auto source = make();
    EXPECT_TRUE(source && *source) << url;
  }
  for (const auto* url : {"http://example.com/", "http://169.254.169.254/", "http://10.0.0.1/",
                          "http://localhost.example.com/", "ftp://localhost/", "localhost/x",
                          "http://user:SENTINEL@localhost/", "http://127.0.0.1:99999/"}) {
    home_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    const auto source = make();
    ASSERT_FALSE(source) << url;
    EXPECT_EQ(source.error().code(), Errc::config);
    EXPECT_THAT(source.error().message(), HasSubstr("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    expect_no_secret(source.error());
  }
}

}  // namespace
}  // namespace s3m::aws
