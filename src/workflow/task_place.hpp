// task_place.hpp: where in ECS a job runs, as the task that runs it has told the store.
//
// Layer  workflow; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace s3m::workflow {

// The fact of a job that holds it; empty: the job's last run was no task.
inline constexpr std::string_view task_fact = "task";

struct TaskPlace {
  std::string cluster, arn;           // ARNs
  std::string log_group, log_stream;  // empty: its lines go elsewhere than to CloudWatch
  WallTime since;                     // when the task took the job up
  friend bool operator==(const TaskPlace&, const TaskPlace&) = default;
};

std::string encode(const TaskPlace& place);
// nullopt if it is not what encode() gave.
std::optional<TaskPlace> decode_task_place(std::string_view text);

}  // namespace s3m::workflow
