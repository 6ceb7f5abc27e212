#include "aws/ecs.hpp"

#include <limits>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "aws/json_call.hpp"
#include "aws/s3_exchange.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

using boost::json::array;
using boost::json::object;

Request request_of(std::string_view operation, const object& parameters) {
  return json_request(operation, "ecs", "AmazonEC2ContainerServiceV20141113", parameters);
}

array texts(const std::vector<std::string>& values) {
  array result;
  for (const auto& value : values)
    result.emplace_back(value);
  return result;
}

object override_of(const RunTaskRequest& request) {
  object container{{"name", request.container}};
  if (!request.command.empty()) container["command"] = texts(request.command);
  array environment;
  for (const auto& [name, value] : request.environment)
    environment.push_back(object{{"name", name}, {"value", value}});
  if (!environment.empty()) container["environment"] = std::move(environment);
  return {{"containerOverrides", array{std::move(container)}}};
}

object network_of(const RunTaskRequest& request) {
  object network{{"subnets", texts(request.subnets)},
                 {"assignPublicIp", request.public_ip ? "ENABLED" : "DISABLED"}};
  if (!request.security_groups.empty()) network["securityGroups"] = texts(request.security_groups);
  return {{"awsvpcConfiguration", std::move(network)}};
}

object parameters_of(const RunTaskRequest& request) {
  object parameters{{"cluster", request.cluster},
                    {"taskDefinition", request.task_definition},
                    {"count", 1},
                    {"clientToken", request.client_token},
                    {"networkConfiguration", network_of(request)},
                    {"overrides", override_of(request)},
                    {"propagateTags", "TASK_DEFINITION"}};
  // Launch type and capacity providers exclude each other.
  if (request.spot) {
    parameters["capacityProviderStrategy"] =
        array{object{{"capacityProvider", "FARGATE_SPOT"}, {"weight", 1}}};
  } else {
    parameters["launchType"] = "FARGATE";
  }
  if (!request.started_by.empty()) parameters["startedBy"] = request.started_by;
  return parameters;
}

std::optional<int> exit_code_of(const object& task) {
  std::optional<int> code;
  bool first = true;
  each_object(task, "containers", [&](const object& container) {
    const auto number = number_member(container, "exitCode");
    const bool fits = number && *number >= 0 && *number <= std::numeric_limits<int>::max();
    if (std::exchange(first, false) && fits) code = static_cast<int>(*number);
  });
  return code;
}

EcsTask task_of(const object& task) {
  return {.arn = text_member(task, "taskArn"),
          .cluster_arn = text_member(task, "clusterArn"),
          .last_status = text_member(task, "lastStatus"),
          .desired_status = text_member(task, "desiredStatus"),
          .stop_code = text_member(task, "stopCode"),
          .stopped_reason = text_member(task, "stoppedReason"),
          .exit_code = exit_code_of(task),
          .stopped_at = time_member(task, "stoppedAt")};
}

// What ECS says where it answers 200 and began nothing.
Error failure_of(const object& answer) {
  std::string reason, detail;
  each_object(answer, "failures", [&](const object& failure) {
    if (!reason.empty()) return;
    reason = text_member(failure, "reason");
    detail = text_member(failure, "detail");
  });
  const bool silent = reason.empty() && detail.empty();
  Error error(Errc::unavailable, silent
                                     ? "ECS began no task, and does not say why"
                                     : fmt::format("ECS began no task: {}{}{}", printable(reason),
                                                   detail.empty() ? "" : ", ", printable(detail)));
  error.service_code(std::move(reason));
  return error;
}

Result<EcsTask> read_begun(net::HttpResponse& response) {
  auto answer = read_object(response);
  if (!answer) return forward(answer);
  EcsTask task;
  each_object(*answer, "tasks", [&task](const object& begun) { task = task_of(begun); });
  if (task.arn.empty()) return fail(failure_of(*answer));
  return task;
}

Result<DescribedTasks> read_described(net::HttpResponse& response) {
  auto answer = read_object(response);
  if (!answer) return forward(answer);
  DescribedTasks described;
  each_object(*answer, "tasks",
              [&](const object& task) { described.tasks.push_back(task_of(task)); });
  each_object(*answer, "failures", [&](const object& failure) {
    described.missing.push_back(text_member(failure, "arn"));
  });
  return described;
}

Result<EcsTask> read_stopped(net::HttpResponse& response) {
  auto answer = read_object(response);
  if (!answer) return forward(answer);
  const auto* const task = answer->if_contains("task");
  if (task != nullptr && task->is_object()) return task_of(task->get_object());
  return fail(Errc::protocol, "the answer of ECS has no task in it");
}

}  // namespace

std::string task_id(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

net::Task<Result<EcsTask>> Ecs::run_task(RunTaskRequest request) {
  co_return co_await exchange<EcsTask>(client_, request_of("RunTask", parameters_of(request)),
                                       read_begun);
}

net::Task<Result<DescribedTasks>> Ecs::describe_tasks(std::string cluster,
                                                      std::vector<std::string> tasks) {
  object parameters{{"cluster", cluster}, {"tasks", texts(tasks)}};
  co_return co_await exchange<DescribedTasks>(client_, request_of("DescribeTasks", parameters),
                                              read_described);
}

net::Task<Result<EcsTask>> Ecs::stop_task(std::string cluster, std::string task,
                                          std::string reason) {
  object parameters{{"cluster", cluster}, {"task", task}, {"reason", reason}};
  co_return co_await exchange<EcsTask>(client_, request_of("StopTask", parameters), read_stopped);
}

}  // namespace s3m::aws
