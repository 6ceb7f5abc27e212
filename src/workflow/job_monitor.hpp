// job_monitor.hpp: how far a job is and whether its task lives, seen from outside.
//
// Layer      workflow.
// Threading  one loop; the functions on a store where there is no loop, or on the store's thread.
//
// What a monitor knows of a job stands in two facts of the job: `monitor_fact` is for whoever wants
// to see it, `monitor_log_fact` is how far the log was read (log_memory.hpp). Nobody else writes
// them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs.hpp"
#include "workflow/job_control.hpp"
#include "workflow/job_count.hpp"
#include "workflow/log_memory.hpp"
#include "workflow/task_place.hpp"

namespace s3m::workflow {

inline constexpr std::string_view monitor_fact = "monitor";
inline constexpr std::string_view monitor_log_fact = "monitor-log";

// Reads the open window of `memory`, or a new one to `now`, to its end or until `out_of_time()`.
// `out_of_time` and `memory` outlive it; what was read stands in `memory` in any case.
//
// Gives   whether it was read to its end.
// Errors  those of Logs::get_log_events, but for not_found: a task that has written nothing yet has
//         no stream.
net::Task<Result<bool>> read_log(aws::Logs& logs, LogMemory& memory, WallTime now,
                                 const std::function<bool()>& out_of_time);

struct TaskLife {
  std::string status;  // as ECS names it; "MISSING": ECS does not know it
  bool dead = false;   // certainly: stopped, or so old that ECS has forgotten that it stopped
  std::string why;     // where it is dead: a sentence
};

// Errors: those of Ecs::describe_tasks.
net::Task<Result<TaskLife>> look_at_task(aws::Ecs& ecs, TaskPlace place, WallTime now);

// Records that the task at `place` is gone and the job can be taken up again: the job is paused,
// with the exit code of an interruption. Only where `place` is still what runs the job: another
// task may have taken it up meanwhile, and then it is the job's.
//
// Gives   whether it was so.
// Errors  those of the store.
Result<bool> mark_dead(store::Store& store, const std::string& job, const TaskPlace& place);

// What a monitor has to say of a job.
struct JobSight {
  std::string job, kind, state;  // state: as JobView::state()
  int percent = 0;
  std::string percent_from;  // "events", "counts", "record"
  LogFindings log;
  std::optional<JobCount> count;  // where it was counted
  std::optional<TaskLife> task;
  bool marked_dead = false;  // by this pass
  bool over = false;         // nothing more will come
  std::vector<std::string> warnings;
  WallTime time;
};

// The value of `monitor_fact`.
std::string to_json(const JobSight& sight);
struct EarlierSight {
  int percent = 0;
  bool over = false;
};
// Zeros for anything that to_json() did not give.
EarlierSight read_sight(std::string_view text);

// After so long without a word a job that should tell something is warned of.
inline constexpr std::chrono::minutes silence{30};

}  // namespace s3m::workflow
