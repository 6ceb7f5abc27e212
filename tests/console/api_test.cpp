// What the API tells of jobs, and what it lets be done with them.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/test_support.hpp"
#include "store/process_identity.hpp"
#include "tests/console/rig.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/migration_story.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string first = "20261122t162800-3f9a1c", second = "20261122t162900-aaaaaa";

class Api : public ::testing::Test {
 protected:
  json::object get(const std::string& target, int status = 200) {
    const auto response = rig_.ask_as(viewer_token, {.target = target});
    EXPECT_EQ(response.status, status) << target << response.body;
    const auto value = Rig::json(response);
    return value.is_object() ? value.get_object() : json::object();
  }
  int act(const std::string& method, const std::string& target) {
    return rig_.ask_as(operator_token, {.method = method, .target = target}).status;
  }
  std::vector<std::string> ids(const std::string& query) {
    std::vector<std::string> out;
    for (const auto& one : get("/api/v1/jobs" + query).at("jobs").as_array())
      out.emplace_back(one.at("id").as_string());
    return out;
  }
  // As if another process ran it.
  void run_job(const std::string& id) {
    ASSERT_TRUE(rig_.store().create_job(id, "copy", "{}"));
    ASSERT_TRUE(rig_.store().claim_job(id, store::this_process(), std::chrono::minutes(5)));
  }

  Rig rig_;
};

TEST_F(Api, ListsJobsByPageAndFilter) {
  rig_.add_job(first);
  run_job(second);
  EXPECT_THAT(ids(""), ElementsAre(second, first));
  EXPECT_THAT(ids("?state=running"), ElementsAre(second));
  EXPECT_THAT(ids("?state=done,failed-objects"), ElementsAre(first));
  EXPECT_THAT(ids("?q=PHOTOS-EU"), ElementsAre(first));
  EXPECT_THAT(ids("?q=aaaaaa"), ElementsAre(second));
  EXPECT_THAT(ids("?kind=migrate"), ElementsAre());
  const auto page = get("/api/v1/jobs?limit=1");
  EXPECT_EQ(page.at("total").as_int64(), 2);
  const std::string cursor(page.at("next_cursor").as_string());
  EXPECT_THAT(ids("?limit=1&cursor=" + cursor), ElementsAre(first));
  EXPECT_TRUE(get("/api/v1/jobs?limit=1&cursor=" + cursor).at("next_cursor").is_null());
  get("/api/v1/jobs?limit=201", 400);
  get("/api/v1/jobs?cursor=gone", 400);
}

TEST_F(Api, ShowsAJobWhole) {
  rig_.add_job(first);
  const auto job = get("/api/v1/jobs/" + first);
  EXPECT_EQ(job.at("state"), "failed-objects");
  EXPECT_EQ(job.at("percent").as_int64(), 99);
  EXPECT_EQ(job.at("outcome"), "failed-objects");
  EXPECT_EQ(job.at("source").at("bucket"), "photos");
  EXPECT_EQ(job.at("source").at("prefix"), "2026/");
  EXPECT_EQ(job.at("progress").at("objects_total").as_int64(), 3);
  EXPECT_EQ(job.at("steps").as_array().size(), 1u);
  EXPECT_TRUE(job.at("has_failures").as_bool());
  EXPECT_TRUE(job.at("waiting_for").is_null());
  EXPECT_FALSE(job.at("may").at("pause").as_bool());
  EXPECT_FALSE(job.at("may").at("resume").as_bool()) << "nobody runs jobs here";
  EXPECT_TRUE(job.at("may").at("delete").as_bool());
  EXPECT_EQ(get("/api/v1/jobs/no-such-job", 404).at("code"), "not-found");
}

TEST_F(Api, TellsEventsFailuresAndSamples) {
  rig_.add_job(first, "a/b", "denied");
  const auto job = "/api/v1/jobs/" + first;
  const auto events = get(job + "/events").at("events").as_array();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].at("type"), "step");
  EXPECT_EQ(events[2].at("type"), "summary");
  EXPECT_EQ(get(job + "/events?after=1.1").at("events").as_array().size(), 2u);
  get(job + "/events?after=x", 400);

  const auto failures = get(job + "/failures");
  EXPECT_EQ(failures.at("total").as_int64(), 1);
  EXPECT_EQ(failures.at("failures").at(0).at("key"), "a/b");
  EXPECT_EQ(get(job + "/failures?q=nothing").at("total").as_int64(), 0);
  EXPECT_EQ(get(job + "/failures?code=access_denied&q=a/").at("total").as_int64(), 1);
  EXPECT_TRUE(get(job + "/failures?offset=1").at("failures").as_array().empty());
  for (const auto* const part : {"A/B", "accessdenied", "copyobject"})
    EXPECT_EQ(get(job + "/failures?q=" + part).at("total").as_int64(), 1) << part;
  EXPECT_EQ(get(job + "/failures?q=slowdown").at("total").as_int64(), 0);
  const auto group = get(job + "/failures/groups").at("groups").at(0).as_object();
  EXPECT_EQ(group.at("count").as_int64(), 1);
  EXPECT_THAT(std::string(group.at("hint").as_string()), HasSubstr("retry"));

  const auto points = get(job + "/samples").at("points").as_array();
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].at("objects_per_second").to_number<double>(), 2);
  get(job + "/samples?points=241", 400);
}

TEST_F(Api, GivesTheReportOfAJobThatHasEnded) {
  rig_.add_job(first);
  run_job(second);
  EXPECT_EQ(get("/api/v1/jobs/" + first + "/report.json").at("outcome"), "failed-objects");
  EXPECT_EQ(get("/api/v1/jobs/" + second + "/report.json", 409).at("code"), "job-state");
  get("/api/v1/jobs/" + second + "/report.csv", 409);
  const auto csv = rig_.ask_as(viewer_token, {.target = "/api/v1/jobs/" + first + "/failures.csv"});
  EXPECT_THAT(csv.body, HasSubstr("operation,bucket,key"));
  EXPECT_THAT(csv.body, HasSubstr("a/b"));
  const auto figures =
      rig_.ask_as(viewer_token, {.target = "/api/v1/jobs/" + first + "/report.csv"});
  EXPECT_THAT(figures.body, testing::StartsWith("name,value\r\njob," + first + "\r\n"));
  EXPECT_THAT(figures.body, HasSubstr("outcome,failed-objects\r\n"));
  for (const auto* const name :
       {"verification_method", "verified_strong", "mismatched", "missing", "extra"})
    EXPECT_THAT(figures.body, HasSubstr(std::string("\r\n") + name + ","));
}

TEST_F(Api, TellsWhatBecomesOfTheConfiguration) {
  rig_.add_job(first);
  EXPECT_THAT(get("/api/v1/jobs/" + first + "/configuration", 404).at("detail").as_string().c_str(),
              HasSubstr("copy"));
  ASSERT_TRUE(rig_.store().create_job(second, "migrate", "{}"));
  const auto target = "/api/v1/jobs/" + second + "/configuration";
  EXPECT_THAT(get(target, 404).at("detail").as_string().c_str(), HasSubstr("once all is proven"));
  workflow::Configuration source, destination;
  source.items = {{"policy", "", {R"({"a":"<script>"})", {}}}, {"inventory", "w", {"<I/>", {}}}};
  destination.items = {{"policy", "", {R"({"a":"b"})", {}}}};
  auto& store = rig_.store();
  ASSERT_TRUE(store.set_fact(second, workflow::fact::configuration, to_json(source)));
  ASSERT_TRUE(store.set_fact(second, workflow::fact::wanted, to_json(destination)));
  const workflow::ConfigurationStory told{
      .changed = {}, .not_carried = {"inventory \"w\": stays"}, .notes = {}};
  ASSERT_TRUE(store.set_fact(second, workflow::fact::rewritten, to_json(told)));
  const auto parts = get(target).at("parts").as_array();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].at("name"), "policy");
  EXPECT_EQ(parts[0].at("state"), "rewritten");
  EXPECT_EQ(parts[0].at("source"), R"({"a":"<script>"})");
  EXPECT_EQ(parts[1].at("state"), "not-carried");
  EXPECT_EQ(parts[1].at("note"), "stays");
  EXPECT_TRUE(parts[1].at("destination").is_null());
  EXPECT_EQ(get("/api/v1/jobs/none/configuration", 404).at("code"), "not-found");
}

TEST_F(Api, PausesCancelsAndForgets) {
  rig_.add_job(first);
  run_job(second);
  EXPECT_EQ(act("POST", "/api/v1/jobs/" + first + "/pause"), 409);
  EXPECT_EQ(act("POST", "/api/v1/jobs/" + second + "/pause"), 200);
  EXPECT_EQ(*rig_.store().request_of(second), store::JobRequest::pause);
  EXPECT_EQ(get("/api/v1/jobs/" + second).at("state"), "pausing");
  const auto action = get("/api/v1/jobs/" + second).at("actions").at(0).as_object();
  EXPECT_EQ(action.at("action"), "pause");
  EXPECT_EQ(action.at("role"), "operator");
  EXPECT_EQ(action.at("peer"), "127.0.0.1");
  EXPECT_EQ(act("POST", "/api/v1/jobs/" + second + "/cancel"), 200);
  EXPECT_EQ(*rig_.store().request_of(second), store::JobRequest::cancel);
  EXPECT_EQ(act("DELETE", "/api/v1/jobs/" + second), 409) << "it runs";
  EXPECT_EQ(act("DELETE", "/api/v1/jobs/" + first), 204);
  EXPECT_FALSE(*rig_.store().find_job(first));
  EXPECT_EQ(act("DELETE", "/api/v1/jobs/" + first), 404);
}

// Begins a job at this very moment, which neither claim nor state of the job tell yet.
class BusyRunner final : public JobRunner {
 public:
  Allowed allowed() const override { return {}; }
  Answer<std::string> begin(const JobRequest&, const Person&) override { return refuse({}); }
  Answer<void> resume(const std::string&, workflow::Again, const std::vector<JobRequest::Option>&,
                      const Person&) override {
    return refuse({});
  }
  Answer<void> retry_some(const std::string&, std::vector<std::uint64_t>, const Person&) override {
    return refuse({});
  }
  Answer<void> confirm(const std::string&, std::string, std::string, const Person&) override {
    return refuse({});
  }
  Answer<void> undo(const std::string&, const std::vector<JobRequest::Option>&,
                    const Person&) override {
    return refuse({});
  }
  Answer<void> limit(const std::string&, const JobLimits&, const std::string&) override {
    return refuse({});
  }
  std::optional<JobLimits> limits(const std::string&) const override { return std::nullopt; }
  void tell(const std::string&, std::string) override {}
  bool runs(const std::string&) const override { return busy; }
  Beginning beginning(const std::string&) const override { return {}; }
  bool hold(const std::string&) override {
    if (!busy) ++held;
    return !busy;
  }
  void let_go(const std::string&) override { --held; }
  Answer<JobRequest> request_of(std::string_view) const override { return refuse({}); }

  bool busy = true;
  int held = 0;
};

TEST(ApiBesideARunner, AJobThatIsBeingBegunIsNotChanged) {
  BusyRunner runner;
  Rig rig({}, [&](const std::string&) { return &runner; });
  rig.add_job(first);
  const auto act = [&](const std::string& method, const std::string& target) {
    return rig.ask_as(operator_token, {.method = method, .target = target}).status;
  };
  const auto job = "/api/v1/jobs/" + first;
  EXPECT_EQ(act("DELETE", job), 409);
  EXPECT_EQ(act("POST", job + "/cancel"), 409);
  EXPECT_TRUE(*rig.store().find_job(first));
  runner.busy = false;
  EXPECT_EQ(act("DELETE", job), 204);
  EXPECT_EQ(runner.held, 0);
}

TEST_F(Api, SaysWhoIsSignedInAndWhatItIs) {
  EXPECT_EQ(get("/api/v1/session").at("role"), "viewer");
  EXPECT_EQ(get("/api/v1/about").at("executor"), "none");
  EXPECT_EQ(rig_.ask({.target = "/healthz"}).body, "{\"status\":\"ok\"}\n");
  EXPECT_EQ(act("PUT", "/api/v1/jobs"), 405);
  EXPECT_EQ(act("GET", "/api/v1/nothing"), 404);
  const auto cookie = rig_.sign_in(operator_token);
  const auto session = Rig::json(rig_.ask_page(cookie, {.target = "/api/v1/session"}));
  EXPECT_EQ(session.at("role"), "operator");
  EXPECT_TRUE(session.at("expires_at").is_string());
}

TEST_F(Api, CountsForPrometheus) {
  rig_.add_job(first);
  rig_.sign_in("a-wrong-token-0123456789");
  const auto metrics = rig_.ask_as(viewer_token, {.target = "/metrics"});
  EXPECT_THAT(metrics.body, HasSubstr("s3migrator_jobs{state=\"failed-objects\"} 1\n"));
  EXPECT_THAT(metrics.body, HasSubstr("s3migrator_console_refused_tokens_total 1\n"));
  EXPECT_EQ(metrics.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

// Reads until `wanted` has come.
net::Task<std::string> read_stream(net::Loop& loop, std::uint16_t port, std::string fields,
                                   std::vector<std::string> wanted,
                                   std::function<void()> when_open) {
  auto peer = co_await net::testing::connect_peer(loop, port);
  co_await peer.send("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                     viewer_token + "\r\n" + fields + "\r\n");
  std::string all = co_await peer.read_until("event: ");
  when_open();
  for (const auto& text : wanted)
    all += co_await peer.read_until(text);
  co_return all;
}

TEST(Stream, TellsWhatChangesInTheStore) {
  ConsoleOptions options;
  options.watch_gap = std::chrono::milliseconds(20);
  options.heartbeat = std::chrono::milliseconds(50);
  Rig rig(std::move(options));
  rig.add_job(first);
  const auto text = net::testing::run_task(
      rig.loop(),
      // The second heartbeat comes after the first look, which is what is compared with.
      read_stream(rig.loop(), rig.port(), "", {"event: heartbeat", "event: heartbeat"}, [] {}));
  EXPECT_THAT(text, HasSubstr("Content-Type: text/event-stream"));
  const auto told = net::testing::run_task(
      rig.loop(), read_stream(rig.loop(), rig.port(), "",
                              {second, "event: summary", "event: gone", first}, [&] {
                                rig.add_job(second);
                                ASSERT_TRUE(rig.store().delete_job(first));
                              }));
  EXPECT_THAT(told, HasSubstr("event: step\n"));
  EXPECT_THAT(told, HasSubstr("id: "));
}

TEST(Stream, AnOldIdBeginsWithAReset) {
  Rig rig;
  const auto text = net::testing::run_task(
      rig.loop(),
      read_stream(rig.loop(), rig.port(), "Last-Event-ID: 12345678-7\r\n", {"reset"}, [] {}));
  EXPECT_THAT(text, HasSubstr("event: reset"));
}

}  // namespace
}  // namespace s3m::console
