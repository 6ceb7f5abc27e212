// serve_planner.hpp: plans made inside `s3migrator serve`: what --dry-run does, each with an engine
// and a thread of its own.
//
// Layer      app.
// Threading  any thread. No call waits for a service.
//
// Plans are kept in memory alone. One that nobody has asked about for a while makes room for
// others.
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
#include "console/planner.hpp"
#include "console/runner.hpp"

namespace s3m::app {

class Engine;

class ServePlanner final : public console::Planner {
 public:
  struct Options {
    std::string store;  // a URL that means the same wherever the server is
    console::Allowed allowed;
    std::size_t most_at_once = 4, most_kept = 64;
    std::chrono::minutes kept{15};      // after it was asked for last
    std::chrono::minutes abandoned{2};  // after which it is ended when another needs its room
  };
  // `environment` outlives it.
  ServePlanner(Options options, const aws::Environment& environment);
  // Ends all plans and waits for them.
  ~ServePlanner() override;

  console::Answer<std::string> begin(const console::JobRequest& request) override;
  std::optional<console::PlanFound> find(const std::string& id) override;

  // Ends all plans; none begins after it.
  void interrupt();
  // Waits until all have ended. False: some have not, within `patience`.
  bool wait(std::chrono::milliseconds patience);

 private:
  struct Plan;
  class Gathering;
  void run(const std::shared_ptr<Plan>& plan);
  // All three: under the mutex.
  void forget_old();
  std::size_t running() const;
  static void cancel(Plan& plan);

  const Options options_;
  const aws::Environment& environment_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::string, std::shared_ptr<Plan>> plans_;
  bool stopping_ = false;
};

}  // namespace s3m::app
