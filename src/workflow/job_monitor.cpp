#include "workflow/job_monitor.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

// ECS is eventually consistent at a task's beginning, and forgets a stopped one after an hour.
constexpr std::chrono::minutes newly_begun{10};
// Long enough for the writes that follow.
constexpr std::chrono::seconds marking_lease{30};

TaskLife life_of(const aws::EcsTask& task) {
  TaskLife life{.status = task.last_status, .dead = task.stopped()};
  if (!life.dead) return life;
  life.why = fmt::format(
      "the task {} has stopped: {}{}", printable(aws::task_id(task.arn)),
      printable(task.stopped_reason.empty() ? "ECS does not say why" : task.stopped_reason),
      task.exit_code ? fmt::format(" (exit code {})", *task.exit_code) : "");
  return life;
}

json::object to_json(const PlaceCount& place) {
  return {{"place", printable(place.uri)},
          {"there", place.exists},
          {"objects", place.count.objects},
          {"bytes", place.count.bytes},
          {"complete", place.count.complete()}};
}

json::object to_json(const JobCount& count) {
  json::object object{{"from", to_json(count.from)}, {"to", to_json(count.to)}};
  if (const auto percent = percent_of(count)) object["percent"] = *percent;
  return object;
}

Result<bool> mark_claimed(store::Store& store, const std::string& job, const TaskPlace& place) {
  auto record = store.find_job(job);
  if (!record) return forward(record);
  auto now_at = store.fact(job, task_fact);
  if (!now_at) return forward(now_at);
  const bool same = *now_at && decode_task_place(**now_at) == place;
  if (!*record || (*record)->state != store::JobState::running || !same) return false;
  auto set = store.set_job_state(job, store::JobState::paused, exit_interrupted);
  if (!set) return forward(set);
  return true;
}

}  // namespace

net::Task<Result<bool>> read_log(aws::Logs& logs, LogMemory& memory, WallTime now,
                                 const std::function<bool()>& out_of_time) {
  bool restarted = false;
  const auto window = memory.open(now);
  while (memory.is_open()) {
    if (out_of_time()) co_return false;
    auto page = co_await logs.get_log_events(window, memory.token());
    if (page) {
      memory.take(*page);
      continue;
    }
    if (page.error().code() == Errc::not_found) {
      memory.close();
      break;
    }
    const bool stale = page.error().code() == Errc::invalid_request && !memory.token().empty();
    if (!stale || std::exchange(restarted, true)) co_return forward(page);
    memory.forget_token();
  }
  co_return true;
}

net::Task<Result<TaskLife>> look_at_task(aws::Ecs& ecs, TaskPlace place, WallTime now) {
  auto found = co_await ecs.describe_tasks(place.cluster, {place.arn});
  if (!found) co_return forward(found);
  if (!found->tasks.empty()) co_return life_of(found->tasks.front());
  TaskLife life{.status = "MISSING", .dead = now - place.since > newly_begun};
  if (life.dead)
    life.why =
        fmt::format("ECS does not know the task {} any more", printable(aws::task_id(place.arn)));
  co_return life;
}

Result<bool> mark_dead(store::Store& store, const std::string& job, const TaskPlace& place) {
  // Whoever takes the job up has to have the claim first; so has this.
  const auto self = store::this_process();
  auto claim = store.claim_job(job, self, marking_lease);
  if (!claim) return forward(claim);
  if (!claim->ours) return false;
  auto marked = mark_claimed(store, job, place);
  auto released = store.release_job(job, self);
  if (marked && !released) return forward(released);
  return marked;
}

std::string to_json(const JobSight& sight) {
  json::object object{{"v", 1},
                      {"job", sight.job},
                      {"kind", sight.kind},
                      {"state", sight.state},
                      {"time", iso8601(sight.time)},
                      {"percent", sight.percent},
                      {"percent_from", sight.percent_from},
                      {"over", sight.over},
                      {"marked_dead", sight.marked_dead},
                      {"events", sight.log.events},
                      {"failures", sight.log.failures},
                      {"step", sight.log.step},
                      {"objects_done", sight.log.objects_done},
                      {"objects_total", sight.log.objects_total}};
  if (sight.log.told) object["told"] = iso8601(*sight.log.told);
  if (sight.task) {
    object["task"] = json::object{
        {"status", sight.task->status}, {"dead", sight.task->dead}, {"why", sight.task->why}};
  }
  if (sight.count) object["count"] = to_json(*sight.count);
  json::array warnings;
  for (const auto& warning : sight.warnings)
    warnings.emplace_back(warning);
  object["warnings"] = std::move(warnings);
  return json::serialize(object);
}

EarlierSight read_sight(std::string_view text) {
  json::error_code unreadable;
  const auto value = json::parse(text, unreadable);
  const auto* const object = value.if_object();
  if (unreadable || object == nullptr) return {};
  EarlierSight earlier;
  const auto* const percent = object->if_contains("percent");
  const auto* const over = object->if_contains("over");
  if (percent != nullptr && percent->is_int64())
    earlier.percent = static_cast<int>(std::clamp<std::int64_t>(percent->get_int64(), 0, 100));
  if (over != nullptr && over->is_bool()) earlier.over = over->get_bool();
  return earlier;
}

}  // namespace s3m::workflow
