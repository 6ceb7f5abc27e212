#include "aws/sts.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/test_service.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* role_arn = "arn:aws:iam::111122223333:role/team/Source";

std::string assumed(std::string_view operation) {
  return fmt::format(
      R"(<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result>
      <AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/Source/s3migrator-1</Arn>
      <AssumedRoleId>AROAEXAMPLE:s3migrator-1</AssumedRoleId></AssumedRoleUser>
      <Credentials><AccessKeyId>ASIAROLE</AccessKeyId>
      <SecretAccessKey>SENTINEL-secret</SecretAccessKey>
      <SessionToken>SENTINEL-token</SessionToken>
      <Expiration>2026-11-22T01:00:00Z</Expiration></Credentials></{0}Result>
      <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{0}Response>)",
      operation);
}

std::string refusal(std::string_view code, std::string_view message) {
  return fmt::format(
      R"(<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
      <Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>
      <RequestId>request-7</RequestId></ErrorResponse>)",
      code, message);
}

class CallerKeys final : public CredentialsSource {
 public:
  net::Task<Result<Credentials>> fetch() override {
    ++fetched;
    co_return Credentials{.access_key_id = "AKIACALLER",
                          .secret_access_key = "SENTINEL-caller",
                          .session_token = "SENTINEL-caller-token"};
  }
  std::string describe() const override { return "profile migrator"; }
  int fetched = 0;
};

class NoKeys final : public CredentialsSource {
 public:
  net::Task<Result<Credentials>> fetch() override {
    co_return fail(Errc::access_denied, "the container endpoint said no");
  }
  std::string describe() const override { return "nobody"; }
};

class StsTest : public testing::Test {
 protected:
  StsTest() { service_.runtime().retry.max_attempts = 1; }

  std::shared_ptr<Sts> sts(std::unique_ptr<CredentialsSource> caller) {
    auto identity =
        std::make_shared<Identity>(service_.loop(), std::move(caller), service_.clock());
    return std::make_shared<Sts>(Client(service_.runtime(), std::move(identity),
                                        {.url = service_.url(), .region = "eu-west-1"},
                                        unlimited_admission()));
  }
  Result<AssumedRole> assume(AssumeRoleRequest request = {}) {
    if (request.role_arn.empty()) request.role_arn = role_arn;
    if (request.session_name.empty()) request.session_name = "s3migrator-1";
    return service_.run(sts(std::make_unique<CallerKeys>())->assume_role(std::move(request)));
  }
  Error refused(int status, std::string body, AssumeRoleRequest request = {}) {
    service_.forget();
    service_.answer(status, std::move(body));
    auto role = assume(std::move(request));
    EXPECT_FALSE(role);
    EXPECT_THAT(role.error().describe(), Not(HasSubstr("SENTINEL")));
    return std::move(role.error());
  }

  TestService service_;
};

TEST_F(StsTest, AssumesARole) {
  service_.answer(200, assumed("AssumeRole"));
  const auto role = assume({.external_id = "ticket/7=a",
                            .session_policy = R"({"Statement":[]})",
                            .duration = std::chrono::minutes(15)});
  ASSERT_TRUE(role) << role.error().describe();
  EXPECT_EQ(role->credentials.access_key_id, "ASIAROLE");
  EXPECT_EQ(role->credentials.secret_access_key, "SENTINEL-secret");
  EXPECT_EQ(role->credentials.session_token, "SENTINEL-token");
  EXPECT_EQ(role->credentials.expiration, parse_iso8601("2026-11-22T01:00:00Z"));
  EXPECT_EQ(role->credentials.account, "111122223333");
  EXPECT_EQ(role->arn, "arn:aws:sts::111122223333:assumed-role/Source/s3migrator-1");
  EXPECT_EQ(role->role_id, "AROAEXAMPLE:s3migrator-1");

  ASSERT_EQ(service_.requests().size(), 1u);
  const auto& request = service_.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.body,
            "Action=AssumeRole&Version=2011-06-15"
            "&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fteam%2FSource"
            "&RoleSessionName=s3migrator-1&DurationSeconds=900&ExternalId=ticket%2F7%3Da"
            "&Policy=%7B%22Statement%22%3A%5B%5D%7D");
  EXPECT_EQ(request.headers.get("content-type"),
            "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_THAT(std::string(request.headers.get("authorization")),
              AllOf(HasSubstr("Credential=AKIACALLER/20261122/eu-west-1/sts/aws4_request"),
                    HasSubstr("content-type")));
}

TEST_F(StsTest, SendsNothingThatWasNotAsked) {
  service_.answer(200, assumed("AssumeRole"));
  ASSERT_TRUE(assume());
  EXPECT_THAT(service_.requests()[0].body,
              AllOf(Not(HasSubstr("ExternalId")), Not(HasSubstr("Policy")),
                    HasSubstr("DurationSeconds=3600")));
}

TEST_F(StsTest, TheIdOfASessionIsReadInRadosgwsSpellingToo) {
  auto answer = assumed("AssumeRole");
  for (std::size_t at = 0; (at = answer.find("AssumedRoleId", at)) != std::string::npos;)
    answer.replace(at, 13, "AssumeRoleId");
  service_.answer(200, std::move(answer));
  const auto role = assume();
  ASSERT_TRUE(role);
  EXPECT_EQ(role->role_id, "AROAEXAMPLE:s3migrator-1");
}

TEST_F(StsTest, WebIdentityGoesUnsigned) {
  service_.answer(200, assumed("AssumeRoleWithWebIdentity"));
  Sts anonymous(
      Client(service_.runtime(), nullptr, {.url = service_.url()}, unlimited_admission()));
  const auto role =
      service_.run(anonymous.assume_role_with_web_identity(role_arn, "session", "SENTINEL.jwt/+="));
  ASSERT_TRUE(role) << role.error().describe();
  EXPECT_EQ(role->credentials.access_key_id, "ASIAROLE");
  const auto& request = service_.requests()[0];
  EXPECT_FALSE(request.headers.has("authorization"));
  EXPECT_THAT(request.body, AllOf(HasSubstr("Action=AssumeRoleWithWebIdentity&"),
                                  HasSubstr("&WebIdentityToken=SENTINEL.jwt%2F%2B%3D")));
}

TEST_F(StsTest, SaysWhoCalls) {
  service_.answer(200, R"(<GetCallerIdentityResponse><GetCallerIdentityResult>
    <Arn>arn:aws:iam::111122223333:user/me</Arn><UserId>AIDAEXAMPLE</UserId>
    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>)");
  const auto caller = service_.run(sts(std::make_unique<CallerKeys>())->get_caller_identity());
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->account, "111122223333");
  EXPECT_EQ(caller->arn, "arn:aws:iam::111122223333:user/me");
  EXPECT_EQ(caller->user_id, "AIDAEXAMPLE");
  service_.forget();
  service_.answer(200, "<GetCallerIdentityResponse/>");
  EXPECT_FALSE(service_.run(sts(std::make_unique<CallerKeys>())->get_caller_identity()));
}

TEST_F(StsTest, WhatStsCannotAcceptIsNotSent) {
  const AssumeRoleRequest impossible[] = {
      {.role_arn = "Source"},
      {.role_arn = "arn:aws:iam::111122223333:user/me"},
      {.role_arn = "arn:aws:sts::111122223333:assumed-role/Source/x"},
      {.session_name = "x"},
      {.session_name = "has space"},
      {.session_name = std::string(65, 'x')},
      {.external_id = "S"},
      {.external_id = "SENTINEL with space"},
      {.external_id = std::string(1225, 'x')},
      {.session_policy = std::string(2049, ' ')},
  };
  for (const auto& request : impossible) {
    const auto role = assume(request);
    ASSERT_FALSE(role);
    EXPECT_EQ(role.error().code(), Errc::invalid_argument);
    EXPECT_THAT(role.error().describe(), Not(HasSubstr("SENTINEL")));
  }
  EXPECT_THAT(service_.requests(), IsEmpty());
}

TEST_F(StsTest, ARoleOfAnotherPartitionIsNotAskedFor) {
  auto identity = std::make_shared<Identity>(service_.loop(), std::make_unique<CallerKeys>());
  Sts at_aws(Client(service_.runtime(), std::move(identity), {}, unlimited_admission()));
  const auto role = service_.run(at_aws.assume_role(
      {.role_arn = "arn:aws-cn:iam::111122223333:role/Source", .session_name = "xy"}));
  ASSERT_FALSE(role);
  EXPECT_EQ(role.error().code(), Errc::invalid_argument);
  EXPECT_THAT(role.error().message(),
              HasSubstr("a role of partition aws-cn, but the region us-east-1 is one of aws"));
  EXPECT_EQ(service_.runtime().counters.requests, 0u);
}

TEST_F(StsTest, ADenialListsItsCauses) {
  const auto error =
      refused(403, refusal("AccessDenied", "User: arn:aws:iam::1:user/me is not authorized"));
  EXPECT_EQ(error.code(), Errc::access_denied);
  EXPECT_EQ(error.http_status(), 403);
  EXPECT_EQ(error.service_code(), "AccessDenied");
  EXPECT_EQ(error.request_id(), "request-7");
  EXPECT_EQ(error.operation(), "AssumeRole");
  EXPECT_THAT(error.describe(),
              AllOf(HasSubstr(role_arn), HasSubstr("as session s3migrator-1 with profile migrator"),
                    HasSubstr("User: arn:aws:iam::1:user/me is not authorized"),
                    HasSubstr("trust policy of the role does not allow this caller"),
                    HasSubstr("asks for an external id, and none was sent"),
                    HasSubstr("the role does not exist"), HasSubstr("request-7")));
}

TEST_F(StsTest, ADenialWithAnExternalIdDoesNotShowIt) {
  const auto error = refused(403, refusal("AccessDenied", "no"), {.external_id = "SENTINEL-id"});
  EXPECT_THAT(error.message(), HasSubstr("the external id that was sent is not the one"));
}

// radosgw: no ErrorResponse around it, no namespace.
TEST_F(StsTest, ADenialInAnotherDialect) {
  const auto error = refused(403,
                             "<Error><Code>AccessDenied</Code><RequestId>tx1</RequestId>"
                             "<HostId>h</HostId></Error>");
  EXPECT_EQ(error.code(), Errc::access_denied);
  EXPECT_THAT(error.message(), HasSubstr("the role does not exist"));
}

TEST_F(StsTest, OtherRefusals) {
  const struct {
    int status;
    std::string code;
    AssumeRoleRequest request;
    Errc expected;
    std::string advice;
  } cases[] = {
      {403, "RegionDisabledException", {}, Errc::access_denied, "STS is not activated"},
      {400, "PackedPolicyTooLarge", {}, Errc::too_large, "session policy is too large"},
      {403,
       "SignatureDoesNotMatch",
       {},
       Errc::invalid_credentials,
       "profile migrator, are unknown"},
      {400,
       "ValidationError",
       {.duration = std::chrono::hours(2)},
       Errc::invalid_request,
       "cannot be had through another role"},
      {403, "ExpiredToken", {}, Errc::expired_credentials, "profile migrator, is over"},
  };
  for (const auto& row : cases) {
    const auto error = refused(row.status, refusal(row.code, "what STS says"), row.request);
    EXPECT_EQ(error.code(), row.expected) << row.code;
    EXPECT_THAT(error.message(), AllOf(HasSubstr(row.advice), HasSubstr("what STS says")));
  }
}

TEST_F(StsTest, WhatKeepsTheCallerFromItsKeysIsNoRefusalOfTheRole) {
  const auto role = service_.run(
      sts(std::make_unique<NoKeys>())->assume_role({.role_arn = role_arn, .session_name = "xy"}));
  ASSERT_FALSE(role);
  EXPECT_THAT(role.error().message(),
              AllOf(HasSubstr("cannot assume arn:"), HasSubstr("the container endpoint said no"),
                    Not(HasSubstr("trust policy"))));
  EXPECT_THAT(service_.requests(), IsEmpty());
}

TEST_F(StsTest, RefusalsOfAWebIdentity) {
  Sts anonymous(
      Client(service_.runtime(), nullptr, {.url = service_.url()}, unlimited_admission()));
  const std::pair<std::string, std::string> cases[] = {
      {"AccessDenied", "identity provider that issued the token"},
      {"ExpiredTokenException", "has stopped renewing it"},
      {"InvalidIdentityToken", "no identity provider for the issuer"},
  };
  for (const auto& [code, advice] : cases) {
    service_.forget();
    service_.answer(400, refusal(code, "what STS says"));
    const auto role =
        service_.run(anonymous.assume_role_with_web_identity(role_arn, "session", "SENTINEL"));
    ASSERT_FALSE(role);
    EXPECT_THAT(role.error().describe(),
                AllOf(HasSubstr(role_arn), HasSubstr(advice), Not(HasSubstr("SENTINEL"))));
  }
}

TEST_F(StsTest, AnswersWithoutCredentials) {
  for (const auto* body : {"<AssumeRoleResponse/>", "<Other>SENTINEL</Other>",
                           "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
                           "<AccessKeyId>SENTINEL</AccessKeyId></Credentials></AssumeRoleResult>"
                           "</AssumeRoleResponse>"}) {
    EXPECT_EQ(refused(200, body).code(), Errc::protocol) << body;
  }
}

TEST_F(StsTest, ARoleAsASourceTellsItsSession) {
  service_.answer(200, assumed("AssumeRole"));
  const auto session = std::make_shared<RoleSession>();
  const auto source = role_source(sts(std::make_unique<CallerKeys>()),
                                  {.role_arn = role_arn,
                                   .session_name = "s3migrator-1",
                                   .external_id = "SENTINEL",
                                   .session_policy = "SENTINEL"},
                                  session);
  EXPECT_EQ(source->describe(), fmt::format("role {} (session s3migrator-1)", role_arn));
  ASSERT_TRUE(service_.run(source->fetch()));
  ASSERT_TRUE(service_.run(source->fetch()));
  EXPECT_EQ(service_.requests().size(), 2u);
  EXPECT_EQ(session->arn, "arn:aws:sts::111122223333:assumed-role/Source/s3migrator-1");
  EXPECT_EQ(session->role_id, "AROAEXAMPLE:s3migrator-1");
}

TEST(SessionName, IsMadeOfTheJob) {
  EXPECT_EQ(session_name("20261122t162800-3f9a1c"), "s3migrator-20261122t162800-3f9a1c");
  EXPECT_EQ(session_name("a b/c"), "s3migrator-a-b-c");
  EXPECT_EQ(session_name(std::string(100, 'x')).size(), 64u);
}

}  // namespace
}  // namespace s3m::aws
