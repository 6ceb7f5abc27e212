// serve_runner.hpp: jobs that run inside `s3migrator serve`, each with an engine and a thread of
// its own.
//
// Layer      app.
// Threading  any thread. No call waits for a service; those that take a job up wait for the store.
//
// A job that is running when the server is stopped is paused, and marked in the store; so is one
// whose server was killed. The next server takes both up. One that was paused by a person is not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/arguments.hpp"
#include "aws/config.hpp"
#include "console/runner.hpp"

namespace s3m::app {

class Engine;

// The fact of a job that the server is to take up when it starts; empty: no longer.
inline constexpr std::string_view serve_mark = "serve-runs";

class ServeRunner final : public console::JobRunner {
 public:
  struct Options {
    std::string store;  // a URL that means the same wherever the server is
    console::Allowed allowed;
    std::size_t most_jobs = 4;  // at once
  };
  // `environment` outlives it.
  ServeRunner(Options options, const aws::Environment& environment);
  // Requires stop().
  ~ServeRunner() override;

  console::Allowed allowed() const override { return options_.allowed; }
  console::Answer<std::string> begin(const console::JobRequest& request) override;
  console::Answer<void> resume(const std::string& id, workflow::Again again) override;
  console::Answer<void> confirm(const std::string& id, std::string name,
                                std::string digest) override;
  console::Answer<void> undo(const std::string& id) override;
  bool runs(const std::string& id) const override;
  std::optional<std::string> why_not(const std::string& id) const override;
  std::vector<std::string> words(std::string_view command_fact) const override;
  console::Answer<console::JobRequest> request_of(std::string_view command_fact) const override;

  // Takes up what an earlier server left. Errors: those of the store.
  Result<void> take_up_marked();

  // Pauses all jobs and waits until they have ended. False: some have not, within `patience`.
  bool stop(std::chrono::milliseconds patience);

 private:
  struct Job;
  console::Answer<void> start(Arguments arguments, const std::string& id);
  console::Answer<Arguments> taken_up(const std::string& id, workflow::Again again);
  void run(const std::shared_ptr<Job>& job);
  void mark(const std::string& id, bool runs) const;
  void forget_ended();

  const Options options_;
  const aws::Environment& environment_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  // ended ones too, until the next begins
  bool stopping_ = false;
};

}  // namespace s3m::app
