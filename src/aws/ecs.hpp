// ecs.hpp: tasks of Elastic Container Service (JSON protocol, AmazonEC2ContainerServiceV20141113).
//
// Layer      aws.
// Threading  one loop.
// Source     API reference of RunTask, DescribeTasks, StopTask. ECS is eventually consistent: a
//            task that was just begun may not be found for a few seconds. A stopped one is found
//            for at least an hour.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/client.hpp"
#include "base/time.hpp"
#include "net/task.hpp"

namespace s3m::aws {

// One task on Fargate, in a network of its own.
struct RunTaskRequest {
  std::string cluster;          // its name or ARN
  std::string task_definition;  // FAMILY, FAMILY:REVISION or an ARN
  std::vector<std::string> subnets, security_groups;
  bool public_ip = false;            // without a NAT gateway the only way out
  bool spot = false;                 // FARGATE_SPOT: cheaper, and may be interrupted
  std::string client_token;          // 1-64: the same token gives the same task again
  std::string started_by;            // at most 128 of [A-Za-z0-9_/-]; empty: none
  std::string container;             // whose command and environment are overridden
  std::vector<std::string> command;  // empty: the definition's own
  std::vector<std::pair<std::string, std::string>> environment;
};

struct EcsTask {
  std::string arn, cluster_arn;
  std::string last_status;     // PROVISIONING, PENDING, ACTIVATING, RUNNING, ..., STOPPED
  std::string desired_status;  // RUNNING or STOPPED
  std::string stop_code;       // EssentialContainerExited, SpotInterruption...; empty: not stopped
  std::string stopped_reason;  // for people
  std::optional<int> exit_code;  // of its first container; none if that never ran
  std::optional<WallTime> stopped_at;

  bool stopped() const noexcept { return last_status == "STOPPED"; }
};

struct DescribedTasks {
  std::vector<EcsTask> tasks;
  std::vector<std::string> missing;  // ARNs that ECS does not know, or not any more
};

// "0af1..." of "arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/0af1...": what log streams are named by.
std::string task_id(const std::string& arn);

// Errors of every operation: those of Client::call; not_found where there is no such cluster.
class Ecs {
 public:
  explicit Ecs(Client client) : client_(std::move(client)) {}

  // Errors: unavailable where ECS answers 200 and begins none: its reason is the service code;
  //         conflict where the client token was used for another task.
  net::Task<Result<EcsTask>> run_task(RunTaskRequest request);
  // At most 100 `tasks`, by ARN or id.
  net::Task<Result<DescribedTasks>> describe_tasks(std::string cluster,
                                                   std::vector<std::string> tasks);
  // SIGTERM, and SIGKILL when the definition's stop timeout has passed. Stopping what has stopped
  // is no error. `reason`: at most 255 characters, shown wherever the task is.
  net::Task<Result<EcsTask>> stop_task(std::string cluster, std::string task, std::string reason);

 private:
  Client client_;
};

}  // namespace s3m::aws
