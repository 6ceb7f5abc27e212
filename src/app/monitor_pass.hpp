// monitor_pass.hpp: one look of the monitor at all jobs of a store.
//
// Layer      app.
// Threading  the calling thread alone: it waits for the services, and nobody waits for it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/arguments.hpp"
#include "app/opening.hpp"
#include "aws/cloudwatch.hpp"
#include "aws/config.hpp"
#include "aws/logs.hpp"
#include "aws/scheduler.hpp"
#include "net/http_client.hpp"
#include "store/store.hpp"
#include "workflow/job_monitor.hpp"

namespace s3m::app {

struct MonitorReport {
  std::vector<workflow::JobSight> jobs;
  std::size_t running = 0;            // of them, after this pass
  std::vector<std::string> troubles;  // what could not be done, a sentence each
  bool complete = true;  // false: time was up before all was read; the next pass goes on there
};

class MonitorPass {
 public:
  // open_for(). No request is sent. `environment` outlives the pass.
  // Errors: config, io.
  static Result<std::unique_ptr<MonitorPass>> make(const Arguments& arguments,
                                                   const aws::Environment& environment);
  ~MonitorPass();
  MonitorPass(const MonitorPass&) = delete;
  MonitorPass& operator=(const MonitorPass&) = delete;

  // Looks at each job that runs, and once more at each that has ended since it was last looked at;
  // stores what it sees, writes metrics, and switches the schedule off where no job runs.
  // What cannot be done is among the troubles, and the rest is done. Nothing is begun after
  // `deadline`. Once.
  // Errors: those of the store, where it cannot even tell its jobs.
  Result<MonitorReport> look(SteadyTime deadline);

 private:
  MonitorPass(const MonitorArguments& arguments, const aws::Environment& environment,
              Opening opening);
  Result<void> connect(const aws::SharedConfig& config);

  template <class T>
  Result<T> run(net::Task<Result<T>> work);
  bool out_of_time() const { return std::chrono::steady_clock::now() >= deadline_; }

  Result<std::vector<std::string>> due();
  Result<workflow::JobSight> look_at(const std::string& job);
  void read_log(workflow::JobSight& sight, const std::optional<workflow::TaskPlace>& place,
                WallTime since);
  void read_stream(workflow::JobSight& sight, workflow::LogMemory& memory);
  void look_at_task(workflow::JobSight& sight, const workflow::TaskPlace& place);
  void count(workflow::JobSight& sight);
  void count_all();
  Result<void> judge(workflow::JobSight& sight);
  void write_metrics();
  void switch_schedule();
  Result<std::size_t> count_running();
  void trouble(const std::string& job, const Error& error);

  MonitorArguments arguments_;
  const aws::Environment& environment_;
  std::string store_url_;
  net::Loop loop_{1};
  net::CancelToken cancel_{loop_};
  net::HttpClient http_;
  aws::Runtime runtime_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<aws::Logs> logs_;
  std::unique_ptr<aws::Ecs> ecs_;
  std::unique_ptr<aws::CloudWatch> metrics_;
  std::unique_ptr<aws::Scheduler> scheduler_;
  SteadyTime deadline_{};
  MonitorReport report_;
};

// The answer of the function, and what `--json` prints.
std::string to_json(const MonitorReport& report);

}  // namespace s3m::app
