#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/credential_sources.hpp"
#include "aws/sso_token.hpp"
#include "aws/test_home.hpp"
#include "aws/test_service.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// SHA-1 of "corp" and of the URL, by sha1sum.
const std::string session_file = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

const std::string with_session =
    "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops Role\n"
    "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n";

const std::string legacy =
    "[profile p]\nsso_account_id = 111122223333\nsso_role_name = Ops\nsso_region = eu-west-1\n"
    "sso_start_url = https://corp.awsapps.com/start\n";

const std::string role_answer = R"({"roleCredentials":{"accessKeyId":"ASIASSO",
  "secretAccessKey":"SENTINEL-secret","sessionToken":"SENTINEL-session",
  "expiration":1795334400000}})";

const std::string renewal_answer = R"({"accessToken":"SENTINEL-access-2","expiresIn":3600,
  "refreshToken":"SENTINEL-refresh-2","tokenType":"Bearer"})";

// The clock of TestService says 2026-11-22T00:00:00Z.
std::string token(std::string_view expires_at) {
  return R"({"startUrl":"https://corp.awsapps.com/start","region":"eu-west-1",
    "accessToken":"SENTINEL-access","expiresAt":")" +
         std::string(expires_at) + R"(","clientId":"client","clientSecret":"SENTINEL-client",
    "registrationExpiresAt":"2027-01-01T00:00:00Z","refreshToken":"SENTINEL-refresh",
    "member of later versions":[1]})";
}

class SsoSource : public testing::Test {
 protected:
  SsoSource() {
    home_.set("AWS_ENDPOINT_URL_SSO", service_.url() + "/portal");
    home_.set("AWS_ENDPOINT_URL_SSO_OIDC", service_.url() + "/oidc");
    home_.config(with_session);
    service_.handle([this](const net::HttpRequest& request) {
      return request.target == "/oidc/token" ? renewal_ : portal_;
    });
  }

  MaybeSource make() {
    const auto environment = home_.environment();
    const auto config = home_.load();
    return sso_source(service_.runtime(), Settings(environment, config, "p"));
  }
  Result<Credentials> fetch() {
    auto source = make();
    EXPECT_TRUE(source && *source);
    return service_.run((*source)->fetch());
  }
  std::string cached() const { return home_.path() + "/" + session_file; }
  void login(std::string_view expires_at) { home_.write(session_file, token(expires_at)); }

  TestHome home_;
  TestService service_;
  net::ServerReply portal_{.status = 200, .body = role_answer};
  net::ServerReply renewal_{.status = 200, .body = renewal_answer};
};

TEST_F(SsoSource, IsNullForOtherProfiles) {
  home_.config("[profile p]\nsso_session = corp\nregion = eu-west-1\n");
  const auto source = make();
  ASSERT_TRUE(source);
  EXPECT_EQ(*source, nullptr);
}

TEST_F(SsoSource, TheTokenIsWhereTheCliLeavesIt) {
  EXPECT_EQ(sso_token_file("/h", "corp"),
            "/h/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
}

TEST_F(SsoSource, AsksThePortalWithTheCachedToken) {
  login("2026-11-22T08:00:00Z");
  const auto credentials = fetch();
  ASSERT_TRUE(credentials) << credentials.error().describe();
  EXPECT_EQ(credentials->access_key_id, "ASIASSO");
  EXPECT_EQ(credentials->secret_access_key, "SENTINEL-secret");
  EXPECT_EQ(credentials->session_token, "SENTINEL-session");
  EXPECT_EQ(credentials->account, "111122223333");
  EXPECT_EQ(credentials->expiration, parse_iso8601("2026-11-22T08:00:00Z"));
  ASSERT_EQ(service_.requests().size(), 1u);
  EXPECT_EQ(service_.requests()[0].target,
            "/portal/federation/credentials?role_name=Ops%20Role&account_id=111122223333");
  EXPECT_EQ(service_.requests()[0].headers.get("x-amz-sso_bearer_token"), "SENTINEL-access");
}

TEST_F(SsoSource, ATokenNearItsEndIsRenewedAndKept) {
  login("2026-11-22T00:14:59Z");
  ASSERT_TRUE(fetch());
  ASSERT_EQ(service_.requests().size(), 2u);
  const auto asked = boost::json::parse(service_.requests()[0].body).as_object();
  EXPECT_EQ(asked.at("grantType"), "refresh_token");
  EXPECT_EQ(asked.at("clientId"), "client");
  EXPECT_EQ(asked.at("clientSecret"), "SENTINEL-client");
  EXPECT_EQ(asked.at("refreshToken"), "SENTINEL-refresh");
  EXPECT_EQ(service_.requests()[1].headers.get("x-amz-sso_bearer_token"), "SENTINEL-access-2");

  const auto kept = read_sso_token(cached());
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->access_token, "SENTINEL-access-2");
  EXPECT_EQ(kept->refresh_token, "SENTINEL-refresh-2");
  EXPECT_EQ(kept->expires_at, parse_iso8601("2026-11-22T01:00:00Z"));
  EXPECT_THAT(kept->document, AllOf(HasSubstr("member of later versions"),
                                    HasSubstr("\"startUrl\""), HasSubstr("\"clientSecret\"")));
  struct stat status{};
  ASSERT_EQ(::stat(cached().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(SsoSource, ATokenPastItsEndIsRenewedToo) {
  login("2026-11-20T00:00:00Z");
  EXPECT_TRUE(fetch());
  EXPECT_EQ(service_.requests().size(), 2u);
}

TEST_F(SsoSource, ARenewalThatFailsIsNoFailureYet) {
  login("2026-11-22T00:10:00Z");
  renewal_ = {.status = 400, .body = R"({"error":"invalid_grant"})"};
  ASSERT_TRUE(fetch());
  EXPECT_EQ(service_.requests()[1].headers.get("x-amz-sso_bearer_token"), "SENTINEL-access");
}

TEST_F(SsoSource, AnotherProgramRenewedItMeanwhile) {
  login("2026-11-21T23:00:00Z");
  service_.handle([this](const net::HttpRequest& request) -> net::ServerReply {
    if (request.target != "/oidc/token") return portal_;
    login("2026-11-22T01:00:00Z");
    return {.status = 400, .body = R"({"error":"invalid_grant"})"};
  });
  EXPECT_TRUE(fetch());
}

TEST_F(SsoSource, ALoginThatIsOverSaysHowToLogIn) {
  login("2026-11-21T23:00:00Z");
  renewal_ = {.status = 400,
              .headers = "x-amzn-RequestId: request-1\r\n",
              .body = R"({"error":"invalid_grant","error_description":"expired","x":"SENTINEL"})"};
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::expired_credentials);
  EXPECT_THAT(
      credentials.error().message(),
      AllOf(HasSubstr("IAM Identity Center (sso-session corp, role Ops Role in account "
                      "111122223333): the login ended at 2026-11-21T23:00:00Z"),
            HasSubstr("status 400: invalid_grant: expired"), HasSubstr("request-1"),
            HasSubstr("log in again: aws sso login --profile p"), Not(HasSubstr("SENTINEL"))));
}

TEST_F(SsoSource, ATokenThatCannotBeRenewed) {
  home_.write(session_file, R"({"accessToken":"SENTINEL","expiresAt":"2026-11-21T23:00:00Z"})");
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::expired_credentials);
  EXPECT_TRUE(service_.requests().empty());
}

TEST_F(SsoSource, ARegistrationThatIsOverIsNotTried) {
  auto old = token("2026-11-21T23:00:00Z");
  old.replace(old.find("2027-01-01"), 10, "2026-01-01");
  home_.write(session_file, old);
  EXPECT_FALSE(fetch());
  EXPECT_TRUE(service_.requests().empty());
}

TEST_F(SsoSource, NobodyLoggedIn) {
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::config);
  EXPECT_THAT(credentials.error().message(),
              AllOf(HasSubstr(cached() + " does not exist: nobody logged in"),
                    HasSubstr("aws sso login --profile p")));
}

TEST_F(SsoSource, FilesThatHoldNoToken) {
  for (const auto* content : {"", "SENTINEL", "[]", R"({"accessToken":"SENTINEL"})",
                              R"({"accessToken":"SENTINEL","expiresAt":"soon"})",
                              R"({"accessToken":7,"expiresAt":"2026-11-22T08:00:00Z"})"}) {
    home_.write(session_file, content);
    const auto credentials = fetch();
    ASSERT_FALSE(credentials) << content;
    EXPECT_EQ(credentials.error().code(), Errc::config);
    EXPECT_THAT(credentials.error().describe(),
                AllOf(HasSubstr("holds no token"), Not(HasSubstr("SENTINEL"))));
  }
}

TEST_F(SsoSource, TimesAsOlderClisWroteThem) {
  login("2026-11-22T08:00:00UTC");
  EXPECT_TRUE(fetch());
}

TEST_F(SsoSource, AProfileWithAStartUrlOfItsOwn) {
  home_.config(legacy);
  home_.write(".aws/sso/cache/" + sso_token_file("", "https://corp.awsapps.com/start")
                                      .substr(std::string("/.aws/sso/cache/").size()),
              R"({"accessToken":"SENTINEL-legacy","expiresAt":"2026-11-22T08:00:00Z"})");
  ASSERT_TRUE(fetch());
  EXPECT_EQ(service_.requests()[0].headers.get("x-amz-sso_bearer_token"), "SENTINEL-legacy");
}

TEST_F(SsoSource, RefusalsOfThePortal) {
  login("2026-11-22T08:00:00Z");
  portal_ = {.status = 401, .body = R"({"message":"Session token not found or invalid"})"};
  auto refused = fetch();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::expired_credentials);
  EXPECT_THAT(refused.error().message(), AllOf(HasSubstr("Session token not found or invalid"),
                                               HasSubstr("aws sso login --profile p")));
  portal_ = {.status = 403,
             .headers = "x-amzn-RequestId: request-2\r\n",
             .body = R"({"message":"No access"})"};
  refused = fetch();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::access_denied);
  EXPECT_EQ(refused.error().request_id(), "request-2");
  EXPECT_THAT(refused.error().message(), HasSubstr("check sso_account_id and sso_role_name"));
}

TEST_F(SsoSource, AnswersOfThePortalThatCannotBeUsed) {
  login("2026-11-22T08:00:00Z");
  for (const auto* body : {"SENTINEL", "{}", R"({"roleCredentials":[]})",
                           R"({"roleCredentials":{"accessKeyId":"SENTINEL"}})"}) {
    portal_ = {.status = 200, .body = body};
    const auto credentials = fetch();
    ASSERT_FALSE(credentials);
    EXPECT_EQ(credentials.error().code(), Errc::protocol);
    EXPECT_THAT(credentials.error().describe(), Not(HasSubstr("SENTINEL")));
  }
}

TEST_F(SsoSource, ProfilesThatAreNotComplete) {
  const std::pair<std::string, std::string> cases[] = {
      {"[profile p]\nsso_session = x\nsso_account_id = 1\nsso_role_name = r\n",
       "config:2 (profile p): there is no section [sso-session x]"},
      {"[profile p]\nsso_account_id = 1\nsso_region = r\nsso_start_url = u\n",
       "config:1: profile p is for IAM Identity Center, but has no sso_role_name"},
      {with_session + "sso_role_name = Other\n",
       "config:2 (profile p): sso_role_name of the profile and of [sso-session corp] differ"},
      {"[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\n"
       "sso_region = eu-west-1\n",
       "has no sso_start_url"},
  };
  for (const auto& [config, message] : cases) {
    home_.config(config);
    const auto source = make();
    ASSERT_FALSE(source) << config;
    EXPECT_EQ(source.error().code(), Errc::config);
    EXPECT_THAT(source.error().message(), HasSubstr(message));
  }
}

}  // namespace
}  // namespace s3m::aws
