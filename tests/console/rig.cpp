#include "tests/console/rig.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/event.hpp"
#include "base/ids.hpp"
#include "net/test_support.hpp"
#include "workflow/job_recorder.hpp"

namespace s3m::console {
namespace {

constexpr auto spec =
    R"({"source":{"location":"s3://photos/2026/","endpoint":"","region":"us-east-1","role_arn":""},)"
    R"("destination":{"location":"s3://photos-eu/","endpoint":"","region":"eu-central-1",)"
    R"("role_arn":""}})";

std::string head_of(const Ask& what, const std::string& host) {
  auto head = fmt::format("{} {} HTTP/1.1\r\n", what.method, what.target);
  const bool names_host =
      std::ranges::any_of(what.fields, [](const auto& field) { return field.first == "Host"; });
  if (!names_host) head += fmt::format("Host: {}\r\n", host);
  for (const auto& [name, value] : what.fields)
    head += fmt::format("{}: {}\r\n", name, value);
  if (what.method != "GET" && what.method != "HEAD")
    head += fmt::format("Content-Length: {}\r\n", what.body.size());
  return head + "\r\n";
}

}  // namespace

Rig::Rig(ConsoleOptions options, const MakeRunner& runner, const Furnish& furnish)
    : directory_(std::filesystem::temp_directory_path() / ("s3m-console-" + random_hex(6))) {
  std::filesystem::create_directories(directory_);
  const auto url = (directory_ / "store.db").string();
  auto first = store::open_store({.url = url}), second = store::open_store({.url = url});
  EXPECT_TRUE(first && second);
  store_ = *std::move(first);
  thread_ = std::make_unique<workflow::StoreThread>(*std::move(second));
  options.doorkeeper.operator_token = *hash_of_token(operator_token);
  options.doorkeeper.viewer_token = *hash_of_token(viewer_token);
  options.program = "s3migrator test";
  options.version = "0.0.0";
  options.store_kind = "sqlite";
  if (runner) {
    options.runner = runner(url);
    options.executor.runs_jobs = true;
    options.executor.runs = [made = options.runner](const std::string& id) {
      return made->runs(id);
    };
    options.executor.limits = [made = options.runner](const std::string& id) {
      return made->limits(id);
    };
  }
  if (furnish) furnish(loop_, options);
  console_ = std::make_unique<Console>(loop_, *thread_, std::move(options));
  EXPECT_TRUE(console_->start());
  client_ = std::make_unique<net::HttpClient>(loop_, net::HttpClientOptions{});
}

Rig::~Rig() {
  net::testing::run_task(loop_, console_->stop());
  client_->close();
  std::filesystem::remove_all(directory_);
}

net::HttpResponse Rig::ask(Ask what) {
  const auto head = head_of(what, host());
  net::WireRequest request{.head = head, .body = what.body};
  request.response_has_body = what.method != "HEAD";
  auto response = net::testing::run_task(
      loop_, client_->send({.tls = false, .host = "127.0.0.1", .port = port()}, request));
  EXPECT_TRUE(response) << response.error().describe();
  return response ? *std::move(response) : net::HttpResponse();
}

net::HttpResponse Rig::ask_as(const std::string& token, Ask what) {
  what.fields.emplace_back("Authorization", "Bearer " + token);
  if (!what.body.empty()) what.fields.emplace_back("Content-Type", "application/json");
  return ask(std::move(what));
}

net::HttpResponse Rig::ask_page(const std::string& cookie, Ask what) {
  what.fields.emplace_back("Cookie", "s3migrator_session=" + cookie);
  what.fields.emplace_back("Origin", "http://" + host());
  if (!what.body.empty()) what.fields.emplace_back("Content-Type", "application/json");
  return ask(std::move(what));
}

std::string Rig::sign_in(const std::string& token) {
  const auto response =
      ask({.method = "POST",
           .target = "/api/v1/session",
           .body = fmt::format(R"({{"token": "{}"}})", token),
           .fields = {{"Origin", "http://" + host()}, {"Content-Type", "application/json"}}});
  const std::string cookie(response.headers.get("Set-Cookie"));
  if (cookie.empty()) return std::to_string(response.status);
  const auto begin = cookie.find('=') + 1;
  return cookie.substr(begin, cookie.find(';') - begin);
}

std::string Rig::talk(const std::string& text) {
  auto task = [](net::Loop& loop, std::uint16_t port, std::string what) -> net::Task<std::string> {
    auto peer = co_await net::testing::connect_peer(loop, port);
    co_await peer.send(std::move(what));
    co_return co_await peer.read_all();
  };
  return net::testing::run_task(loop_, task(loop_, port(), text));
}

boost::json::value Rig::json(const net::HttpResponse& response) {
  boost::json::error_code unreadable;
  auto value = boost::json::parse(response.body, unreadable);
  EXPECT_FALSE(unreadable) << response.body;
  return value;
}

void Rig::add_job(const std::string& id, const std::string& key, const std::string& message) {
  class Nowhere final : public EventSink {
   public:
    void emit(const Event&) override {}
  } nowhere;
  ASSERT_TRUE(store_->create_job(id, "copy", spec));
  workflow::JobRecorder recorder(nowhere, id, 1);
  recorder.emit(StepEvent{.step = "copy", .step_number = 4, .step_count = 7, .percent = 6});
  recorder.emit(ProgressEvent{.step = "copy",
                              .percent = 50,
                              .objects_done = 2,
                              .objects_total = 3,
                              .failed = 1,
                              .objects_per_second = 2});
  recorder.emit(FailureEvent{.operation = "CopyObject",
                             .bucket = "photos",
                             .key = key,
                             .code = "access_denied",
                             .service_code = "AccessDenied",
                             .request_id = "R1",
                             .message = message,
                             .http_status = 403});
  recorder.emit(StepEvent{.step = "copy",
                          .step_number = 4,
                          .step_count = 7,
                          .percent = 99,
                          .state = StepState::done,
                          .message = message});
  recorder.emit(SummaryEvent{.outcome = "failed-objects", .exit_code = 3, .message = message});
  ASSERT_TRUE(workflow::store_news(*store_, id, recorder.news()));
  ASSERT_TRUE(store_->set_job_state(id, store::JobState::done, 3));
}

}  // namespace s3m::console
