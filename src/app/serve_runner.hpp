// serve_runner.hpp: what the console asks of jobs, as command lines for those that run inside
// `s3migrator serve`.
//
// Layer      app.
// Threading  any thread. No call waits for a service; those that take a job up wait for the store.
// Source     docs/adr/0020-jobs-in-the-console.md
//
// A job that is running when the server is stopped is paused, and marked in the store; so is one
// whose server was killed. The next server takes both up. One that was paused by a person is not.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "app/arguments.hpp"
#include "app/running_jobs.hpp"
#include "aws/config.hpp"
#include "console/runner.hpp"

namespace s3m::app {

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

  console::Allowed allowed() const override { return options_.allowed; }
  console::Answer<std::string> begin(const console::JobRequest& request,
                                     const console::Person& person) override;
  console::Answer<void> resume(const std::string& id, workflow::Again again,
                               const std::vector<console::JobRequest::Option>& more,
                               const console::Person& person) override;
  console::Answer<void> retry_some(const std::string& id, std::vector<std::uint64_t> failures,
                                   const console::Person& person) override;
  console::Answer<void> confirm(const std::string& id, std::string name, std::string asked,
                                const console::Person& person) override;
  console::Answer<void> undo(const std::string& id,
                             const std::vector<console::JobRequest::Option>& more,
                             const console::Person& person) override;
  console::Answer<void> limit(const std::string& id, const JobLimits& limits,
                              const std::string& note) override {
    return jobs_.limit(id, limits, note);
  }
  std::optional<JobLimits> limits(const std::string& id) const override { return jobs_.limits(id); }
  void tell(const std::string& id, std::string note) override { jobs_.tell(id, std::move(note)); }
  bool runs(const std::string& id) const override { return jobs_.runs(id); }
  console::Beginning beginning(const std::string& id) const override { return jobs_.beginning(id); }
  bool hold(const std::string& id) override { return jobs_.hold(id); }
  void let_go(const std::string& id) override { jobs_.let_go(id); }
  console::Answer<console::JobRequest> request_of(std::string_view command_fact) const override;

  // Takes up what an earlier server left. What cannot be taken up is logged. Errors: those of the
  // store.
  Result<void> take_up_marked();

  // As RunningJobs.
  void interrupt() { jobs_.interrupt(); }
  bool wait(std::chrono::milliseconds patience) { return jobs_.wait(patience); }

 private:
  console::Answer<Arguments> taken_up(const std::string& id, workflow::Again again,
                                      std::vector<std::string> more = {},
                                      std::vector<std::uint64_t> failures = {}) const;
  Result<void> confirmed_anew(Arguments& arguments, const std::string& id) const;
  void take_up(store::Store& store, const std::string& id, const std::string& mark);

  const Options options_;
  const aws::Environment& environment_;
  RunningJobs jobs_;
};

}  // namespace s3m::app
