#include "tests/workflow/rig.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/adopt.hpp"
#include "app/cli.hpp"
#include "app/jobs.hpp"
#include "app/migrate.hpp"
#include "base/ids.hpp"

namespace s3m::workflow {
namespace {

constexpr std::array role_words = std::to_array<std::string_view>(
    {"--migrator-role-arn", sim::migrator_role, "--source-role-arn", sim::source_role,
     "--source-external-id", sim::source_external_id, "--destination-role-arn",
     sim::destination_role, "--destination-external-id", sim::destination_external_id});

std::vector<std::string> with_roles(std::string verb, std::vector<std::string> options) {
  std::vector<std::string> words{std::move(verb)};
  const auto names = [&](std::string_view option) {
    return std::ranges::find(options, option) != options.end();
  };
  const bool own_places = std::ranges::any_of(
      options, [](const std::string& word) { return word.starts_with("s3://"); });
  if (!own_places) {
    words.push_back("s3://" + source);
    words.push_back("s3://" + destination);
  }
  // An option of the test takes the place of the usual one.
  for (std::size_t i = 0; i < role_words.size(); i += 2) {
    if (names(role_words.at(i))) continue;
    words.emplace_back(role_words.at(i));
    words.emplace_back(role_words.at(i + 1));
  }
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

}  // namespace

sim::Scenario article_world(std::uint64_t objects) {
  auto world = sim::article_scenario();
  world.record = true;
  world.bucket(source, sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "photo-", .count = objects, .max_size = 65'536});
  return world;
}

sim::Scenario two_bucket_world(std::uint64_t objects) {
  auto world = article_world(objects);
  world.bucket(destination, sim::destination_account).region = "eu-central-1";
  return world;
}

std::string others_policy(const std::string& bucket) {
  return fmt::format(
      R"({{ "Version": "2012-10-17", "Statement": [ {{"Sid": "Others", "Effect": "Allow", )"
      R"("Principal": {{"AWS": "arn:aws:iam::333333333333:root"}}, "Action": "s3:GetObject", )"
      R"("Resource": "arn:aws:s3:::{}/*"}} ] }})",
      bucket);
}

Rig::Rig(const sim::Scenario& scenario)
    : directory_(std::filesystem::temp_directory_path() / ("s3m-workflow-" + random_hex(6))) {
  std::filesystem::create_directories(directory_);
  auto server = sim::Server::start(scenario);
  EXPECT_TRUE(server) << server.error().describe();
  server_ = *std::move(server);
  environment = {{"AWS_ENDPOINT_URL", server_->endpoint()},
                 {"AWS_REGION", "us-east-1"},
                 {"AWS_CONFIG_FILE", file("config")},
                 {"AWS_SHARED_CREDENTIALS_FILE", file("credentials")},
                 {"AWS_EC2_METADATA_DISABLED", "true"},
                 {"HOME", directory_.string()}};
  for (const auto& account : scenario.accounts) {
    for (const auto& user : account.users) {
      if (account.id != sim::migrator_account || user.name != "migrator") continue;
      const auto key = sim::key_of(account, user);
      environment["AWS_ACCESS_KEY_ID"] = key.id;
      environment["AWS_SECRET_ACCESS_KEY"] = key.secret;
    }
  }
}

Rig::~Rig() {
  server_->stop();
  std::filesystem::remove_all(directory_);
}

app::Arguments Rig::parse(std::vector<std::string> words) const {
  words.insert(words.begin(), "s3migrator");
  words.insert(words.end(), {"--store", file("store.db")});
  auto parsed = app::parse_command_line(words);
  if (const auto* notice = std::get_if<app::Notice>(&parsed)) {
    ADD_FAILURE() << notice->text;
    return {};
  }
  return std::get<app::Arguments>(parsed);
}

SummaryEvent Rig::run(std::vector<std::string> words) {
  return execute(parse(std::move(words)), new_job_id());
}

aws::Environment Rig::variables() const {
  return [this](std::string_view name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
}

SummaryEvent Rig::execute(const app::Arguments& arguments, const std::string& job) {
  recorder_.events.clear();
  last_job_ = job;
  auto outcome = app::execute(arguments, variables(), recorder_, job);
  EXPECT_TRUE(std::holds_alternative<SummaryEvent>(recorder_.events.back()));
  return outcome.summary;
}

Result<SummaryEvent> Rig::again(const std::string& verb, const std::string& job,
                                std::vector<std::string> options) {
  std::vector<std::string> words{"s3migrator", "jobs", verb, job, "--store", file("store.db")};
  std::ranges::move(options, std::back_inserter(words));
  auto parsed = app::parse_command_line(words);
  auto command = app::take_up(std::get<app::Arguments>(parsed), variables());
  if (!command) return forward(command);
  return execute(*command, job);
}

Result<SummaryEvent> Rig::undo(const std::string& job) {
  auto parsed = app::parse_command_line({"s3migrator", "undo", job, "--store", file("store.db")});
  auto command = app::take_up(std::get<app::Arguments>(parsed), variables());
  if (!command) return forward(command);
  command->verb = app::Verb::undo;
  return execute(*command, job);
}

Result<SummaryEvent> Rig::cleanup_job(const std::string& job, std::vector<std::string> options) {
  options.insert(options.begin(), {"s3migrator", "cleanup", job, "--store", file("store.db")});
  auto parsed = app::parse_command_line(options);
  if (const auto* notice = std::get_if<app::Notice>(&parsed)) {
    return fail(Errc::usage, notice->text);
  }
  auto command = app::take_up(std::get<app::Arguments>(parsed), variables());
  if (!command) return forward(command);
  return execute(*command, job);
}

Result<SummaryEvent> Rig::adopt(const std::string& temporary, std::vector<std::string> options) {
  options.insert(options.begin(), "s3://" + temporary);
  auto words = with_roles("adopt", std::move(options));
  words.insert(words.begin(), "s3migrator");
  words.insert(words.end(), {"--store", file("store.db")});
  auto parsed = app::parse_command_line(words);
  if (const auto* notice = std::get_if<app::Notice>(&parsed)) {
    return fail(Errc::usage, notice->text);
  }
  auto command = app::with_record(std::get<app::Arguments>(parsed), variables());
  if (!command) return forward(command);
  return execute(*command, command->job);
}

std::unique_ptr<app::Engine> Rig::engine(std::string job_id) {
  auto words = with_roles("copy", {});
  words.insert(words.begin(), "s3migrator");
  words.insert(words.end(), {"--store", file("store.db")});
  variables_ = variables();
  auto made = app::Engine::make(std::get<app::Arguments>(app::parse_command_line(words)),
                                variables_, recorder_, std::move(job_id));
  EXPECT_TRUE(made) << made.error().describe();
  return *std::move(made);
}

std::unique_ptr<store::Store> Rig::store() const {
  auto store = store::open_store({.url = file("store.db")});
  EXPECT_TRUE(store) << store.error().describe();
  return *std::move(store);
}

SummaryEvent Rig::copy(std::vector<std::string> options) {
  return run(with_roles("copy", std::move(options)));
}

SummaryEvent Rig::verify(std::vector<std::string> options) {
  return run(with_roles("verify", std::move(options)));
}

SummaryEvent Rig::cleanup(std::vector<std::string> options) {
  std::vector<std::string> words{"cleanup",
                                 "s3://" + destination,
                                 "--migrator-role-arn",
                                 std::string(sim::migrator_role),
                                 "--role-arn",
                                 std::string(sim::destination_role),
                                 "--external-id",
                                 std::string(sim::destination_external_id)};
  words.insert(words.end(), options.begin(), options.end());
  return run(std::move(words));
}

SummaryEvent Rig::migrate(std::vector<std::string> options) {
  options.insert(options.end(), {"--confirm-delete", source});
  return migrate_until_asked(std::move(options));
}

SummaryEvent Rig::migrate_until_asked(std::vector<std::string> options) {
  options.insert(options.begin(), {"s3://" + source, "--destination-region", "eu-central-1"});
  return run(with_roles("migrate", std::move(options)));
}

SummaryEvent Rig::migrate_again(std::vector<std::string> options) {
  options.insert(options.begin(), {"s3://" + source, "--destination-region", "eu-central-1"});
  options.insert(options.end(), {"--confirm-delete", source});
  const auto asked = parse(with_roles("migrate", std::move(options)));
  const auto command = app::with_unfinished_migration(asked, variables());
  EXPECT_TRUE(command) << command.error().describe();
  EXPECT_EQ(command->job, last_job_);
  return execute(*command, command->job);
}

std::string Rig::told() const {
  std::string all;
  for (const auto& note : events<NoteEvent>())
    all += note.message + "\n";
  for (const auto& step : events<StepEvent>())
    all += step.message + "\n";
  return all;
}

const StepEvent* Rig::step(std::string_view name) const {
  const StepEvent* last = nullptr;
  for (const auto& event : recorder_.events) {
    const auto* step = std::get_if<StepEvent>(&event);
    if (step != nullptr && step->step == name) last = step;
  }
  return last;
}

std::string Rig::policy(const std::string& bucket) {
  return cloud([&](sim::Cloud& cloud) { return cloud.bucket_policy(bucket); });
}

std::vector<std::string> Rig::keys(const std::string& bucket) {
  return cloud([&](sim::Cloud& cloud) { return cloud.keys(bucket); });
}

void Rig::fault(sim::FaultRule rule) {
  cloud([&](sim::Cloud& cloud) { cloud.faults().add(std::move(rule)); });
}

void Rig::deny(sim::FaultRule rule) {
  rule.status = 403;
  rule.code = "AccessDenied";
  fault(std::move(rule));
}

void Rig::switches(const std::function<void(sim::Switches&)>& change) {
  cloud([&](sim::Cloud& cloud) { change(cloud.switches()); });
}

std::uint64_t Rig::requests(const std::string& operation) {
  return cloud([&](sim::Cloud& cloud) { return cloud.metrics().requests(operation); });
}

void Rig::forget_requests() {
  cloud([](sim::Cloud& cloud) { cloud.metrics().reset(); });
}

std::vector<std::string> Rig::writes() {
  return cloud([](sim::Cloud& cloud) {
    std::vector<std::string> names;
    for (const auto& record : cloud.metrics().records()) {
      const auto& name = record.operation;
      const bool reads = name.starts_with("Get") || name.starts_with("List") ||
                         name.starts_with("Head") || name.starts_with("AssumeRole") ||
                         name.starts_with("Simulate");
      if (!reads && record.status < 300 && record.code.empty()) names.push_back(name);
    }
    return names;
  });
}

}  // namespace s3m::workflow
