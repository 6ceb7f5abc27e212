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

const std::string prefix = "/latest/meta-data/iam/security-credentials/";

std::string document(std::string_view expiration) {
  return R"({"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAIMDS",
    "SecretAccessKey":"SENTINEL-secret","Token":"SENTINEL-token","Expiration":")" +
         std::string(expiration) + "\"}";
}

class ImdsSource : public testing::Test {
 protected:
  ImdsSource() {
    home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", service_.url() + "/");
    service_.handle([this](const net::HttpRequest& request) { return metadata(request); });
  }

  // As the service does it: nothing without the token of a PUT.
  net::ServerReply metadata(const net::HttpRequest& request) const {
    if (request.target == "/latest/api/token") {
      const bool asked = request.method == "PUT" &&
                         request.headers.get("x-aws-ec2-metadata-token-ttl-seconds") == "21600";
      return {.status = asked ? token_status_ : 400, .body = "SENTINEL-session"};
    }
    if (request.headers.get("x-aws-ec2-metadata-token") != "SENTINEL-session") {
      return {.status = 401};
    }
    if (request.target == prefix) return {.status = roles_status_, .body = "my-role\n"};
    if (request.target == prefix + "my-role") return {.status = 200, .body = document_};
    return {.status = 404};
  }

  MaybeSource make() {
    const auto environment = home_.environment();
    const auto config = home_.load();
    return imds_source(service_.runtime(), Settings(environment, config, "default"));
  }
  Result<Credentials> fetch() {
    auto source = make();
    EXPECT_TRUE(source && *source);
    return service_.run((*source)->fetch());
  }

  TestHome home_;
  TestService service_;
  int token_status_ = 200, roles_status_ = 200;
  std::string document_ = document("2026-11-22T06:00:00Z");
};

TEST_F(ImdsSource, AsksForATokenThenTheRoleThenItsKeys) {
  const auto credentials = fetch();
  ASSERT_TRUE(credentials) << credentials.error().describe();
  EXPECT_EQ(credentials->access_key_id, "ASIAIMDS");
  EXPECT_EQ(credentials->session_token, "SENTINEL-token");
  EXPECT_EQ(credentials->expiration, parse_iso8601("2026-11-22T06:00:00Z"));
  ASSERT_EQ(service_.requests().size(), 3u);
  EXPECT_EQ(service_.requests()[2].target, prefix + "my-role");
}

TEST_F(ImdsSource, NeverFallsBackToVersionOne) {
  token_status_ = 403;
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::access_denied);
  EXPECT_THAT(
      credentials.error().message(),
      AllOf(HasSubstr("the EC2 instance metadata service at 127.0.0.1"), HasSubstr("status 403")));
  EXPECT_EQ(service_.requests().size(), 1u);
}

TEST_F(ImdsSource, AnInstanceWithoutARole) {
  roles_status_ = 404;
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::config);
  EXPECT_THAT(credentials.error().message(), HasSubstr("the instance has no role"));
}

TEST_F(ImdsSource, ARoleThatEc2MayNotAssume) {
  document_ = R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role",
    "Secret":"SENTINEL"})";
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_THAT(credentials.error().message(),
              AllOf(HasSubstr("my-role"),
                    HasSubstr("AssumeRoleUnauthorizedAccess: EC2 cannot assume the role"),
                    Not(HasSubstr("SENTINEL"))));
}

TEST_F(ImdsSource, KeysPastTheirTimeAreUsedALittleLonger) {
  document_ = document("2026-11-21T23:00:00Z");
  const auto credentials = fetch();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->expiration, service_.clock().now() + std::chrono::minutes(15));
}

TEST_F(ImdsSource, TriesAgainAfterAFailureOfTheService) {
  int failures = 1;
  service_.handle([&](const net::HttpRequest& request) {
    return failures-- > 0 ? net::ServerReply{.status = 503} : metadata(request);
  });
  EXPECT_TRUE(fetch());
  EXPECT_EQ(service_.requests().size(), 4u);
}

TEST_F(ImdsSource, NobodyThere) {
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
  home_.set("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1");
  const auto credentials = fetch();
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::connect);
}

TEST_F(ImdsSource, CanBeSwitchedOff) {
  home_.set("AWS_EC2_METADATA_DISABLED", "TRUE");
  const auto source = make();
  ASSERT_TRUE(source);
  EXPECT_EQ(*source, nullptr);
}

TEST_F(ImdsSource, ItsSettings) {
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "");
  const auto describe = [this] {
    const auto source = make();
    return source ? (*source)->describe() : source.error().message();
  };
  EXPECT_EQ(describe(), "the EC2 instance metadata service at 169.254.169.254");
  home_.config("[default]\nec2_metadata_service_endpoint_mode = ipv6\n");
  EXPECT_EQ(describe(), "the EC2 instance metadata service at [fd00:ec2::254]");
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv4");
  EXPECT_EQ(describe(), "the EC2 instance metadata service at 169.254.169.254");
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ipv5");
  EXPECT_THAT(describe(), HasSubstr("it can be IPv4 or IPv6"));
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "nonsense");
  EXPECT_THAT(describe(), HasSubstr("AWS_EC2_METADATA_SERVICE_ENDPOINT: "));
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1");
  home_.set("AWS_METADATA_SERVICE_TIMEOUT", "0");
  EXPECT_THAT(describe(), HasSubstr("AWS_METADATA_SERVICE_TIMEOUT: "));
}

}  // namespace
}  // namespace s3m::aws
