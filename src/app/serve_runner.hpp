// serve_runner.hpp: jobs that run inside `s3migrator serve`, each with an engine and a thread of
// its own.
//
// Layer      app.
// Threading  any thread. No call waits for a service; those that take a job up wait for the store.
// Source     docs/adr/0020-jobs-in-the-console.md
//
// A job that is running when the server is stopped is paused, and marked in the store; so is one
// whose server was killed. The next server takes both up. One that was paused by a person is not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
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

class ServeRunner final : public console::JobRunner {
 public:
  struct Options {
    std::string store;  // a URL that means the same wherever the server is
    console::Allowed allowed;
    std::size_t most_jobs = 4;  // at once
    Share share;                // what all of them have together
  };
  // `environment` outlives it.
  ServeRunner(Options options, const aws::Environment& environment);
  // Requires that all jobs have ended: wait() gave true, or none was begun.
  ~ServeRunner() override;
  ServeRunner(const ServeRunner&) = delete;
  ServeRunner& operator=(const ServeRunner&) = delete;

  console::Allowed allowed() const override { return options_.allowed; }
  console::Answer<std::string> begin(const console::JobRequest& request,
                                     const console::Person& person) override;
  console::Answer<void> resume(const std::string& id, workflow::Again again,
                               const std::vector<console::JobRequest::Option>& more,
                               const console::Person& person) override;
  console::Answer<void> confirm(const std::string& id, std::string name, std::string digest,
                                const console::Person& person) override;
  console::Answer<void> undo(const std::string& id,
                             const std::vector<console::JobRequest::Option>& more,
                             const console::Person& person) override;
  console::Answer<void> limit(const std::string& id, const JobLimits& limits,
                              const std::string& note) override;
  std::optional<JobLimits> limits(const std::string& id) const override;
  void tell(const std::string& id, std::string note) override;
  bool runs(const std::string& id) const override;
  console::Beginning beginning(const std::string& id) const override;
  bool hold(const std::string& id) override;
  void let_go(const std::string& id) override;
  console::Answer<console::JobRequest> request_of(std::string_view command_fact) const override;

  // Takes up what an earlier server left. What cannot be taken up is logged. Errors: those of the
  // store.
  Result<void> take_up_marked();

  // Pauses all jobs, and begins none any more.
  void interrupt();
  // Waits until all have ended. False: some have not, within `patience`.
  bool wait(std::chrono::milliseconds patience);

 private:
  struct Job;
  class Listener;

  console::Answer<void> start(Arguments arguments, const std::string& id,
                              const console::Person& person);
  console::Answer<void> may_start(const Job& job) const;
  console::Answer<Arguments> taken_up(const std::string& id, workflow::Again again,
                                      std::vector<std::string> more = {}) const;
  void take_up(store::Store& store, const std::string& id, const std::string& mark);
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
