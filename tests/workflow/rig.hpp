// rig.hpp: whole commands in this process, against a simulated cloud with the article's accounts.
//
// Threading  the simulator has a thread of its own; everything else is on the test's.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine.hpp"
#include "app/run.hpp"
#include "sim/server.hpp"
#include "store/store.hpp"

namespace s3m::workflow {

inline const std::string source = "source-bucket";
inline const std::string destination = "destination-bucket";

// The article's accounts, and a source bucket in us-east-1 with `objects` small objects.
sim::Scenario article_world(std::uint64_t objects = 30);
// The same, and an empty destination bucket in eu-central-1.
sim::Scenario two_bucket_world(std::uint64_t objects = 30);

// A statement of somebody else, valid for `bucket`.
std::string others_policy(const std::string& bucket);

class Recorder final : public EventSink {
 public:
  void emit(const Event& event) override {
    events.push_back(event);
    if (hook) hook(event);
  }
  std::vector<Event> events;
  std::function<void(const Event&)> hook;
};

class Rig {
 public:
  explicit Rig(const sim::Scenario& scenario);
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // Runs a command line by the migrator's user. copy() and verify() add the locations of the two
  // buckets and the three roles.
  SummaryEvent run(std::vector<std::string> words);
  SummaryEvent copy(std::vector<std::string> options = {});
  SummaryEvent verify(std::vector<std::string> options = {});
  SummaryEvent cleanup(std::vector<std::string> options = {});
  // Of the source bucket to eu-central-1, confirmed beforehand.
  SummaryEvent migrate(std::vector<std::string> options = {});
  SummaryEvent migrate_until_asked(std::vector<std::string> options = {});  // not confirmed
  // The same command once more, as somebody gives it who goes on with an unfinished one.
  SummaryEvent migrate_again(std::vector<std::string> options = {});
  // `undo` of a migration; what refuses it before it begins is an error.
  Result<SummaryEvent> undo(const std::string& job);
  // What a job of that name runs in, with the roles of copy(): for parts of a job alone.
  std::unique_ptr<app::Engine> engine(std::string job_id);

  // `adopt` of a temporary bucket, with the roles of copy(); what refuses it before the job is
  // begun is an error.
  Result<SummaryEvent> adopt(const std::string& temporary, std::vector<std::string> options = {});
  // `jobs resume` or `jobs retry` of a job; what refuses them before they begin is an error.
  Result<SummaryEvent> again(const std::string& verb, const std::string& job,
                             std::vector<std::string> options = {});
  // `cleanup JOB`, likewise.
  Result<SummaryEvent> cleanup_job(const std::string& job, std::vector<std::string> options = {});
  const std::string& last_job() const { return last_job_; }
  std::unique_ptr<store::Store> store() const;

  template <class T>
  std::vector<T> events() const {
    std::vector<T> found;
    for (const auto& event : recorder_.events) {
      if (const auto* one = std::get_if<T>(&event)) found.push_back(*one);
    }
    return found;
  }
  const std::vector<Event>& every_event() const { return recorder_.events; }
  // Called with each event, as it comes.
  void on_event(std::function<void(const Event&)> hook) { recorder_.hook = std::move(hook); }
  // The notes and step messages of the last run, one a line.
  std::string told() const;
  const StepEvent* step(std::string_view name) const;  // its end

  template <class Use>
  auto cloud(Use use) {
    return server_->with_cloud(std::move(use));
  }
  std::string policy(const std::string& bucket);
  std::vector<std::string> keys(const std::string& bucket);
  void fault(sim::FaultRule rule);
  void deny(sim::FaultRule rule);  // the fault is an AccessDenied
  void switches(const std::function<void(sim::Switches&)>& change);
  // Requests of an operation since the last forget_requests().
  std::uint64_t requests(const std::string& operation);
  void forget_requests();
  // Names of operations that change something, with a successful answer, since then.
  std::vector<std::string> writes();
  const std::string& endpoint() const { return server_->endpoint(); }
  std::string file(const std::string& name) const { return (directory_ / name).string(); }

  std::map<std::string, std::string, std::less<>> environment;

 private:
  aws::Environment variables() const;
  app::Arguments parse(std::vector<std::string> words) const;
  SummaryEvent execute(const app::Arguments& arguments, const std::string& job);

  std::filesystem::path directory_;
  std::unique_ptr<sim::Server> server_;
  aws::Environment variables_;  // of engine()
  Recorder recorder_;
  std::string last_job_;
};

}  // namespace s3m::workflow
