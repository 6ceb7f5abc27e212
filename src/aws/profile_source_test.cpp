// Roles over roles as profiles describe them, against an STS that notes who asks for what.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/config.hpp"
#include "aws/test_home.hpp"
#include "aws/test_service.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// An STS that gives each role keys with the role's name in them, and notes who asked for which.
class ChainOfRoles : public testing::Test {
 protected:
  ChainOfRoles() {
    home_.set("AWS_ENDPOINT_URL_STS", service_.url());
    service_.runtime().retry.max_attempts = 1;
    service_.handle([this](const net::HttpRequest& request) { return assume(request); });
  }

  net::ServerReply assume(const net::HttpRequest& request) {
    const auto role = parameter(request, "RoleArn");
    const auto name = role.substr(role.rfind("%2F") + 3);
    const auto signer = std::string(request.headers.get("authorization"));
    const auto start = signer.find("Credential=") + 11;
    asked_.push_back(name + " by " +
                     (signer.empty() ? "nobody" : signer.substr(start, signer.find('/') - start)));
    const auto action = parameter(request, "Action");
    return {.body = fmt::format(
                "<{0}Response><{0}Result><AssumedRoleUser><Arn>arn:aws:sts::111122223333:"
                "assumed-role/{1}/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>"
                "<Credentials><AccessKeyId>ASIA-{1}</AccessKeyId><SecretAccessKey>SENTINEL"
                "</SecretAccessKey><SessionToken>SENTINEL</SessionToken>"
                "<Expiration>2026-11-22T01:00:00Z</Expiration></Credentials></{0}Result>"
                "</{0}Response>",
                action, name)};
  }

  static std::string parameter(const net::HttpRequest& request, const std::string& name) {
    const auto start = ("&" + request.body).find("&" + name + "=");
    if (start == std::string::npos) return {};
    const auto value = request.body.substr(start + name.size() + 1);
    return value.substr(0, value.find('&'));
  }

  Result<Credentials> fetch(const SideOptions& options = {}) {
    const auto environment = home_.environment();
    const auto config = home_.load();
    auto source = default_credentials(service_.runtime(), environment, config, options);
    if (!source) return forward(source);
    return service_.run((*source)->fetch());
  }

  TestHome home_;
  TestService service_;
  std::vector<std::string> asked_;
};

TEST_F(ChainOfRoles, EachRoleIsAssumedByTheOneBelow) {
  home_.config(
      "[profile top]\nrole_arn = arn:aws:iam::1:role/Top\nsource_profile = middle\n"
      "external_id = ext-1\nrole_session_name = named\nduration_seconds = 900\n"
      "[profile middle]\nrole_arn = arn:aws:iam::1:role/Middle\nsource_profile = base\n");
  home_.credentials("[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = SENTINEL\n");
  const auto credentials = fetch({.profile = "top"});
  ASSERT_TRUE(credentials) << credentials.error().describe();
  EXPECT_EQ(credentials->access_key_id, "ASIA-Top");
  EXPECT_THAT(asked_, ElementsAre("Middle by AKIABASE", "Top by ASIA-Middle"));
  const auto& last = service_.requests().back();
  EXPECT_EQ(parameter(last, "ExternalId"), "ext-1");
  EXPECT_EQ(parameter(last, "RoleSessionName"), "named");
  EXPECT_EQ(parameter(last, "DurationSeconds"), "900");
  EXPECT_THAT(parameter(service_.requests().front(), "RoleSessionName"), HasSubstr("s3migrator-"));
}

TEST_F(ChainOfRoles, AProfileMayAssumeItsRoleWithItsOwnKeys) {
  home_.config(
      "[default]\nrole_arn = arn:aws:iam::1:role/Self\nsource_profile = default\n"
      "aws_access_key_id = AKIASELF\naws_secret_access_key = SENTINEL\n");
  ASSERT_TRUE(fetch());
  EXPECT_THAT(asked_, ElementsAre("Self by AKIASELF"));
}

// As the AWS CLI does it: keys in a source profile come before the role that it has as well.
TEST_F(ChainOfRoles, KeysOfASourceProfileComeBeforeItsRole) {
  home_.config(
      "[default]\nrole_arn = arn:aws:iam::1:role/Top\nsource_profile = both\n"
      "[profile both]\nrole_arn = arn:aws:iam::1:role/Never\nsource_profile = default\n"
      "aws_access_key_id = AKIABOTH\naws_secret_access_key = SENTINEL\n");
  ASSERT_TRUE(fetch());
  EXPECT_THAT(asked_, ElementsAre("Top by AKIABOTH"));
}

TEST_F(ChainOfRoles, ANamedSourceOfCredentials) {
  home_.config("[default]\nrole_arn = arn:aws:iam::1:role/Top\ncredential_source = Environment\n");
  home_.set("AWS_ACCESS_KEY_ID", "AKIAENV");
  home_.set("AWS_SECRET_ACCESS_KEY", "SENTINEL");
  ASSERT_TRUE(fetch({.profile = "default"}));
  EXPECT_THAT(asked_, ElementsAre("Top by AKIAENV"));
}

TEST_F(ChainOfRoles, AWebIdentityBelowARole) {
  home_.config(
      "[default]\nrole_arn = arn:aws:iam::1:role/Top\nsource_profile = pod\n"
      "[profile pod]\nrole_arn = arn:aws:iam::1:role/Pod\nweb_identity_token_file = " +
      home_.write("token", "SENTINEL-1\n") + "\n");
  ASSERT_TRUE(fetch());
  EXPECT_THAT(asked_, ElementsAre("Pod by nobody", "Top by ASIA-Pod"));
  EXPECT_EQ(parameter(service_.requests().front(), "WebIdentityToken"), "SENTINEL-1");
}

TEST_F(ChainOfRoles, TheTokenOfAWebIdentityIsReadEachTime) {
  home_.set("AWS_WEB_IDENTITY_TOKEN_FILE", home_.write("token", "SENTINEL-1"));
  home_.set("AWS_ROLE_ARN", "arn:aws:iam::1:role/Pod");
  home_.set("AWS_ROLE_SESSION_NAME", "pod-7");
  const auto environment = home_.environment();
  const auto config = home_.load();
  auto source = default_credentials(service_.runtime(), environment, config, {});
  ASSERT_TRUE(source);
  ASSERT_TRUE(service_.run((*source)->fetch()));
  home_.write("token", "SENTINEL-2");
  ASSERT_TRUE(service_.run((*source)->fetch()));
  EXPECT_EQ(parameter(service_.requests()[0], "WebIdentityToken"), "SENTINEL-1");
  EXPECT_EQ(parameter(service_.requests()[1], "WebIdentityToken"), "SENTINEL-2");
  EXPECT_EQ(parameter(service_.requests()[1], "RoleSessionName"), "pod-7");
  home_.write("token", " \n");
  const auto empty = service_.run((*source)->fetch());
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message(),
              AllOf(HasSubstr("AWS_WEB_IDENTITY_TOKEN_FILE: "), HasSubstr("is empty")));
}

TEST_F(ChainOfRoles, ADenialNamesProfileFileAndLine) {
  home_.config(
      "[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/Top\nsource_profile = base\n"
      "external_id = SENTINEL\n");
  home_.credentials("[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = SENTINEL\n");
  service_.handle([](const net::HttpRequest&) {
    return net::ServerReply{
        .status = 403,
        .body =
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message>"
            "</Error><RequestId>request-9</RequestId></ErrorResponse>"};
  });
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::access_denied);
  EXPECT_THAT(
      credentials.error().describe(),
      AllOf(HasSubstr("profile default (" + home_.path() + "/.aws/config:3)"),
            HasSubstr("cannot assume arn:aws:iam::1:role/Top"),
            HasSubstr("with profile base (" + home_.path() + "/.aws/credentials)"),
            HasSubstr("not authorized"), HasSubstr("request-9"), Not(HasSubstr("SENTINEL"))));
}

TEST_F(ChainOfRoles, WhenNothingIsConfiguredTheMessageSaysWhatCouldBe) {
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
  home_.set("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1");
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_THAT(credentials.error().message(),
              AllOf(HasSubstr("there are no credentials: AWS_ACCESS_KEY_ID is not set; "),
                    HasSubstr("there is no profile default in "),
                    HasSubstr("; at last: the EC2 instance metadata service at 127.0.0.1:1: ")));
}

}  // namespace
}  // namespace s3m::aws
