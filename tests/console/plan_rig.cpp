#include "tests/console/plan_rig.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/ids.hpp"

namespace s3m::console {

namespace json = boost::json;

sim::Scenario photos_world() {
  auto world = sim::article_scenario();
  world.record = true;
  world.bucket("photos", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "2026/photo-", .count = 3, .max_size = 65'536});
  world.bucket("photos-eu", sim::destination_account).region = "eu-central-1";
  return world;
}

PlanRig::~PlanRig() {
  if (browser_) browser_->interrupt();
  if (browser_) browser_->close();
  browser_.reset();
  rig_.reset();
  planner_.reset();
  if (server_) server_->stop();
  std::filesystem::remove_all(variables_["HOME"]);
}

void PlanRig::begin(const sim::Scenario& world, Allowed allowed) {
  auto server = sim::Server::start(world);
  ASSERT_TRUE(server) << server.error().describe();
  server_ = *std::move(server);
  const auto home = std::filesystem::temp_directory_path() / ("s3m-plan-" + random_hex(6));
  std::filesystem::create_directories(home);
  variables_ = {{"AWS_ENDPOINT_URL", server_->endpoint()},
                {"AWS_REGION", "us-east-1"},
                {"AWS_CONFIG_FILE", home / "config"},
                {"AWS_SHARED_CREDENTIALS_FILE", home / "credentials"},
                {"AWS_EC2_METADATA_DISABLED", "true"},
                {"HOME", home}};
  for (const auto& account : world.accounts) {
    for (const auto& user : account.users) {
      if (account.id != sim::migrator_account || user.name != "migrator") continue;
      const auto key = sim::key_of(account, user);
      variables_["AWS_ACCESS_KEY_ID"] = key.id;
      variables_["AWS_SECRET_ACCESS_KEY"] = key.secret;
    }
  }
  environment_ = [this](std::string_view name) -> std::optional<std::string> {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::nullopt : std::optional(found->second);
  };
  planner_ = std::make_unique<app::ServePlanner>(
      app::ServePlanner::Options{.store = home / "store.db", .allowed = allowed}, environment_);
  ConsoleOptions options;
  options.planner = planner_.get();
  rig_ = std::make_unique<Rig>(
      std::move(options), nullptr, [&](net::Loop& loop, ConsoleOptions& more) {
        auto browser = app::ServeBrowser::make(loop, allowed, environment_);
        ASSERT_TRUE(browser) << browser.error().describe();
        browser_ = *std::move(browser);
        more.browser = browser_.get();
      });
}

json::object PlanRig::side(std::string_view name) {
  const bool source = name == "source";
  json::object out{
      {"role_arn", source ? sim::source_role : sim::destination_role},
      {"external_id", source ? sim::source_external_id : sim::destination_external_id}};
  if (!source) out["region"] = "eu-central-1";
  return out;
}

std::string PlanRig::request(std::string_view kind, std::string_view options) {
  auto source = side("source"), destination = side("destination");
  source["uri"] = "s3://photos";
  if (kind == "copy") destination["uri"] = "s3://photos-eu";
  return json::serialize(json::object{{"kind", kind},
                                      {"source", std::move(source)},
                                      {"destination", std::move(destination)},
                                      {"migrator_role_arn", sim::migrator_role},
                                      {"options", json::parse(options)}});
}

net::HttpResponse PlanRig::post(const std::string& target, std::string body) {
  return rig_->ask_as(operator_token,
                      {.method = "POST", .target = target, .body = std::move(body)});
}

json::object PlanRig::plan(const std::string& body) {
  const auto begun = post("/api/v1/plan", body);
  EXPECT_EQ(begun.status, 202) << begun.body;
  if (begun.status != 202) return {};
  const std::string id(Rig::json(begun).at("plan_id").as_string());
  for (;;) {
    auto found = Rig::json(rig_->ask_as(operator_token, {.target = "/api/v1/plan/" + id}));
    if (found.at("state") != "running") return found.get_object();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string PlanRig::verdict(const json::object& plan, std::string_view side,
                             std::string_view action, std::string_view resource) {
  for (const auto& one : plan.at("permissions").as_array()) {
    if (one.at("side").as_string() == side && one.at("action").as_string() == action &&
        one.at("resource").as_string() == resource)
      return std::string(one.at("verdict").as_string());
  }
  return "not needed";
}

}  // namespace s3m::console
