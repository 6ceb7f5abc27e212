// simulated_aws.hpp: the article's accounts in this process, and one side of a job that asks them.
// Both live by one clock that the test moves.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "aws/client.hpp"
#include "aws/config.hpp"
#include "aws/sts.hpp"
#include "aws/test_home.hpp"
#include "base/time.hpp"
#include "sim/server.hpp"

namespace s3m::aws {

class SimulatedAws : public testing::Test {
 protected:
  explicit SimulatedAws(sim::Scenario scenario = sim::article_scenario()) {
    auto server = sim::Server::start(scenario, {.clock = &clock_});
    if (!server) throw std::runtime_error(server.error().describe());
    server_ = *std::move(server);
    home_.set("AWS_ENDPOINT_URL", server_->endpoint());
    home_.set("AWS_REGION", "us-east-1");
    key_ = sim::key_of(scenario.account(sim::migrator_account),
                       user(scenario.account(sim::migrator_account), "migrator"));
  }
  ~SimulatedAws() override { http_.close(); }

  static const sim::UserSpec& user(const sim::AccountSpec& account, std::string_view name) {
    for (const auto& candidate : account.users) {
      if (candidate.name == name) return candidate;
    }
    throw std::runtime_error("no such user");
  }

  // The keys of user `migrator` under [migrator].
  void write_keys() {
    home_.credentials("[migrator]\naws_access_key_id = " + key_.id +
                      "\naws_secret_access_key = " + key_.secret + "\n");
  }

  Result<std::unique_ptr<CredentialsSource>> source(const std::string& profile) {
    const auto environment = home_.environment();
    const auto config = home_.load();
    return default_credentials(runtime_, environment, config, {.profile = profile});
  }
  // Fails the test when the chain finds nothing.
  std::shared_ptr<Identity> identity(const std::string& profile) {
    auto found = source(profile);
    EXPECT_TRUE(found) << found.error().describe();
    if (!found) return nullptr;
    return std::make_shared<Identity>(loop_, *std::move(found), clock_);
  }
  std::shared_ptr<Sts> sts(std::shared_ptr<Identity> caller) {
    return std::make_shared<Sts>(Client(runtime_, std::move(caller),
                                        {.url = server_->endpoint(), .region = "us-east-1"},
                                        unlimited_admission()));
  }
  std::string caller_arn(std::shared_ptr<Identity> identity) {
    const auto caller = run(sts(std::move(identity))->get_caller_identity());
    return caller ? caller->arn : caller.error().describe();
  }

  void expire(std::string_view role) {
    server_->with_cloud([role](sim::Cloud& cloud) { cloud.expire_sessions(role); });
  }

  template <class T>
  T run(net::Task<T> task) {
    std::optional<T> result;
    net::asio::co_spawn(loop_, std::move(task),
                        [this, &result](std::exception_ptr failure, T value) {
                          if (failure) std::rethrow_exception(failure);
                          result.emplace(std::move(value));
                          loop_.stop();
                        });
    loop_.restart();
    loop_.run();
    return std::move(result.value());
  }

  ManualClock clock_{std::chrono::sys_days(std::chrono::November / 22 / 2026)};
  TestHome home_;
  net::Loop loop_;
  net::HttpClient http_{loop_, {}};
  Runtime runtime_{.loop = loop_, .http = http_, .clock = clock_, .retry = {.max_attempts = 2}};
  std::unique_ptr<sim::Server> server_;
  sim::AccessKey key_;
};

}  // namespace s3m::aws
