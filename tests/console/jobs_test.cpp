// Jobs that the console runs in its own process, against the simulator.
#include <chrono>
#include <memory>
#include <thread>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/job_command.hpp"
#include "app/serve_runner.hpp"
#include "sim/server.hpp"
#include "tests/console/rig.hpp"
#include "workflow/job_run.hpp"
#include "workflow/migration_records.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::size_t objects = 60;

sim::Scenario world() {
  auto world = sim::article_scenario();
  world.bucket("photos", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "p", .count = objects, .max_size = 2'000});
  world.bucket("copies", sim::destination_account).region = "eu-central-1";
  return world;
}

// A server over the simulator, with the article's roles.
class ConsoleJobs : public ::testing::Test {
 protected:
  ConsoleJobs() {
    const auto scenario = world();
    auto server = sim::Server::start(scenario);
    EXPECT_TRUE(server) << server.error().describe();
    sim_ = *std::move(server);
    variables_ = {{"AWS_ENDPOINT_URL", sim_->endpoint()},
                  {"AWS_REGION", "us-east-1"},
                  {"AWS_CONFIG_FILE", "/nonexistent"},
                  {"AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"},
                  {"AWS_EC2_METADATA_DISABLED", "true"}};
    for (const auto& account : scenario.accounts) {
      for (const auto& user : account.users) {
        if (account.id != sim::migrator_account || user.name != "migrator") continue;
        const auto key = sim::key_of(account, user);
        variables_["AWS_ACCESS_KEY_ID"] = key.id;
        variables_["AWS_SECRET_ACCESS_KEY"] = key.secret;
      }
    }
    rig_ = std::make_unique<Rig>(ConsoleOptions(), [this](const std::string& store) {
      store_ = store;
      runner_ = new_runner();
      return runner_.get();
    });
  }
  ~ConsoleJobs() override {
    calm();
    rig_.reset();
    end(*runner_);
    sim_->stop();
  }

  std::unique_ptr<app::ServeRunner> new_runner(app::Share share = {}) {
    return std::make_unique<app::ServeRunner>(
        app::ServeRunner::Options{
            .store = store_,
            .allowed = {.roles = {std::string(sim::migrator_role), std::string(sim::source_role),
                                  std::string(sim::destination_role)}},
            .most_jobs = 2,
            .share = share},
        environment_);
  }
  static void end(app::ServeRunner& runner) {
    runner.interrupt();
    EXPECT_TRUE(runner.wait(60s));
  }

  static std::string copy(const std::string& options = "{}") {
    return fmt::format(
        R"({{"kind": "copy", "migrator_role_arn": "{}",
             "source": {{"uri": "s3://photos", "role_arn": "{}", "external_id": "{}"}},
             "destination": {{"uri": "s3://copies", "role_arn": "{}", "external_id": "{}"}},
             "options": {}}})",
        sim::migrator_role, sim::source_role, sim::source_external_id, sim::destination_role,
        sim::destination_external_id, options);
  }

  json::object ask(const std::string& method, const std::string& target, const std::string& body,
                   int status) {
    const auto response =
        rig_->ask_as(operator_token, {.method = method, .target = target, .body = body});
    EXPECT_EQ(response.status, status) << target << ' ' << response.body;
    const auto value = Rig::json(response);
    return value.is_object() ? value.get_object() : json::object();
  }
  std::string begin(const std::string& options = "{}") {
    return std::string(ask("POST", "/api/v1/jobs", copy(options), 201).at("id").as_string());
  }
  json::object post(const std::string& job, const std::string& what, int status = 200,
                    const std::string& body = "{}") {
    return ask("POST", "/api/v1/jobs/" + job + "/" + what, body, status);
  }
  json::object show(const std::string& job) { return ask("GET", "/api/v1/jobs/" + job, "", 200); }
  // Requests that it may have in flight, by what it told last.
  std::int64_t budget(const std::string& job) {
    const auto document = show(job);
    const auto* const progress = document.at("progress").if_object();
    return progress == nullptr ? 0 : progress->at("budget").to_number<std::int64_t>();
  }
  // Once nobody here runs it.
  std::string ended(const std::string& job) {
    wait_until([&] { return !runner_->runs(job); });
    return std::string(show(job).at("state").as_string());
  }
  static void wait_until(const std::function<bool()>& there) {
    for (int look = 0; look < 6000 && !there(); ++look)
      std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(there());
  }
  std::vector<std::string> notes(const std::string& job) {
    std::vector<std::string> out;
    const auto events = ask("GET", "/api/v1/jobs/" + job + "/events", "", 200);
    for (const auto& event : events.at("events").as_array())
      if (event.at("type") == "note") out.emplace_back(event.at("message").as_string());
    return out;
  }

  // Copies take so long that a job of four in flight is met at work.
  void slow_down(std::chrono::milliseconds time = 200ms) {
    sim_->with_cloud(
        [time](sim::Cloud& cloud) { cloud.latency({{.operation = "CopyObject", .fixed = time}}); });
  }
  void calm() {
    sim_->with_cloud([](sim::Cloud& cloud) { cloud.latency({}); });
  }
  std::uint64_t copies() {
    return sim_->with_cloud(
        [](sim::Cloud& cloud) { return cloud.metrics().requests("CopyObject"); });
  }
  std::size_t copied() {
    return sim_->with_cloud([](sim::Cloud& cloud) { return cloud.keys("copies").size(); });
  }
  std::string begin_slowly() {
    slow_down();
    auto job = begin(R"({"concurrency": 4})");
    wait_until([&] { return copies() >= 4; });
    return job;
  }

  std::string until_asked() {
    const auto body = fmt::format(
        R"({{"kind": "migrate", "migrator_role_arn": "{}",
             "source": {{"uri": "s3://photos", "role_arn": "{}", "external_id": "{}"}},
             "destination": {{"region": "eu-central-1", "role_arn": "{}", "external_id": "{}"}}}})",
        sim::migrator_role, sim::source_role, sim::source_external_id, sim::destination_role,
        sim::destination_external_id);
    std::string job(ask("POST", "/api/v1/jobs", body, 201).at("id").as_string());
    expect_asked(job);
    return job;
  }
  // Stopped before the first delete.
  void expect_asked(const std::string& job) {
    EXPECT_EQ(ended(job), "paused");
    const auto document = show(job);
    EXPECT_EQ(document.at("waiting_for"), "confirmation");
    EXPECT_EQ(document.at("regime"), "untouched");
    EXPECT_EQ(left(), objects);
  }
  std::size_t left() {
    return sim_->with_cloud([](sim::Cloud& cloud) { return cloud.keys("photos").size(); });
  }
  json::object confirm(const std::string& job) {
    const auto asked = show(job).at("confirmation").as_object();
    return confirm(job, asked, 200);
  }
  // As a page that shows `asked`.
  json::object confirm(const std::string& job, const json::object& asked, int status) {
    return post(job, "confirm", status,
                fmt::format(R"({{"name": "photos", "digest": "{}", "asked": "{}", "token": "{}"}})",
                            std::string(asked.at("digest").as_string()),
                            std::string(asked.at("id").as_string()), operator_token));
  }
  // As where the job was begun by a command line with these words, too.
  void add_words(const std::string& job, std::vector<std::string> words) {
    auto command = app::decode_command(**rig_->store().fact(job, workflow::command_fact));
    ASSERT_TRUE(command);
    command->words.insert(command->words.end(), words.begin(), words.end());
    ASSERT_TRUE(rig_->store().set_fact(job, workflow::command_fact, app::encode(*command)));
  }
  // As where a command line has confirmed it, and has not begun to delete.
  void confirm_elsewhere(const std::string& job) {
    namespace fact = workflow::fact;
    auto& store = rig_->store();
    const auto digest = **store.fact(job, fact::digest);
    ASSERT_TRUE(store.set_facts(
        job, {{fact::confirmed, digest},
              {fact::confirmed_how, workflow::how_beforehand},
              {workflow::step_fact(workflow::MigrationStep::confirm), workflow::step_is_done}}));
  }

  std::map<std::string, std::string, std::less<>> variables_;
  aws::Environment environment_ = [this](std::string_view name) -> std::optional<std::string> {
    const auto found = variables_.find(name);
    return found == variables_.end() ? std::nullopt : std::optional(found->second);
  };
  std::unique_ptr<sim::Server> sim_;
  std::string store_;
  std::unique_ptr<app::ServeRunner> runner_;
  std::unique_ptr<Rig> rig_;
};

TEST_F(ConsoleJobs, ACopyIsBegunAndVerified) {
  const auto job = begin();
  EXPECT_EQ(ended(job), "done");
  EXPECT_EQ(copied(), objects);
  EXPECT_THAT(notes(job), Contains("In the console: begin, by operator at 127.0.0.1"));
  EXPECT_EQ(show(job).at("actions").at(0).at("action"), "begin");
  EXPECT_EQ(post(job, "resume", 409).at("code"), "job-state");
  EXPECT_EQ(post(job, "retry").at("attempt").as_int64(), 2);
  EXPECT_EQ(ended(job), "done");
  EXPECT_TRUE(json::value(post(job, "clone")) == json::parse(copy()));
}

TEST_F(ConsoleJobs, WhoPausesGoesOn) {
  const auto job = begin_slowly();
  EXPECT_TRUE(show(job).at("here").as_bool());
  EXPECT_EQ(post(job, "resume", 409).at("code"), "job-state") << "it runs";
  EXPECT_EQ(ask("DELETE", "/api/v1/jobs/" + job, "", 409).at("code"), "job-state");
  post(job, "pause");
  EXPECT_EQ(ended(job), "paused");
  EXPECT_THAT(notes(job), Contains("In the console: pause, by operator at 127.0.0.1"));
  EXPECT_TRUE(show(job).at("earlier_runs").is_null());
  calm();
  post(job, "resume");
  EXPECT_EQ(ended(job), "done");
  EXPECT_EQ(copied(), objects);
  const auto whole = show(job);
  const auto& before = whole.at("earlier_runs").as_object();
  EXPECT_EQ(before.at("runs").as_int64(), 1);
  EXPECT_GT(before.at("seconds").to_number<double>(), 0);
  EXPECT_EQ(before.at("copied").to_number<std::size_t>() +
                whole.at("summary").at("copied").to_number<std::size_t>(),
            objects);
  const auto report = ask("GET", "/api/v1/jobs/" + job + "/report.json", "", 200);
  EXPECT_TRUE(report.at("earlier_runs") == whole.at("earlier_runs"));
  post(job, "retry");
  EXPECT_EQ(ended(job), "done");
  EXPECT_TRUE(show(job).at("earlier_runs").is_null()) << "it was begun anew";
}

TEST_F(ConsoleJobs, WhatTheServerStoppedTheNextOneTakesUp) {
  const auto job = begin_slowly();
  end(*runner_);
  EXPECT_EQ(show(job).at("state"), "paused");
  EXPECT_EQ(post(job, "resume", 409).at("code"), "job-state") << "the server is being stopped";
  calm();
  const auto next = new_runner();
  ASSERT_TRUE(next->take_up_marked());
  EXPECT_TRUE(next->runs(job));
  wait_until([&] { return !next->runs(job); });
  EXPECT_EQ(show(job).at("state"), "done");
  EXPECT_EQ(*rig_->store().fact(job, app::serve_mark), "");
  end(*next);
}

TEST_F(ConsoleJobs, WhatAPersonEndedStaysEnded) {
  const auto paused = begin_slowly();
  post(paused, "pause");
  EXPECT_EQ(ended(paused), "paused");
  // As where the server is killed just before it takes the mark off.
  ASSERT_TRUE(rig_->store().set_fact(paused, app::serve_mark, "run"));
  const auto next = new_runner();
  ASSERT_TRUE(next->take_up_marked());
  EXPECT_FALSE(next->runs(paused));
  EXPECT_EQ(*rig_->store().fact(paused, app::serve_mark), "");
  EXPECT_EQ(show(paused).at("attempt").as_int64(), 1);
  end(*next);
}

TEST_F(ConsoleJobs, WhatItHeldIsFreeWhenAJobHasEnded) {
  const auto job = begin();
  EXPECT_EQ(ended(job), "done");
  EXPECT_FALSE(*rig_->store().claim_of(job));
  EXPECT_EQ(*rig_->store().fact(job, app::serve_mark), "");
}

TEST_F(ConsoleJobs, NoMoreRunThanMay) {
  const auto first = begin_slowly();
  const auto second = begin(R"({"concurrency": 4})");
  const auto refused =
      rig_->ask_as(operator_token, {.method = "POST", .target = "/api/v1/jobs", .body = copy()});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("Retry-After"), "60");
  calm();
  EXPECT_EQ(ended(first), "done");
  EXPECT_EQ(ended(second), "done");
}

TEST_F(ConsoleJobs, OneThatCannotBeginSaysWhy) {
  ASSERT_TRUE(rig_->store().create_job("other", "copy", "{}"));
  ASSERT_TRUE(
      rig_->store().set_fact("other", workflow::command_fact,
                             std::string("/\0s3migrator\0copy\0s3://photos\0s3://copies\0", 42)));
  const auto refused = post("other", "resume", 409);
  EXPECT_EQ(refused.at("code"), "not-begun");
  EXPECT_EQ(post("none", "resume", 404).at("code"), "not-found");
  EXPECT_EQ(ask("POST", "/api/v1/jobs", R"({"kind": "copy", "source": {"uri": 1}})", 422)
                .at("errors")
                .at(0)
                .at("field"),
            "source.uri");
}

TEST_F(ConsoleJobs, LimitsAreChangedWhileItRunsAndKept) {
  slow_down(1s);
  const auto job = begin(R"({"concurrency": 2})");
  EXPECT_EQ(show(job).at("limits").at("concurrency").as_int64(), 2);
  const auto limits = "/api/v1/jobs/" + job + "/limits";
  const auto now =
      ask("PATCH", limits, R"({"concurrency": 5, "max_requests_per_second": 900})", 200);
  EXPECT_EQ(now.at("concurrency").to_number<int>(), 5);
  wait_until([&] { return budget(job) == 5; });
  EXPECT_EQ(ask("PATCH", limits, R"({"concurrency": 0})", 422).at("errors").at(0).at("field"),
            "concurrency");
  EXPECT_EQ(rig_->ask_as(viewer_token, {.method = "PATCH", .target = limits, .body = "{}"}).status,
            403);
  EXPECT_THAT(notes(job), Contains("In the console: limits concurrency 5, requests a second 900, "
                                   "by operator at 127.0.0.1"));
  post(job, "pause");
  EXPECT_EQ(ended(job), "paused");
  EXPECT_EQ(ask("PATCH", limits, "{}", 409).at("code"), "not-here");
  post(job, "resume");
  EXPECT_EQ(show(job).at("limits").at("max_requests_per_second").as_int64(), 900);
  wait_until([&] { return budget(job) == 5; });
}

TEST_F(ConsoleJobs, TheServersLimitsAreDivided) {
  slow_down(2s);
  const auto runner = new_runner({.in_flight = 8, .per_second = 500});
  const auto request = read_job_request(json::parse(copy()).as_object());
  const auto first = runner->begin(*request, {});
  ASSERT_TRUE(first);
  wait_until([&] { return runner->beginning(*first).decided; });
  wait_until([&] { return budget(*first) == 8; });
  const auto second = runner->begin(*request, {});
  ASSERT_TRUE(second);
  wait_until([&] { return runner->beginning(*second).decided; });
  wait_until([&] { return budget(*first) == 4 && budget(*second) == 4; });
  ASSERT_TRUE(runner->limit(*first, {.concurrency = 1}, "less"));
  wait_until([&] { return budget(*first) == 1 && budget(*second) == 7; });
  end(*runner);
}

// What the page shows may be old by the time the job asks: the job itself looks at the digest.
TEST_F(ConsoleJobs, AMigrationIsConfirmedForOneDigestAlone) {
  const auto job = until_asked();
  const Person person{.who = "somebody", .note = "confirmed something else"};
  EXPECT_FALSE(runner_->confirm(job, "copies", std::string(64, '0'), person));
  EXPECT_FALSE(runner_->confirm(job, "photos", "", person));
  ASSERT_TRUE(runner_->confirm(job, "photos", std::string(64, '0'), person));
  EXPECT_EQ(ended(job), "paused");
  EXPECT_EQ(show(job).at("waiting_for"), "confirmation");
  EXPECT_EQ(show(job).at("regime"), "untouched");
  EXPECT_EQ(left(), objects);
  post(job, "undo", 200, fmt::format(R"({{"token": "{}"}})", operator_token));
  EXPECT_EQ(ended(job), "undone");
}

// A word that was given on a command line is no word of who clicks.
TEST_F(ConsoleJobs, WhatACommandLineConfirmedAClickDoesNotDelete) {
  const auto job = until_asked();
  add_words(job, {"--confirm-delete=photos"});
  for (const auto* const what : {"resume", "retry"}) {
    post(job, what);
    expect_asked(job);
  }
  confirm_elsewhere(job);
  post(job, "resume");
  expect_asked(job);
  confirm(job);
  EXPECT_EQ(ended(job), "done");
  EXPECT_EQ(**rig_->store().fact(job, workflow::fact::confirmed_how), workflow::how_in_console);
}

TEST_F(ConsoleJobs, WhatACommandLineConfirmedAServerDoesNotDelete) {
  const auto job = until_asked();
  add_words(job, {"--confirm-delete=photos"});
  ASSERT_TRUE(rig_->store().set_fact(job, app::serve_mark, "run"));
  const auto next = new_runner();
  ASSERT_TRUE(next->take_up_marked());
  wait_until([&] { return !next->runs(job); });
  EXPECT_EQ(show(job).at("attempt").as_int64(), 2);
  expect_asked(job);
  end(*next);
}

TEST_F(ConsoleJobs, WhatACommandLineDeletesGoesOnByTheTokenAlone) {
  const auto job = until_asked();
  confirm_elsewhere(job);
  ASSERT_TRUE(rig_->store().record_intent(job, std::string(workflow::intent_first_delete), ""));
  EXPECT_EQ(post(job, "resume", 403).at("code"), "token");
  EXPECT_EQ(post(job, "retry", 403).at("code"), "token");
  EXPECT_EQ(post(job, "resume", 403, R"({"token": "not-the-operators-token"})").at("code"),
            "token");
  EXPECT_EQ(show(job).at("attempt").as_int64(), 1);
  EXPECT_EQ(left(), objects);
  post(job, "resume", 200, fmt::format(R"({{"token": "{}"}})", operator_token));
  EXPECT_EQ(ended(job), "done");
}

TEST_F(ConsoleJobs, WhatLetACommandLineDeleteInACopyDoesNotLetAClick) {
  sim_->with_cloud([](sim::Cloud& cloud) {
    for (int i = 0; i < 30; ++i)
      cloud.put("copies", {.key = fmt::format("extra/{}", i), .body = "x"});
  });
  const auto job = begin();
  EXPECT_EQ(ended(job), "done");
  add_words(job, {"--delete", "--confirm-delete=copies"});
  ASSERT_TRUE(rig_->store().set_fact(job, "console-actions", ""));
  post(job, "retry");
  EXPECT_EQ(ended(job), "failed");
  EXPECT_EQ(copied(), objects + 30);
  const auto here = begin(R"({"delete": true, "confirm-delete": "copies"})");
  EXPECT_EQ(ended(here), "done");
  EXPECT_EQ(copied(), objects);
}

TEST_F(ConsoleJobs, ARetryOfSomeFailuresIsNotMoreThanAsked) {
  const auto refused = [this](const std::string& key) {
    sim_->with_cloud([&](sim::Cloud& cloud) {
      cloud.faults().add({.operation = "CopyObject",
                          .key = key,
                          .count = 0,
                          .status = 403,
                          .code = "AccessDenied"});
    });
  };
  refused("p000003");
  refused("p000005");
  refused("p000008");
  const auto job = begin();
  EXPECT_EQ(ended(job), "failed-objects");
  EXPECT_TRUE(show(job).at("may").at("retry_selected").as_bool());
  const auto failures = [&] {
    std::map<std::string, std::int64_t> out;
    const auto page = ask("GET", "/api/v1/jobs/" + job + "/failures", "", 200);
    for (const auto& each : page.at("failures").as_array())
      out[std::string(each.at("key").as_string())] = each.at("number").to_number<std::int64_t>();
    return out;
  };
  const auto numbers = failures();
  ASSERT_EQ(numbers.size(), 3u);
  const auto body = [&](std::int64_t number, int attempt) {
    return fmt::format(R"({{"numbers": [{}], "attempt": {}}})", number, attempt);
  };
  sim_->with_cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto before = copies();

  // Nothing is begun for what is not understood, or is not so any more.
  EXPECT_EQ(post(job, "retry", 422, R"({"numbers": []})").at("errors").at(0).at("field"),
            "numbers");
  EXPECT_EQ(post(job, "retry", 422, R"({"keys": ["p000003"]})").at("errors").at(0).at("field"),
            "keys");
  EXPECT_EQ(post(job, "retry", 409, body(99, 1)).at("code"), "job-state");
  EXPECT_EQ(post(job, "retry", 409, body(1, 7)).at("code"), "job-state");
  EXPECT_EQ(show(job).at("attempt").as_int64(), 1);

  post(job, "retry", 200, body(numbers.at("p000005"), 1));
  EXPECT_EQ(ended(job), "failed-objects");
  EXPECT_EQ(copies() - before, 1u);
  EXPECT_EQ(copied(), objects - 2);
  const auto left = failures();
  EXPECT_EQ(left.size(), 2u);
  EXPECT_FALSE(left.contains("p000005"));
  const auto document = show(job);
  const auto& summary = document.at("summary");
  EXPECT_EQ(summary.at("failed").as_int64(), 2);
  EXPECT_EQ(summary.at("objects").to_number<std::size_t>(), objects);
  EXPECT_THAT(notes(job), Contains("In the console: retry 1 failure, by operator at 127.0.0.1"));

  post(job, "retry");
  EXPECT_EQ(ended(job), "done");
  EXPECT_EQ(copied(), objects);
  EXPECT_FALSE(show(job).at("may").at("retry_selected").as_bool());
}

// What only this process can know: the claim would let it through.
TEST_F(ConsoleJobs, AJobThatIsBeingChangedIsNotBegun) {
  const auto job = begin_slowly();
  post(job, "pause");
  EXPECT_EQ(ended(job), "paused");
  ASSERT_TRUE(runner_->hold(job));
  EXPECT_FALSE(runner_->hold(job));
  EXPECT_THAT(std::string(post(job, "resume", 409).at("detail").as_string()),
              HasSubstr("being changed"));
  runner_->let_go(job);
  calm();
  post(job, "resume");
  EXPECT_EQ(ended(job), "done");
}

}  // namespace
}  // namespace s3m::console
