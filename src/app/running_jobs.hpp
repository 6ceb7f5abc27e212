// running_jobs.hpp: the jobs that run inside `s3migrator serve`, each with an engine and a thread
// of its own, and what they share.
//
// Layer      app.
// Threading  any thread. No call waits for a service.
// Source     docs/adr/0020-jobs-in-the-console.md, docs/adr/0022-limits-of-running-jobs.md
#pragma once

#include <chrono>
#include <condition_variable>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "app/arguments.hpp"
#include "app/job_limits.hpp"
#include "aws/config.hpp"
#include "console/runner.hpp"

namespace s3m::app {

class Engine;

// The fact of a job that a server runs: the next one is to take it up. Its value is what was asked
// of it: "run" or "undo"; empty: nobody is to take it up.
inline constexpr std::string_view serve_mark = "serve-runs";

// 409, for what the state of a job or of the server forbids.
std::unexpected<console::Problem> state_problem(std::string sentence);

class RunningJobs {
 public:
  struct Options {
    std::string store;          // a URL that means the same wherever the server is
    std::size_t most_jobs = 4;  // at once
    Share share;                // what all of them have together
  };
  // `environment` outlives it.
  RunningJobs(Options options, const aws::Environment& environment);
  // Requires that all jobs have ended: wait() gave true, or none was begun.
  ~RunningJobs();
  RunningJobs(const RunningJobs&) = delete;
  RunningJobs& operator=(const RunningJobs&) = delete;

  // Begins what `arguments` say, as job `id`. Problems: 409, 429 as console::JobRunner::begin.
  console::Answer<void> start(Arguments arguments, const std::string& id,
                              const console::Person& person);

  // As those of console::JobRunner.
  console::Answer<void> limit(const std::string& id, const JobLimits& limits,
                              const std::string& note);
  std::optional<JobLimits> limits(const std::string& id) const;
  void tell(const std::string& id, std::string note);
  bool runs(const std::string& id) const;
  console::Beginning beginning(const std::string& id) const;
  bool hold(const std::string& id);
  void let_go(const std::string& id);

  // Pauses all jobs, and begins none any more.
  void interrupt();
  // Waits until all have ended. False: some have not, within `patience`.
  bool wait(std::chrono::milliseconds patience);

 private:
  struct Job;
  class Listener;

  console::Answer<void> may_start(const Job& job) const;
  void run(Job& job);
  void leave(Engine& engine, const Job& job) const;
  void decide(Job& job, std::optional<console::Problem> refused);
  void forget_ended();
  void share_out();
  std::size_t active() const;
  Job* running(const std::string& id) const;

  const Options options_;
  const aws::Environment& environment_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  // Ended ones too, for a while: who began them is told what became of them.
  std::map<std::string, std::shared_ptr<Job>> jobs_;
  std::set<std::string> held_;
  bool stopping_ = false;
};

}  // namespace s3m::app
