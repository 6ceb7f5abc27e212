// Roles over roles as the article has them, against the simulator's STS.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "tests/aws_credentials/simulated_aws.hpp"

namespace s3m::aws {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const std::string source_session =
    "arn:aws:sts::111111111111:assumed-role/s3m-source/s3migrator-job-1";

class AssumeRole : public SimulatedAws {
 protected:
  explicit AssumeRole(sim::Scenario scenario = sim::article_scenario())
      : SimulatedAws(std::move(scenario)) {
    write_keys();
    write_roles(sim::source_external_id);
  }

  // migrator (keys) -> hub (migrator role) -> source (source role)
  void write_roles(std::string_view external_id) {
    home_.config(
        fmt::format("[profile hub]\nrole_arn = {}\nsource_profile = migrator\n"
                    "[profile source]\nrole_arn = {}\nsource_profile = hub\nexternal_id = {}\n"
                    "role_session_name = s3migrator-job-1\n",
                    sim::migrator_role, sim::source_role, external_id));
  }

  AssumeRoleRequest source_request() const {
    return {.role_arn = std::string(sim::source_role),
            .session_name = session_name("job-1"),
            .external_id = std::string(sim::source_external_id)};
  }

  std::uint64_t refreshed() const { return runtime_.counters.refreshed; }
};

TEST_F(AssumeRole, ThroughProfiles) {
  EXPECT_EQ(caller_arn(identity("migrator")), "arn:aws:iam::333333333333:user/migrator");
  EXPECT_THAT(caller_arn(identity("hub")),
              HasSubstr("arn:aws:sts::333333333333:assumed-role/s3m-migrator/s3migrator-"));
  EXPECT_EQ(caller_arn(identity("source")), source_session);
}

TEST_F(AssumeRole, AsAJobDoesIt) {
  const auto session = std::make_shared<RoleSession>();
  auto role = role_source(sts(identity("hub")), source_request(), session);
  const auto source = std::make_shared<Identity>(loop_, std::move(role), clock_);
  EXPECT_EQ(caller_arn(source), source_session);
  EXPECT_EQ(session->arn, source_session);
  EXPECT_THAT(session->role_id, testing::MatchesRegex("AROA[A-Z0-9]+:s3migrator-job-1"));
  const auto caller = run(sts(source)->get_caller_identity());
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->user_id, session->role_id);
  EXPECT_EQ(caller->account, "111111111111");
  const auto credentials = run(source->get());
  ASSERT_TRUE(credentials);
  EXPECT_EQ((*credentials)->account, "111111111111");
  EXPECT_EQ((*credentials)->expiration, clock_.now() + 1h);
}

TEST_F(AssumeRole, AWrongExternalIdIsExplained) {
  for (const auto* id : {"SENTINEL-wrong", ""}) {
    write_roles(id);
    auto found = source("source");
    ASSERT_TRUE(found);
    const auto credentials = run((*found)->fetch());
    ASSERT_FALSE(credentials);
    EXPECT_EQ(credentials.error().code(), Errc::access_denied);
    EXPECT_EQ(credentials.error().service_code(), "AccessDenied");
    EXPECT_NE(credentials.error().request_id(), "");
    EXPECT_THAT(credentials.error().describe(),
                AllOf(HasSubstr("profile source (" + home_.path() + "/.aws/config:5)"),
                      HasSubstr(std::string(sim::source_role)),
                      HasSubstr(*id == '\0' ? "and none was sent" : "that was sent is not the one"),
                      HasSubstr("is not authorized to perform: sts:AssumeRole"),
                      Not(HasSubstr("SENTINEL")), Not(HasSubstr(key_.secret))));
  }
}

TEST_F(AssumeRole, ARoleThatDoesNotExistLooksTheSame) {
  auto request = source_request();
  request.role_arn += "-other";
  const auto role = run(sts(identity("hub"))->assume_role(request));
  ASSERT_FALSE(role);
  EXPECT_EQ(role.error().code(), Errc::access_denied);
  EXPECT_THAT(role.error().message(), HasSubstr("the role does not exist"));
}

TEST_F(AssumeRole, ASessionThatEndedEarlyIsReplaced) {
  const auto source = std::make_shared<Identity>(
      loop_, role_source(sts(identity("hub")), source_request()), clock_);
  ASSERT_EQ(caller_arn(source), source_session);
  expire(sim::source_role);
  EXPECT_EQ(caller_arn(source), source_session);
  EXPECT_EQ(refreshed(), 1u);
}

TEST_F(AssumeRole, SessionsThatEndedOnTheWayAreReplacedToo) {
  const auto source = std::make_shared<Identity>(
      loop_, role_source(sts(identity("hub")), source_request()), clock_);
  ASSERT_EQ(caller_arn(source), source_session);
  expire({});
  EXPECT_EQ(caller_arn(source), source_session);
  EXPECT_EQ(refreshed(), 2u);
}

TEST_F(AssumeRole, SessionsAreRenewedBeforeTheirEnd) {
  const auto source = std::make_shared<Identity>(
      loop_, role_source(sts(identity("hub")), source_request()), clock_);
  ASSERT_EQ(caller_arn(source), source_session);
  const auto first = run(source->get());
  ASSERT_TRUE(first);
  clock_.advance(40min);
  const auto same = run(source->get());
  ASSERT_TRUE(same);
  EXPECT_EQ(*same, *first);
  clock_.advance(10min);
  const auto next = run(source->get());
  ASSERT_TRUE(next);
  EXPECT_NE((*next)->access_key_id, (*first)->access_key_id);
  EXPECT_EQ((*next)->expiration, clock_.now() + 1h);
  EXPECT_EQ(caller_arn(source), source_session);
  EXPECT_EQ(refreshed(), 0u);
}

TEST_F(AssumeRole, AnExpiredSessionInTheFilesSaysWhoseItIs) {
  const auto hub = run(identity("hub")->get());
  ASSERT_TRUE(hub);
  home_.credentials(fmt::format(
      "[migrator]\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n",
      (*hub)->access_key_id, (*hub)->secret_access_key, (*hub)->session_token));
  expire({});
  const auto role = run(sts(identity("migrator"))->assume_role(source_request()));
  ASSERT_FALSE(role);
  EXPECT_EQ(role.error().code(), Errc::expired_credentials);
  EXPECT_THAT(role.error().describe(),
              AllOf(HasSubstr("profile migrator (" + home_.path() + "/.aws/credentials), is over"),
                    Not(HasSubstr((*hub)->session_token))));
}

// What another program writes to the file is seen without a restart.
TEST_F(AssumeRole, AnExpiredSessionInTheFilesIsReplacedByTheNewOneThere) {
  const auto write_hub = [this] {
    write_keys();
    const auto hub = run(identity("hub")->get());
    home_.write("session", fmt::format("[profile external]\naws_access_key_id = {}\n"
                                       "aws_secret_access_key = {}\naws_session_token = {}\n",
                                       (*hub)->access_key_id, (*hub)->secret_access_key,
                                       (*hub)->session_token));
    home_.set("AWS_CONFIG_FILE", "~/session");
  };
  write_hub();
  const auto external = identity("external");
  ASSERT_THAT(caller_arn(external), HasSubstr("assumed-role/s3m-migrator"));
  expire({});
  home_.set("AWS_CONFIG_FILE", "");
  write_hub();
  EXPECT_THAT(caller_arn(external), HasSubstr("assumed-role/s3m-migrator"));
  EXPECT_EQ(refreshed(), 1u);
}

TEST_F(AssumeRole, ChainedSessionsLastAnHourAtMost) {
  auto request = source_request();
  request.duration = 2h;
  const auto role = run(sts(identity("hub"))->assume_role(request));
  ASSERT_FALSE(role);
  EXPECT_EQ(role.error().code(), Errc::invalid_request);
  EXPECT_THAT(role.error().message(), HasSubstr("cannot be had through another role"));
}

TEST_F(AssumeRole, KeysOfAnotherCloudAreUnknown) {
  home_.credentials("[migrator]\naws_access_key_id = AKIAUNKNOWN\naws_secret_access_key = s\n");
  const auto role = run(sts(identity("migrator"))->assume_role(source_request()));
  ASSERT_FALSE(role);
  EXPECT_EQ(role.error().code(), Errc::invalid_credentials);
  EXPECT_THAT(role.error().message(), HasSubstr("are unknown to this STS"));
}

// At the most talkative level of the log, through refusals, renewals and a server that fails.
TEST_F(AssumeRole, NoSecretIsLogged) {
  log::set_level(log::Level::debug);
  testing::internal::CaptureStderr();
  const auto source = std::make_shared<Identity>(
      loop_, role_source(sts(identity("hub")), source_request()), clock_);
  auto said = caller_arn(source);
  const auto used = run(source->get());
  server_->with_cloud([](sim::Cloud& cloud) {
    cloud.faults().add({.operation = "GetCallerIdentity", .status = 500, .code = "InternalError"});
    cloud.expire_sessions();
  });
  said += caller_arn(source);
  write_roles("SENTINEL-wrong");
  auto refused = this->source("source");
  if (refused) said += run((*refused)->fetch()).error().describe();
  const auto logged = testing::internal::GetCapturedStderr();
  log::set_level(log::Level::warning);

  ASSERT_TRUE(used);
  EXPECT_THAT(logged, HasSubstr("again in"));
  for (const auto& text : {logged, said}) {
    EXPECT_THAT(text, Not(HasSubstr(key_.secret)));
    EXPECT_THAT(text, Not(HasSubstr((*used)->secret_access_key)));
    EXPECT_THAT(text, Not(HasSubstr((*used)->session_token)));
    EXPECT_THAT(text, Not(HasSubstr(std::string(sim::source_external_id))));
    EXPECT_THAT(text, Not(HasSubstr("SENTINEL")));
  }
}

sim::Scenario like_radosgw() {
  auto scenario = sim::article_scenario();
  scenario.switches = sim::dialect("radosgw").value();
  return scenario;
}

// STS errors without ErrorResponse; an expired session is an unknown key.
class AssumeRoleOnRadosgw : public AssumeRole {
 protected:
  AssumeRoleOnRadosgw() : AssumeRole(like_radosgw()) {}
};

TEST_F(AssumeRoleOnRadosgw, RefusalsAreStillDenials) {
  write_roles("wrong");
  auto found = source("source");
  ASSERT_TRUE(found);
  const auto credentials = run((*found)->fetch());
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code(), Errc::access_denied);
  EXPECT_THAT(credentials.error().message(), HasSubstr("that was sent is not the one"));
}

TEST_F(AssumeRoleOnRadosgw, SessionsThatEndedAreReplaced) {
  const auto source = std::make_shared<Identity>(
      loop_, role_source(sts(identity("hub")), source_request()), clock_);
  ASSERT_EQ(caller_arn(source), source_session);
  expire({});
  EXPECT_EQ(caller_arn(source), source_session);
}

sim::Scenario with_short_sessions() {
  auto scenario = sim::article_scenario();
  scenario.switches.session_lifetime = 60s;
  return scenario;
}

class ShortSessions : public AssumeRole {
 protected:
  ShortSessions() : AssumeRole(with_short_sessions()) {}
};

// An hour in steps: every request finds a session that is good, none is refused.
TEST_F(ShortSessions, AreRenewedInTime) {
  const auto source = std::make_shared<Identity>(
      loop_, role_source(sts(identity("hub")), source_request()), clock_);
  for (int step = 0; step < 200; ++step) {
    ASSERT_EQ(caller_arn(source), source_session) << "step " << step;
    clock_.advance(18s);
  }
  EXPECT_EQ(refreshed(), 0u);
}

}  // namespace
}  // namespace s3m::aws
