#include "app/monitor_pass.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "app/monitor_count.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "workflow/percent_keeper.hpp"

namespace s3m::app {
namespace {

using workflow::JobSight;
using workflow::LogMemory;

// More than are ever unfinished.
constexpr std::size_t looked_through = 1000;
constexpr std::size_t metrics_at_once = 500;

template <class T>
net::Task<void> drive(net::Task<Result<T>> work, std::optional<Result<T>>& outcome) {
  outcome = co_await std::move(work);
}

aws::MetricDatum metric(const JobSight& sight, std::string name, double value,
                        std::string_view unit) {
  return {.name = std::move(name),
          .value = value,
          .unit = unit,
          .time = sight.time,
          .dimensions = {{"Job", sight.job}}};
}

std::string told_ago(const JobSight& sight) {
  const auto quiet = std::chrono::floor<std::chrono::minutes>(sight.time - *sight.log.told);
  return fmt::format("its log has had nothing new for {} minutes", quiet.count());
}

}  // namespace

Result<std::unique_ptr<MonitorPass>> MonitorPass::make(const Arguments& arguments,
                                                       const aws::Environment& environment) {
  auto opening = open_for(arguments, environment);
  if (!opening) return forward(opening);
  const auto config = std::move(opening->config);
  std::unique_ptr<MonitorPass> pass(
      new MonitorPass(arguments.monitor, environment, *std::move(opening)));
  auto connected = pass->connect(config);
  if (!connected) return forward(connected);
  return pass;
}

MonitorPass::MonitorPass(const MonitorArguments& arguments, const aws::Environment& environment,
                         Opening opening)
    : arguments_(arguments),
      environment_(environment),
      store_url_(std::move(opening.store_url)),
      http_(loop_, std::move(opening.http)),
      runtime_{.loop = loop_,
               .http = http_,
               .cancel = &cancel_,
               .user_agent = fmt::format("s3migrator/{}", version)},
      store_(std::move(opening.store)) {}

MonitorPass::~MonitorPass() {
  http_.close();
}

Result<void> MonitorPass::connect(const aws::SharedConfig& config) {
  auto source = aws::default_credentials(runtime_, environment_, config, {});
  if (!source) return forward(source);
  const auto identity = std::make_shared<aws::Identity>(loop_, *std::move(source), runtime_.clock);
  std::vector<aws::Client> clients;
  for (const auto* id : {"cloudwatch_logs", "ecs", "cloudwatch", "scheduler"}) {
    auto settings = aws::resolve_service(environment_, config, {}, id);
    if (!settings) return forward(settings);
    clients.emplace_back(runtime_, identity, *std::move(settings), aws::unlimited_admission());
  }
  logs_ = std::make_unique<aws::Logs>(std::move(clients[0]));
  ecs_ = std::make_unique<aws::Ecs>(std::move(clients[1]));
  metrics_ = std::make_unique<aws::CloudWatch>(std::move(clients[2]));
  scheduler_ = std::make_unique<aws::Scheduler>(std::move(clients[3]));
  return ok;
}

// What is in flight at the deadline fails with `cancelled`.
template <class T>
Result<T> MonitorPass::run(net::Task<Result<T>> work) {
  std::optional<Result<T>> outcome;
  boost::asio::co_spawn(loop_, drive(std::move(work), outcome),
                        [this](const std::exception_ptr& bug) {
                          loop_.stop();
                          if (bug) std::rethrow_exception(bug);
                        });
  loop_.restart();
  loop_.run_until(deadline_);
  if (!outcome) {
    cancel_.cancel();
    http_.cancel_all();
    loop_.restart();
    loop_.run();
  }
  return std::move(outcome.value());
}

void MonitorPass::trouble(const std::string& job, const Error& error) {
  if (error.code() == Errc::cancelled) {
    report_.complete = false;
    return;
  }
  report_.troubles.push_back(job.empty() ? error.describe()
                                         : fmt::format("job {}: {}", job, error.describe()));
}

// Jobs that run by their record, and those that did when they were last looked at.
Result<std::vector<std::string>> MonitorPass::due() {
  auto jobs = store_->jobs(looked_through);
  if (!jobs) return forward(jobs);
  std::vector<std::string> due;
  for (const auto& job : *jobs) {
    bool wanted = job.state == store::JobState::running;
    if (!wanted) {
      auto seen = store_->fact(job.id, workflow::monitor_fact);
      if (!seen) return forward(seen);
      wanted = *seen && !(*seen)->empty() && !workflow::read_sight(**seen).over;
    }
    if (wanted) due.push_back(job.id);
  }
  return due;
}

void MonitorPass::read_stream(JobSight& sight, LogMemory& memory) {
  auto whole =
      run(workflow::read_log(*logs_, memory, sight.time, [this] { return out_of_time(); }));
  if (!whole) {
    trouble(sight.job, whole.error());
    if (whole.error().code() != Errc::cancelled)
      sight.warnings.push_back("its log cannot be read: " + whole.error().describe());
  } else if (!*whole) {
    report_.complete = false;
  }
}

void MonitorPass::read_log(JobSight& sight, const std::optional<workflow::TaskPlace>& place,
                           WallTime since) {
  auto stored = store_->fact(sight.job, workflow::monitor_log_fact);
  if (!stored) return trouble(sight.job, stored.error());
  auto memory = LogMemory::load(stored->value_or(""), sight.job)
                    .value_or(LogMemory(sight.job, since - LogMemory::lateness));
  const bool moved =
      place && (place->log_group != memory.group() || place->log_stream != memory.stream());
  // What an earlier task of the job told last.
  if (!memory.stream().empty() && (moved || memory.is_open())) read_stream(sight, memory);
  const bool has_log = place && !place->log_group.empty() && !place->log_stream.empty();
  if (has_log && !(moved && memory.is_open())) {
    if (moved) memory.turn_to(place->log_group, place->log_stream);
    read_stream(sight, memory);
  }
  sight.log = memory.findings();
  if (memory.stream().empty()) return;
  auto set = store_->set_fact(sight.job, workflow::monitor_log_fact, memory.save());
  if (!set) trouble(sight.job, set.error());
}

void MonitorPass::look_at_task(JobSight& sight, const workflow::TaskPlace& place) {
  auto life = run(workflow::look_at_task(*ecs_, place, sight.time));
  if (!life) {
    if (life.error().code() != Errc::cancelled)
      sight.warnings.push_back("its task cannot be looked at: " + life.error().describe());
    return trouble(sight.job, life.error());
  }
  sight.task = *std::move(life);
  if (!sight.task->dead) return;
  auto marked = workflow::mark_dead(*store_, sight.job, place);
  if (!marked) return trouble(sight.job, marked.error());
  sight.marked_dead = *marked;
  if (*marked) {
    sight.warnings.push_back(fmt::format("{}; it can be taken up again: s3migrator jobs resume {}",
                                         sight.task->why, printable(sight.job)));
  }
}

void MonitorPass::count(JobSight& sight) {
  auto stored = store_->fact(sight.job, workflow::count_fact);
  if (!stored) return trouble(sight.job, stored.error());
  auto counted = workflow::load_job_count(stored->value_or("")).value_or(workflow::JobCount());
  auto done = count_job(store_url_, sight.job, environment_, deadline_, counted);
  if (!done) {
    if (done.error().code() != Errc::cancelled)
      sight.warnings.push_back("its sides cannot be counted: " + done.error().describe());
    trouble(sight.job, done.error());
  } else if (!counted.complete()) {
    report_.complete = false;
  }
  if (counted.from.uri.empty()) return;
  auto set = store_->set_fact(sight.job, workflow::count_fact, workflow::save(counted));
  if (!set) return trouble(sight.job, set.error());
  sight.count = std::move(counted);
}

// Last, because it can take all the time that is left.
void MonitorPass::count_all() {
  for (auto& sight : report_.jobs) {
    if (sight.over) continue;
    if (out_of_time()) {
      report_.complete = false;
      return;
    }
    count(sight);
    auto judged = judge(sight);
    if (!judged) trouble(sight.job, judged.error());
  }
}

// State and percentage, once all that can be known is.
Result<void> MonitorPass::judge(JobSight& sight) {
  auto view = workflow::view_job(*store_, sight.job);
  if (!view) return forward(view);
  auto recorded = store_->fact(sight.job, workflow::percent_fact);
  if (!recorded) return forward(recorded);
  auto seen = store_->fact(sight.job, workflow::monitor_fact);
  if (!seen) return forward(seen);
  sight.state = view->state();
  sight.over = view->job.state != store::JobState::running;
  const auto own = static_cast<int>(parse_u64(recorded->value_or("")).value_or(0));
  const auto counted = sight.count ? workflow::percent_of(*sight.count) : std::nullopt;
  if (sight.log.attempt > 0) {
    sight.percent_from = "events";
    sight.percent = sight.log.percent;
  } else if (counted) {
    sight.percent_from = "counts";
    sight.percent = *counted;
  } else {
    sight.percent_from = "record";
    sight.percent = std::max(own, view->percent());
  }
  sight.percent = std::max(sight.percent, workflow::read_sight(seen->value_or("")).percent);
  return store_->set_fact(sight.job, workflow::monitor_fact, workflow::to_json(sight));
}

Result<JobSight> MonitorPass::look_at(const std::string& id) {
  auto job = store_->find_job(id);
  if (!job) return forward(job);
  if (!*job) return fail(Errc::not_found, fmt::format("job {} was deleted", printable(id)));
  auto fact = store_->fact(id, workflow::task_fact);
  if (!fact) return forward(fact);
  const auto place = workflow::decode_task_place(fact->value_or(""));
  JobSight sight{.job = id, .kind = (*job)->kind, .time = runtime_.clock.now()};
  read_log(sight, place, (*job)->created_at);
  const bool running = (*job)->state == store::JobState::running;
  if (place && running) look_at_task(sight, *place);
  const bool quiet = running && sight.log.told && sight.time - *sight.log.told > workflow::silence;
  if (quiet) sight.warnings.push_back(told_ago(sight));
  auto judged = judge(sight);
  if (!judged) return forward(judged);
  return sight;
}

void MonitorPass::write_metrics() {
  std::vector<aws::MetricDatum> data;
  for (const auto& sight : report_.jobs) {
    data.push_back(metric(sight, "Percent", sight.percent, "Percent"));
    data.push_back(
        metric(sight, "FailedObjects", static_cast<double>(sight.log.failures), "Count"));
    data.push_back(metric(sight, "DeadTasks", sight.marked_dead ? 1 : 0, "Count"));
  }
  for (std::size_t at = 0; at < data.size(); at += metrics_at_once) {
    const auto end = std::min(at + metrics_at_once, data.size());
    std::vector<aws::MetricDatum> part(data.begin() + static_cast<std::ptrdiff_t>(at),
                                       data.begin() + static_cast<std::ptrdiff_t>(end));
    auto put = run(metrics_->put_metric_data(arguments_.metrics, std::move(part)));
    if (!put) return trouble({}, put.error());
  }
}

Result<std::size_t> MonitorPass::count_running() {
  auto jobs = store_->jobs(looked_through);
  if (!jobs) return forward(jobs);
  return static_cast<std::size_t>(std::ranges::count_if(
      *jobs, [](const auto& job) { return job.state == store::JobState::running; }));
}

// Whoever begins a job records it first and switches the schedule on then: one of the two sees the
// other.
void MonitorPass::switch_schedule() {
  if (report_.running > 0) return;
  auto off = run(scheduler_->enable(arguments_.schedule, arguments_.schedule_group, false));
  if (!off) return trouble({}, off.error());
  auto running = count_running();
  if (!running) return trouble({}, running.error());
  report_.running = *running;
  if (*running == 0) return;
  auto on = run(scheduler_->enable(arguments_.schedule, arguments_.schedule_group, true));
  if (!on) trouble({}, on.error());
}

Result<MonitorReport> MonitorPass::look(SteadyTime deadline) {
  deadline_ = deadline;
  auto jobs = due();
  if (!jobs) return forward(jobs);
  for (const auto& job : *jobs) {
    if (out_of_time()) {
      report_.complete = false;
      break;
    }
    auto sight = look_at(job);
    if (sight) {
      report_.jobs.push_back(*std::move(sight));
    } else {
      trouble(job, sight.error());
    }
  }
  if (arguments_.count) count_all();
  auto running = count_running();
  if (!running) return forward(running);
  report_.running = *running;
  if (!arguments_.metrics.empty() && !report_.jobs.empty() && !out_of_time()) write_metrics();
  if (!arguments_.schedule.empty() && !out_of_time()) switch_schedule();
  return std::move(report_);
}

std::string to_json(const MonitorReport& report) {
  boost::json::array jobs, troubles;
  for (const auto& sight : report.jobs)
    jobs.push_back(boost::json::parse(workflow::to_json(sight)));
  for (const auto& text : report.troubles)
    troubles.emplace_back(text);
  return boost::json::serialize(boost::json::object{{"v", 1},
                                                    {"type", "monitor"},
                                                    {"jobs", std::move(jobs)},
                                                    {"running", report.running},
                                                    {"complete", report.complete},
                                                    {"troubles", std::move(troubles)}});
}

}  // namespace s3m::app
