// services_probe.cpp: one call of the services around a job, as this program makes it: an object
// with what came back, or {"error": ..., "code": ...}, one line. For tests against other servers.
//
//   services_probe log GROUP STREAM START_MS END_MS       all pages: {"messages": [...]}
//   services_probe run CLUSTER DEFINITION SUBNET GROUP CONTAINER TOKEN WORD...
//   services_probe describe CLUSTER TASK...
//   services_probe stop CLUSTER TASK
//   services_probe metric NAMESPACE NAME VALUE
//   services_probe schedule NAME on|off
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "aws/cloudwatch.hpp"
#include "aws/config.hpp"
#include "aws/ecs.hpp"
#include "aws/logs.hpp"
#include "aws/scheduler.hpp"

namespace {

using namespace s3m;
using boost::json::object;
using Words = std::vector<std::string>;

WallTime at(const std::string& milliseconds) {
  return WallTime(std::chrono::milliseconds(std::stoll(milliseconds)));
}

object told(const aws::EcsTask& task) {
  object result{{"arn", task.arn}, {"status", task.last_status}, {"desired", task.desired_status}};
  if (task.exit_code) result["exit_code"] = *task.exit_code;
  return result;
}

net::Task<Result<object>> read_log(aws::Client client, Words words) {
  aws::Logs logs(std::move(client));
  const aws::LogWindow window{words[0], words[1], at(words[2]), at(words[3])};
  boost::json::array messages;
  std::int64_t pages = 0;
  for (std::string token;;) {
    auto page = co_await logs.get_log_events(window, token);
    if (!page) co_return forward(page);
    ++pages;
    for (const auto& event : page->events)
      messages.emplace_back(event.message);
    if (page->last) break;
    token = page->next;
  }
  co_return object{{"messages", std::move(messages)}, {"pages", pages}};
}

net::Task<Result<object>> run_task(aws::Client client, Words words) {
  aws::Ecs ecs(std::move(client));
  aws::RunTaskRequest request{.cluster = words[0],
                              .task_definition = words[1],
                              .subnets = {words[2]},
                              .security_groups = {words[3]},
                              .client_token = words[5],
                              .started_by = "probe",
                              .container = words[4],
                              .command = Words(words.begin() + 6, words.end())};
  auto task = co_await ecs.run_task(std::move(request));
  if (!task) co_return forward(task);
  co_return told(*task);
}

net::Task<Result<object>> describe(aws::Client client, Words words) {
  aws::Ecs ecs(std::move(client));
  auto found = co_await ecs.describe_tasks(words[0], Words(words.begin() + 1, words.end()));
  if (!found) co_return forward(found);
  boost::json::array tasks, missing;
  for (const auto& task : found->tasks)
    tasks.emplace_back(told(task));
  for (const auto& arn : found->missing)
    missing.emplace_back(arn);
  co_return object{{"tasks", std::move(tasks)}, {"missing", std::move(missing)}};
}

net::Task<Result<object>> stop(aws::Client client, Words words) {
  aws::Ecs ecs(std::move(client));
  auto task = co_await ecs.stop_task(words[0], words[1], "a test");
  if (!task) co_return forward(task);
  co_return told(*task);
}

net::Task<Result<object>> metric(aws::Client client, Words words) {
  aws::CloudWatch watch(std::move(client));
  std::vector<aws::MetricDatum> data{{.name = words[1],
                                      .value = std::stod(words[2]),
                                      .unit = "Percent",
                                      .time = system_clock().now(),
                                      .dimensions = {{"Job", "a job"}}}};
  auto put = co_await watch.put_metric_data(words[0], std::move(data));
  if (!put) co_return forward(put);
  co_return object{{"put", true}};
}

net::Task<Result<object>> schedule(aws::Client client, Words words) {
  aws::Scheduler scheduler(std::move(client));
  auto changed = co_await scheduler.enable(words[0], {}, words[1] == "on");
  if (!changed) co_return forward(changed);
  co_return object{{"changed", *changed}};
}

struct Command {
  std::string_view name, service_id;
  std::size_t least;
  net::Task<Result<object>> (*run)(aws::Client client, Words words);
};
constexpr Command commands[] = {
    {"log", "cloudwatch_logs", 4, read_log}, {"run", "ecs", 6, run_task},
    {"describe", "ecs", 2, describe},        {"stop", "ecs", 2, stop},
    {"metric", "cloudwatch", 3, metric},     {"schedule", "scheduler", 2, schedule},
};

net::Task<void> drive(aws::Runtime& runtime, net::Task<Result<object>> work,
                      Result<object>& outcome) {
  outcome = co_await std::move(work);
  runtime.http.close();
}

Result<object> run(const Command& command, Words words) {
  const auto environment = aws::process_environment();
  const auto config = aws::SharedConfig::load(environment);
  if (!config) return fail(config.error().clone());
  auto settings = aws::resolve_service(environment, *config, {}, command.service_id);
  if (!settings) return forward(settings);
  net::Loop loop;
  net::HttpClient http(loop, {});
  aws::Runtime runtime{.loop = loop, .http = http, .retry = {.max_attempts = 1}};
  auto source = aws::default_credentials(runtime, environment, *config, {});
  if (!source) return forward(source);
  aws::Client client(runtime, std::make_shared<aws::Identity>(loop, *std::move(source)),
                     *std::move(settings), aws::unlimited_admission());
  Result<object> outcome = fail(Errc::cancelled, "nothing was done");
  net::asio::co_spawn(loop,
                      drive(runtime, command.run(std::move(client), std::move(words)), outcome),
                      [](const std::exception_ptr& bug) {
                        if (bug) std::rethrow_exception(bug);
                      });
  loop.run();
  return outcome;
}

}  // namespace

int main(int count, char** arguments) {
  const Words words(arguments + 1, arguments + count);
  for (const auto& command : commands) {
    if (words.size() <= command.least || words[0] != command.name) continue;
    const auto outcome = run(command, Words(words.begin() + 1, words.end()));
    const object answer = outcome ? *outcome
                                  : object{{"error", outcome.error().describe()},
                                           {"code", std::string(name(outcome.error().code()))}};
    std::puts(boost::json::serialize(answer).c_str());
    return outcome ? 0 : 1;
  }
  return 2;
}
