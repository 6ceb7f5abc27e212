// People whom a load balancer has signed in: which of its words hold, and from where.
#include <memory>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "console/proxy_gate.hpp"
#include "console/test_tokens.hpp"
#include "store/process_identity.hpp"
#include "tests/console/rig.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string job = "20261122t162800-3f9a1c";

class BehindALoadBalancer : public ::testing::Test {
 protected:
  void begin(const std::string& peers = "127.0.0.1") {
    ProxyOptions proxy{.peers = *PeerList::make({peers}), .rules = test_rules(), .key = {}};
    proxy.key = [this](std::string id) -> net::Task<Result<std::string>> {
      ++fetched_;
      if (unreachable_) co_return fail(Errc::connect, "nobody is there");
      if (id == "key-1") co_return key_.pem();
      co_return fail(Errc::not_found, "there is no key " + id);
    };
    ConsoleOptions options;
    options.proxy = std::move(proxy);
    rig_ = std::make_unique<Rig>(std::move(options));
  }
  static Ask with(const std::string& token, Ask what) {
    what.fields.emplace_back("x-amzn-oidc-data", token);
    return what;
  }
  net::HttpResponse get(const std::string& token, const std::string& target = "/api/v1/session") {
    return rig_->ask(with(token, {.target = target}));
  }
  // As the page would, behind the load balancer.
  net::HttpResponse act(const std::string& token, const std::string& method,
                        const std::string& target, std::string body = {}) {
    Ask what{.method = method, .target = target, .body = std::move(body)};
    what.fields.emplace_back("Origin", "http://" + rig_->host());
    if (!what.body.empty()) what.fields.emplace_back("Content-Type", "application/json");
    return rig_->ask(with(token, std::move(what)));
  }
  void run_job() {
    ASSERT_TRUE(rig_->store().create_job(job, "copy", "{}"));
    ASSERT_TRUE(rig_->store().claim_job(job, store::this_process(), std::chrono::minutes(5)));
  }
  void expect_refused(const std::string& token, const std::string& why) {
    const auto answer = get(token);
    EXPECT_EQ(answer.status, 401) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr(why));
    EXPECT_EQ(Rig::json(answer).at("code"), "proxy");
  }

  TestKey key_;
  int fetched_ = 0;
  bool unreachable_ = false;
  std::unique_ptr<Rig> rig_;
};

TEST_F(BehindALoadBalancer, WhoIsSignedInThereIsAViewerHere) {
  begin();
  const auto session = get(key_.token());
  ASSERT_EQ(session.status, 200) << session.body;
  EXPECT_EQ(Rig::json(session).at("role"), "viewer");
  EXPECT_EQ(Rig::json(session).at("name"), "ann@example.org");
  EXPECT_TRUE(Rig::json(session).at("expires_at").is_null());
  run_job();
  EXPECT_EQ(get(key_.token(), "/api/v1/jobs").status, 200);
  EXPECT_EQ(act(key_.token(), "POST", "/api/v1/jobs/" + job + "/pause").status, 403);
  EXPECT_EQ(fetched_, 1) << "the key is kept";
}

TEST_F(BehindALoadBalancer, AClaimMakesAnOperatorWhoseNameStandsWithTheJob) {
  begin();
  run_job();
  json::object claims = TestKey::claims();
  claims["groups"] = json::array{"readers", "s3-operators"};
  const auto token = key_.token(TestKey::header(), claims);
  EXPECT_EQ(Rig::json(get(token)).at("role"), "operator");
  ASSERT_EQ(act(token, "POST", "/api/v1/jobs/" + job + "/pause").status, 200);
  const auto action = Rig::json(get(token, "/api/v1/jobs/" + job)).at("actions").at(0).as_object();
  EXPECT_EQ(action.at("name"), "ann@example.org");
  EXPECT_EQ(action.at("role"), "operator");
}

TEST_F(BehindALoadBalancer, AForeignPageCannotUseIt) {
  begin();
  run_job();
  auto claims = TestKey::claims();
  claims["groups"] = "s3-operators";
  const auto token = key_.token(TestKey::header(), claims);
  const auto target = "/api/v1/jobs/" + job + "/pause";
  EXPECT_EQ(rig_->ask(with(token, {.method = "POST", .target = target})).status, 403);
  EXPECT_EQ(rig_->ask(with(token, {.method = "POST",
                                   .target = target,
                                   .fields = {{"Origin", "http://evil.example"}}}))
                .status,
            403);
}

TEST_F(BehindALoadBalancer, WhatCannotBeUndoneAsksForTheTokenStill) {
  begin();
  auto claims = TestKey::claims();
  claims["groups"] = "s3-operators";
  const auto token = key_.token(TestKey::header(), claims);
  const auto session = rig_->ask_as(operator_token, {.target = "/api/v1/session"});
  EXPECT_EQ(session.status, 200) << "the token opens the door beside";
  // Who has signed in with the token too may what it allows, under their own name.
  const auto cookie = rig_->sign_in(operator_token);
  auto both = with(key_.token(), {.target = "/api/v1/session"});
  both.fields.emplace_back("Cookie", "s3migrator_session=" + cookie);
  const auto known = Rig::json(rig_->ask(std::move(both)));
  EXPECT_EQ(known.at("role"), "operator");
  EXPECT_EQ(known.at("name"), "ann@example.org");
}

TEST_F(BehindALoadBalancer, FromAnyOtherPeerItMeansNothing) {
  begin("10.0.0.0/8");
  const auto answer = get(key_.token());
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(Rig::json(answer).at("code"), "signed-out");
  EXPECT_EQ(fetched_, 0);
}

TEST_F(BehindALoadBalancer, WhereNobodyIsTrustedItMeansNothing) {
  rig_ = std::make_unique<Rig>();
  EXPECT_EQ(get(key_.token()).status, 401);
}

TEST_F(BehindALoadBalancer, OnlyWhatItSignedForUsHolds) {
  begin();
  auto header = TestKey::header();
  header["signer"] = "arn:aws:elasticloadbalancing:eu-west-1:999999999999:loadbalancer/app/x/1";
  expect_refused(key_.token(header), "signer");
  header = TestKey::header();
  header["iss"] = "https://evil.example";
  expect_refused(key_.token(header), "issuer");
  header = TestKey::header();
  header["client"] = "another";
  expect_refused(key_.token(header), "client");
  header = TestKey::header();
  header["exp"] = 1'500'000'000;
  expect_refused(key_.token(header), "expired");
  header = TestKey::header();
  header.erase("exp");
  expect_refused(key_.token(header), "expires");
  header = TestKey::header();
  header["kid"] = "key-2";
  expect_refused(key_.token(header), "no key key-2");
  EXPECT_EQ(get(key_.token()).status, 200) << "the others did no harm";
}

TEST_F(BehindALoadBalancer, AKeyThatCannotBeFetchedIsNoRefusal) {
  begin();
  unreachable_ = true;
  const auto answer = get(key_.token());
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(Rig::json(answer).at("code"), "proxy-key");
  get(key_.token());
  EXPECT_EQ(fetched_, 1) << "it is not asked for again at once";
}

TEST_F(BehindALoadBalancer, AnotherKeysSignatureDoesNotHold) {
  begin();
  const TestKey another;
  expect_refused(another.token(), "signature");
}

}  // namespace
}  // namespace s3m::console
