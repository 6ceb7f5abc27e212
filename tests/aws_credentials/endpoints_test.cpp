// The places beside STS that give credentials, as the simulator plays them, and what they give
// used against its S3 and STS.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/sso_token.hpp"
#include "tests/aws_credentials/simulated_aws.hpp"

namespace s3m::aws {
namespace {

using testing::HasSubstr;

class CredentialEndpoints : public SimulatedAws {};

TEST_F(CredentialEndpoints, AContainer) {
  home_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI",
            server_->endpoint() + "/credentials/guarded/s3m-migrator");
  home_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "simulated-token");
  EXPECT_THAT(caller_arn(identity("")), HasSubstr("assumed-role/s3m-migrator/"));
  home_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "another");
  auto found = source("");
  ASSERT_TRUE(found);
  const auto credentials = run((*found)->fetch());
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::access_denied);
}

TEST_F(CredentialEndpoints, AnInstance) {
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_->endpoint());
  EXPECT_THAT(caller_arn(identity("")), HasSubstr("assumed-role/s3m-migrator/"));
}

TEST_F(CredentialEndpoints, ARoleOverAnInstance) {
  home_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", server_->endpoint());
  home_.config(
      fmt::format("[profile source]\nrole_arn = {}\ncredential_source = "
                  "Ec2InstanceMetadata\nexternal_id = {}\n",
                  sim::source_role, sim::source_external_id));
  EXPECT_THAT(caller_arn(identity("source")), HasSubstr("assumed-role/s3m-source/s3migrator-"));
}

TEST_F(CredentialEndpoints, IdentityCenterWithARenewedLogin) {
  home_.config(
      "[profile sso]\nsso_session = corp\nsso_account_id = 333333333333\n"
      "sso_role_name = s3m-migrator\n[sso-session corp]\nsso_region = eu-west-1\n"
      "sso_start_url = https://corp.awsapps.com/start\n");
  const auto file = sso_token_file("", "corp").substr(1);
  home_.write(file, R"({"accessToken":"old","expiresAt":"2026-11-21T00:00:00Z",
    "refreshToken":"r","clientId":"c","clientSecret":"s",
    "registrationExpiresAt":"2027-01-01T00:00:00Z"})");
  EXPECT_THAT(caller_arn(identity("sso")), HasSubstr("assumed-role/s3m-migrator/"));
  const auto kept = read_sso_token(home_.path() + "/" + file);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->access_token, "simulated-sso-token");
}

}  // namespace
}  // namespace s3m::aws
