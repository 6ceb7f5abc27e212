// simulated_s3.hpp: typed S3 against the simulator: an account's administrator with keys, and a
// role's session.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "aws/s3.hpp"
#include "aws/sts.hpp"
#include "aws/test_loop.hpp"
#include "sim/server.hpp"

namespace s3m::aws {

// Keys that never change.
class FixedKeys final : public CredentialsSource {
 public:
  explicit FixedKeys(sim::AccessKey key) : key_(std::move(key)) {}
  net::Task<Result<Credentials>> fetch() override {
    co_return Credentials{.access_key_id = key_.id, .secret_access_key = key_.secret};
  }
  std::string describe() const override { return "keys of the test"; }

 private:
  sim::AccessKey key_;
};

class SimulatedS3 : public testing::Test {
 protected:
  explicit SimulatedS3(const sim::Scenario& scenario = world()) {
    auto server = sim::Server::start(scenario, {.clock = &clock_});
    if (!server) throw std::runtime_error(server.error().describe());
    server_ = *std::move(server);
    runtime_.retry.transient_base = std::chrono::milliseconds(1);
    runtime_.retry.throttle_base = std::chrono::milliseconds(1);
    runtime_.retry.max_delay = std::chrono::milliseconds(5);
    runtime_.retry.longest_throttle_delay = std::chrono::milliseconds(5);
  }
  ~SimulatedS3() override { http_.close(); }

  // The article's accounts; buckets `photos` and `copies` of the source account.
  static sim::Scenario world() {
    auto scenario = sim::article_scenario();
    scenario.record = true;
    scenario.bucket("photos", sim::source_account);
    scenario.bucket("copies", sim::source_account);
    return scenario;
  }

  std::shared_ptr<Identity> administrator(std::string_view account = sim::source_account) {
    auto scenario = sim::article_scenario();
    for (const auto& user : scenario.account(account).users) {
      if (user.name != "admin") continue;
      const auto key = sim::key_of(scenario.account(account), user);
      return std::make_shared<Identity>(loop_, std::make_unique<FixedKeys>(key), clock_);
    }
    throw std::runtime_error("the account has no administrator");
  }

  // A session of the source role, by way of the migrator role as the article has it.
  std::shared_ptr<Identity> role_session() {
    auto scenario = sim::article_scenario();
    const auto& account = scenario.account(sim::migrator_account);
    for (const auto& user : account.users) {
      if (user.name != "migrator") continue;
      auto keys = std::make_shared<Identity>(
          loop_, std::make_unique<FixedKeys>(sim::key_of(account, user)), clock_);
      auto hub = assumed(std::move(keys),
                         {.role_arn = std::string(sim::migrator_role), .session_name = "hub"});
      return assumed(std::move(hub), {.role_arn = std::string(sim::source_role),
                                      .session_name = "session",
                                      .external_id = std::string(sim::source_external_id)});
    }
    throw std::runtime_error("the account has no migrator");
  }

  S3 s3(std::shared_ptr<Identity> identity, std::string region = "us-east-1") {
    return S3(Client(runtime_, std::move(identity),
                     {.url = server_->endpoint(), .region = std::move(region)},
                     unlimited_admission()));
  }

  template <class T>
  T run(net::Task<T> task) {
    return aws::run(loop_, std::move(task));
  }
  template <class Use>
  auto cloud(Use use) {
    return server_->with_cloud(std::move(use));
  }
  void add_fault(const sim::FaultRule& rule) {
    cloud([&rule](sim::Cloud& world) { world.faults().add(rule); });
  }
  std::uint64_t seen(std::string_view operation) {
    return cloud([operation](sim::Cloud& world) { return world.metrics().requests(operation); });
  }

  // Of the simulator and of us; it stands still but when a test moves it.
  ManualClock clock_{std::chrono::sys_days(std::chrono::November / 22 / 2026)};
  net::Loop loop_;
  net::HttpClient http_{loop_, {}};
  Runtime runtime_{.loop = loop_, .http = http_, .clock = clock_};
  std::unique_ptr<sim::Server> server_;

 private:
  std::shared_ptr<Identity> assumed(std::shared_ptr<Identity> caller, AssumeRoleRequest request) {
    auto sts = std::make_shared<Sts>(Client(runtime_, std::move(caller),
                                            {.url = server_->endpoint(), .region = "us-east-1"},
                                            unlimited_admission()));
    return std::make_shared<Identity>(loop_, role_source(std::move(sts), std::move(request)),
                                      clock_);
  }
};

// The name of a failure, or "ok".
template <class T>
std::string outcome(const Result<T>& result) {
  return std::string(result ? "ok" : name(result.error().code()));
}

}  // namespace s3m::aws
