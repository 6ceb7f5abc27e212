// own_task.hpp: which task of ECS this process is.
//
// Layer      app.
// Threading  the calling thread waits: at most some seconds, in a task alone.
// Source     Amazon ECS developer guide, "Task metadata endpoint version 4".
#pragma once

#include <optional>

#include "aws/config.hpp"
#include "workflow/task_place.hpp"

namespace s3m::app {

// nullopt where this is no task, or the endpoint does not say which: that is logged, and whoever
// watches the job has only its record to go by.
std::optional<workflow::TaskPlace> own_task(const aws::Environment& environment);

// The same of the endpoint's answer. The log is empty unless its driver is awslogs.
std::optional<workflow::TaskPlace> read_own_task(std::string_view answer, WallTime now);

}  // namespace s3m::app
