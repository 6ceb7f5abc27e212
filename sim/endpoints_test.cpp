// endpoints_test.cpp: the admin paths and the credential endpoints.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "sim/credential_endpoints.hpp"
#include "sim/test_support.hpp"

namespace s3m::sim {
namespace {

using testing::make_request;
using testing::Rig;

class Endpoints : public ::testing::Test {
 protected:
  boost::json::object ask(std::string method, std::string target, const Pairs& headers = {},
                          std::string body = {}) {
    const Answer answer = rig.cloud.handle(
        make_request(std::move(method), std::move(target), headers, std::move(body)), rig.now);
    status = answer.reply.status;
    boost::system::error_code error;
    const auto value = boost::json::parse(answer.reply.body, error);
    return !error && value.is_object() ? value.as_object() : boost::json::object{};
  }
  std::string who(const boost::json::object& credentials, const char* id, const char* secret,
                  const char* token) {
    testing::Signer signer{.key = {std::string(credentials.at(id).as_string()),
                                   std::string(credentials.at(secret).as_string())},
                           .token = std::string(credentials.at(token).as_string())};
    signer.service = "sts";
    return testing::element(
        rig.send(signer, "POST", "/", {}, "Action=GetCallerIdentity&Version=2011-06-15").body,
        "Arn");
  }

  Rig rig;
  int status = 0;
};

constexpr auto instance_arn = "arn:aws:sts::333333333333:assumed-role/s3m-migrator/instance";

TEST_F(Endpoints, AContainerGetsCredentials) {
  const auto answer = ask("GET", "/credentials/s3m-migrator");
  EXPECT_EQ(who(answer, "AccessKeyId", "SecretAccessKey", "Token"), instance_arn);
  ask("GET", "/credentials/guarded/s3m-migrator");
  EXPECT_EQ(status, 401);
  ask("GET", "/credentials/guarded/s3m-migrator", {{"Authorization", "simulated-token"}});
  EXPECT_EQ(status, 200);
  ask("GET", "/credentials/nobody");
  EXPECT_EQ(status, 404);
}

TEST_F(Endpoints, AnInstanceGetsCredentialsWithItsToken) {
  const auto request =
      make_request("PUT", "/latest/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}});
  const std::string token = rig.cloud.handle(request, rig.now).reply.body;
  const std::string path = "/latest/meta-data/iam/security-credentials/";
  ask("GET", path);
  EXPECT_EQ(status, 401);
  const Pairs header{{"x-aws-ec2-metadata-token", token}};
  const std::string role = rig.cloud.handle(make_request("GET", path, header), rig.now).reply.body;
  EXPECT_EQ(role, "s3m-migrator");
  const auto answer = ask("GET", path + role, header);
  EXPECT_EQ(who(answer, "AccessKeyId", "SecretAccessKey", "Token"), instance_arn);
}

TEST_F(Endpoints, ThePortalAndItsTokens) {
  const std::string target =
      "/federation/credentials?role_name=s3m-migrator&account_id=333333333333";
  ask("GET", target);
  EXPECT_EQ(status, 401);
  const auto tokens = ask("POST", "/token", {}, R"({"refreshToken":"r"})");
  const Pairs header{{"x-amz-sso_bearer_token", std::string(tokens.at("accessToken").as_string())}};
  const auto answer = ask("GET", target, header).at("roleCredentials").as_object();
  EXPECT_EQ(who(answer, "accessKeyId", "secretAccessKey", "sessionToken"), instance_arn);
  ask("POST", "/token", {}, R"({"refreshToken":"expired"})");
  EXPECT_EQ(status, 400);
}

TEST_F(Endpoints, AdminScriptsFaultsAndTellsCounters) {
  ask("POST", "/_sim/bucket", {},
      R"({"name":"b","owner":"111111111111","objects":[{"key":"k","body":"x"}]})");
  EXPECT_EQ(status, 200);
  const auto number = ask("POST", "/_sim/fault", {},
                          R"({"operation":"GetObject","code":"InternalError","status":500})")
                          .at("number")
                          .to_number<int>();
  EXPECT_EQ(number, 1);
  const auto admin = rig.user(source_account);
  EXPECT_EQ(rig.send(admin, "GET", "/b/k").status, 500);
  EXPECT_EQ(rig.send(admin, "GET", "/b/k").status, 200);
  const auto stats = ask("GET", "/_sim/stats");
  EXPECT_EQ(stats.at("faults_fired").to_number<int>(), 1);
  EXPECT_EQ(stats.at("operations").at("GetObject").to_number<int>(), 2);
  EXPECT_EQ(stats.at("errors").at("InternalError").to_number<int>(), 1);
  ask("POST", "/_sim/switches", {}, R"({"ignore_if_match":true})");
  EXPECT_TRUE(rig.cloud.switches().ignore_if_match);
  ask("POST", "/_sim/object", {}, R"({"bucket":"b","object":{"key":"j","size":"7GiB"}})");
  EXPECT_EQ(rig.cloud.object("b", "j")->size, 7ull << 30);
}

TEST_F(Endpoints, AdminSaysWhatItDoesNotUnderstand) {
  const auto answer = ask("POST", "/_sim/fault", {}, R"({"efect":"error"})");
  EXPECT_EQ(status, 400);
  EXPECT_EQ(answer.at("error"), "efect: there is no such member");
  ask("POST", "/_sim/fault", {}, "not json");
  EXPECT_EQ(status, 400);
  ask("POST", "/_sim/nothing");
  EXPECT_EQ(status, 404);
  ask("POST", "/_sim/object", {}, R"({"bucket":"none","object":{"key":"j"}})");
  EXPECT_EQ(status, 400);
}

}  // namespace
}  // namespace s3m::sim
