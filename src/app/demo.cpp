#include "app/demo.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "app/cli.hpp"
#include "app/demo_console.hpp"
#include "app/run.hpp"
#include "app/say.hpp"
#include "app/sinks.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "sim/server.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

using namespace std::chrono_literals;

const std::string source_bucket = "holiday-photos";
const std::string destination_bucket = "holiday-photos-eu";
const std::string moving_bucket = "holiday-albums";
const std::string console_bucket = "holiday-films";  // is left for who tries the console

// What a bucket can have beside its objects: versions, a policy, tags, rules.
void furnish_moving_bucket(sim::Scenario& scenario) {
  auto& bucket = scenario.bucket(moving_bucket, sim::source_account);
  bucket.versioning = "Enabled";
  bucket.tags = {{"team", "albums"}, {"cost-center", "4711"}};
  bucket.policy = fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Sid":"Readers","Effect":"Allow","Principal":)"
      R"({{"AWS":"arn:aws:iam::{}:root"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{}/*"}}]}})",
      sim::source_account, moving_bucket);
  bucket.configuration["cors"] =
      "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>"
      "https://example.org</AllowedOrigin></CORSRule></CORSConfiguration>";
  bucket.configuration["lifecycle"] =
      "<LifecycleConfiguration><Rule><ID>drafts</ID><Filter><Prefix>drafts/</Prefix></Filter>"
      "<Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule>"
      "</LifecycleConfiguration>";
  bucket.with(sim::GeneratorSpec{.prefix = "albums/",
                                 .count = 5000,
                                 .min_size = 1,
                                 .max_size = 20ull << 20,
                                 .folders = 40,
                                 .seed = 11});
  for (const auto* text : {"first", "second", "third"})
    bucket.with(sim::ObjectSpec{.key = "cover.jpg", .body = text});
  scenario.switches.name_release = 20s;
}

// The simulator's own world, with more objects, and with the time that a real service takes: else
// there would be nothing to see.
sim::Scenario demo_scenario() {
  auto scenario = sim::default_scenario();
  scenario.bucket(source_bucket, sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "archive/2026/",
                               .count = 3000,
                               .min_size = 1,
                               .max_size = 200ull << 20,
                               .folders = 30,
                               .seed = 7});
  furnish_moving_bucket(scenario);
  scenario.bucket(console_bucket, sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "films/",
                               .count = 8000,
                               .min_size = 1,
                               .max_size = 400ull << 20,
                               .folders = 40,
                               .seed = 13});
  // A partition that bears little: there is time to look, and SlowDown to be seen.
  scenario.throttles.push_back({.bucket = console_bucket + "*", .writes_per_second = 300});
  scenario.latencies.push_back({.operation = "CopyObject", .fixed = 20ms, .jitter = 40ms});
  scenario.latencies.push_back({.operation = "UploadPartCopy", .fixed = 30ms, .jitter = 30ms});
  scenario.latencies.push_back({.operation = "*", .fixed = 2ms, .jitter = 2ms});
  return scenario;
}

class NoEvents final : public EventSink {
 public:
  void emit(const Event&) override {}
};

// A place for the demo's store that goes with it: nothing of the user's is touched.
class Scratch {
 public:
  Scratch() : path_(std::filesystem::temp_directory_path() / ("s3migrator-demo-" + random_hex(8))) {
    std::filesystem::create_directory(path_);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

class Demo {
 public:
  Demo(const Arguments& given, sim::Server& cloud) : given_(given), cloud_(cloud) {}

  int run();

 private:
  bool talks() const { return !given_.output.json && !given_.output.quiet; }
  void say(const std::string& text) const;
  aws::Environment environment() const;
  Arguments command(std::vector<std::string> options) const;
  Arguments with_roles(std::vector<std::string> words) const;
  Outcome shown(const Arguments& arguments) const;
  bool moves();
  bool refused_without_grant();
  bool nothing_left() const;
  int show_console() const;

  const Arguments& given_;
  sim::Server& cloud_;
  Scratch scratch_;
};

void Demo::say(const std::string& text) const {
  if (!talks()) return;
  app::say(stdout, "{}\n", text);
  std::fflush(stdout);
}

// The migrator's user, and nothing of the user who runs the demo.
aws::Environment Demo::environment() const {
  const auto scenario = sim::article_scenario();
  std::map<std::string, std::string, std::less<>> variables{
      {"AWS_ENDPOINT_URL", cloud_.endpoint()},
      {"AWS_REGION", "us-east-1"},
      {"AWS_CONFIG_FILE", scratch_.file("no-config")},
      {"AWS_SHARED_CREDENTIALS_FILE", scratch_.file("no-credentials")},
      {"HOME", scratch_.file("home")}};
  for (const auto& account : scenario.accounts) {
    if (account.id != sim::migrator_account) continue;
    for (const auto& user : account.users) {
      if (user.name != "migrator") continue;
      const auto key = sim::key_of(account, user);
      variables["AWS_ACCESS_KEY_ID"] = key.id;
      variables["AWS_SECRET_ACCESS_KEY"] = key.secret;
    }
  }
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

Arguments Demo::command(std::vector<std::string> options) const {
  std::vector<std::string> words{"copy", "s3://" + source_bucket, "s3://" + destination_bucket};
  words.insert(words.end(), options.begin(), options.end());
  return with_roles(std::move(words));
}

// Through the same parser as a user's command line, so that what is shown is what runs.
Arguments Demo::with_roles(std::vector<std::string> words) const {
  words.insert(words.begin(), "s3migrator");
  for (const auto word :
       {std::string_view("--migrator-role-arn"), sim::migrator_role,
        std::string_view("--source-role-arn"), sim::source_role,
        std::string_view("--source-external-id"), sim::source_external_id,
        std::string_view("--destination-role-arn"), sim::destination_role,
        std::string_view("--destination-external-id"), sim::destination_external_id,
        std::string_view("--destination-region"), std::string_view("eu-central-1")}) {
    words.emplace_back(word);
  }
  auto arguments = std::get<Arguments>(parse_command_line(words));
  arguments.output = given_.output;
  arguments.store = scratch_.file("store.db");
  return arguments;
}

bool Demo::refused_without_grant() {
  const auto arguments = command({"--grant", "none"});
  say("1. Without a grant the source role may not write into another account's bucket:\n   $ " +
      shell_command(arguments.words));
  NoEvents silent;
  const auto outcome = execute(arguments, environment(), silent, new_job_id());
  const bool refused = outcome.summary.exit_code != 0 && outcome.summary.copied == 0;
  say(fmt::format("   {}: {}\n", refused ? "refused, as it must be" : "NOT REFUSED",
                  single_line(outcome.summary.message)));
  return refused;
}

bool Demo::nothing_left() const {
  struct Found {
    std::string policy;
    std::size_t source, destination, uploads;
  };
  const auto found = cloud_.with_cloud([](sim::Cloud& cloud) {
    return Found{cloud.bucket_policy(destination_bucket), cloud.keys(source_bucket).size(),
                 cloud.keys(destination_bucket).size(), cloud.uploads(destination_bucket).size()};
  });
  say(fmt::format(
      "3. What the cloud itself says: {} objects in s3://{}, {} in s3://{}; the policy "
      "of the latter is {}, and {} uploads are unfinished.",
      human_count(found.source), source_bucket, human_count(found.destination), destination_bucket,
      found.policy.empty() ? "empty again" : found.policy, found.uploads));
  return found.policy.empty() && found.source == found.destination && found.uploads == 0;
}

Outcome Demo::shown(const Arguments& arguments) const {
  const auto job = new_job_id();
  Faces faces(arguments.output, title_of(arguments), job, arguments.attempt);
  auto outcome = execute(arguments, environment(), faces, job);
  show(outcome, arguments.output);
  say("");
  return outcome;
}

// A bucket with its name, into the other account: confirmed on the command line, so that the demo
// runs without anybody at it.
bool Demo::moves() {
  const auto arguments =
      with_roles({"migrate", "s3://" + moving_bucket, "--confirm-delete", moving_bucket});
  say(fmt::format(
      "4. Bucket s3://{} of 5,000 objects, with versions, a policy, tags, lifecycle and "
      "CORS rules, moves with its name to account {}. The name takes 20 s to come "
      "free:\n   $ {}",
      moving_bucket, sim::destination_account, shell_command(arguments.words)));
  if (shown(arguments).summary.exit_code != workflow::exit_verified) return false;
  const auto keys =
      cloud_.with_cloud([](sim::Cloud& cloud) { return cloud.keys(moving_bucket).size(); });
  say(fmt::format("5. What the cloud itself says: {} objects in s3://{}.", human_count(keys),
                  moving_bucket));
  return keys == 5001;
}

int Demo::show_console() const {
  auto arguments = given_;
  arguments.store = scratch_.file("store.db");
  if (std::ranges::find(given_.given, "--listen", &GivenOption::name) == given_.given.end())
    arguments.serve.port = 0;
  arguments.serve.allowed_roles = {std::string(sim::migrator_role), std::string(sim::source_role),
                                   std::string(sim::destination_role)};
  arguments.serve.allowed_endpoints = {cloud_.endpoint()};
  return run_demo_console(arguments, environment(), console_bucket);
}

int Demo::run() {
  say(
      fmt::format("A simulated cloud with three accounts listens at {}: the source's {} has "
                  "s3://{}, the destination's is {}, and the migrator's {} may assume a role in "
                  "each.\n",
                  cloud_.endpoint(), sim::source_account, source_bucket, sim::destination_account,
                  sim::migrator_account));
  const bool refused = refused_without_grant();

  auto arguments = command({});
  say("2. With a grant, which the destination role writes into the bucket's policy for the time of "
      "the copy:\n   $ " +
      shell_command(arguments.words));
  const auto outcome = shown(arguments);
  if (outcome.summary.exit_code != workflow::exit_verified) return outcome.summary.exit_code;
  const bool clean = nothing_left();
  say("");
  if (!refused || !clean || !moves()) return workflow::exit_fatal;
  say("");
  return show_console();
}

}  // namespace

int run_demo(const Arguments& arguments) {
  const auto& page = arguments.serve.web_root;
  std::error_code unknown;
  if (!page.empty() && !std::filesystem::exists(page + "/index.html", unknown)) {
    const auto wrong =
        fail(Errc::usage, fmt::format("--web-root {}: there is no index.html", printable(page)));
    say(stderr, "s3migrator: {}\n", wrong.error().describe());
    return exit_code_of(wrong.error());
  }
  auto cloud = sim::Server::start(demo_scenario());
  if (!cloud) {
    say(stderr, "s3migrator: {}\n", cloud.error().describe());
    return workflow::exit_fatal;
  }
  return Demo(arguments, **cloud).run();
}

}  // namespace s3m::app
