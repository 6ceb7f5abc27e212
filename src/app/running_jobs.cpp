#include "app/running_jobs.hpp"

#include <algorithm>
#include <exception>
#include <ranges>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "app/engine.hpp"
#include "app/run.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "store/store.hpp"

namespace s3m::app {
namespace {

using console::Answer;
using console::Person;
using console::Problem;

// Who began a job asks what became of it within seconds.
constexpr std::chrono::minutes remembered{1};

std::unexpected<Problem> stopping_problem() {
  return state_problem("the server is being stopped");
}

}  // namespace

std::unexpected<Problem> state_problem(std::string sentence) {
  return console::refuse({.status = 409, .code = "job-state", .detail = std::move(sentence)});
}

struct RunningJobs::Job {
  std::string id;
  Arguments arguments;
  Person person;
  workflow::OutsideNotes notes;  // the job's thread alone
  std::thread thread;
  // All below: under the runner's mutex.
  Engine* engine = nullptr;  // while its loop runs
  JobLimits limits;          // its own
  bool interrupted = false;
  console::Beginning beginning;
  std::optional<std::chrono::steady_clock::time_point> ended;
};

// Hears whether the job was begun: one that was not tells how it ended, and nothing else.
class RunningJobs::Listener final : public EventSink {
 public:
  Listener(RunningJobs& runner, Job& job) : runner_(runner), job_(job) {}

  void emit(const Event& event) override {
    if (std::exchange(heard_, true)) return;
    const auto* const summary = std::get_if<SummaryEvent>(&event);
    if (summary == nullptr) return runner_.decide(job_, std::nullopt);
    runner_.decide(
        job_, Problem{.status = 409, .code = "not-begun", .detail = single_line(summary->message)});
  }

 private:
  RunningJobs& runner_;
  Job& job_;
  bool heard_ = false;
};

RunningJobs::RunningJobs(Options options, const aws::Environment& environment)
    : options_(std::move(options)), environment_(environment) {}

RunningJobs::~RunningJobs() {
  for (auto& [id, job] : jobs_)
    if (job->thread.joinable()) job->thread.join();
}

// All below with a lock held, up to start().

void RunningJobs::forget_ended() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(jobs_, [now](auto& entry) {
    auto& job = *entry.second;
    if (!job.ended || now - *job.ended < remembered) return false;
    job.thread.join();
    return true;
  });
}

std::size_t RunningJobs::active() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(jobs_, [](const auto& entry) { return !entry.second->ended; }));
}

RunningJobs::Job* RunningJobs::running(const std::string& id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() || found->second->ended ? nullptr : found->second.get();
}

Answer<void> RunningJobs::may_start(const Job& job) const {
  if (stopping_) return stopping_problem();
  if (running(job.id) != nullptr)
    return state_problem(fmt::format("job {} runs here already", printable(job.id)));
  if (held_.contains(job.id))
    return state_problem(fmt::format("job {} is just being changed; ask again", printable(job.id)));
  const auto moves = [](const Arguments& arguments) {
    return arguments.verb == Verb::migrate || arguments.verb == Verb::undo;
  };
  for (const auto& [id, other] : jobs_) {
    const bool same = moves(job.arguments) && moves(other->arguments) &&
                      other->arguments.source.bucket == job.arguments.source.bucket;
    if (same && !other->ended)
      return state_problem(fmt::format("job {} moves that bucket now", printable(id)));
  }
  if (active() < options_.most_jobs) return {};
  return console::refuse({.status = 429,
                          .code = "too-many",
                          .detail = fmt::format("{} jobs run here, which is the most; wait for one "
                                                "to end, or pause it",
                                                active()),
                          .retry_after_seconds = 60});
}

// To all that run, because the share of each depends on the others.
void RunningJobs::share_out() {
  std::vector<Job*> jobs;
  std::vector<JobLimits> limits;
  for (const auto& [id, job] : jobs_) {
    if (job->ended) continue;
    jobs.push_back(job.get());
    limits.push_back(job->limits);
  }
  const auto shares = shares_of(options_.share, limits);
  for (std::size_t at = 0; at < jobs.size(); ++at) {
    auto* const engine = jobs[at]->engine;
    if (engine == nullptr) continue;
    boost::asio::post(engine->loop(), [engine, options = governor_options(limits[at], shares[at])] {
      engine->limit(options);
    });
  }
}

Answer<void> RunningJobs::start(Arguments arguments, const std::string& id, const Person& person) {
  auto job = std::make_shared<Job>();
  job->id = id;
  job->arguments = std::move(arguments);
  job->arguments.store = options_.store;
  // Nobody sits at a terminal who could be asked, and nothing is printed. Files are for those who
  // sit at this machine: a report is fetched from the console.
  job->arguments.output.json = true;
  job->arguments.spec.report.clear();
  job->person = person;
  job->limits = limits_of(job->arguments);
  const std::scoped_lock lock(mutex_);
  forget_ended();
  if (auto may = may_start(*job); !may) return may;
  auto& place = jobs_[id];
  if (place) place->thread.join();  // its last run, which has ended
  place = job;
  job->thread = std::thread([this, job] { run(*job); });
  return {};
}

void RunningJobs::decide(Job& job, std::optional<Problem> refused) {
  const std::scoped_lock lock(mutex_);
  job.beginning = {.decided = true, .refused = std::move(refused)};
}

// On the job's thread.
void RunningJobs::run(Job& job) {
  Listener events(*this, job);
  auto engine = Engine::make(job.arguments, environment_, events, job.id);
  if (engine) {
    auto& context = (*engine)->context();
    const bool undone = job.arguments.verb == Verb::undo;
    context.begin_facts = {{std::string(serve_mark), undone ? "undo" : "run"}};
    context.outside = &job.notes;
    job.notes.say(job.person.note);
    {
      const std::scoped_lock lock(mutex_);
      job.engine = engine->get();
      if (job.interrupted) (*engine)->cancel().cancel();
      share_out();
    }
    execute_in(**engine, job.arguments);
    {
      const std::scoped_lock lock(mutex_);
      job.engine = nullptr;
    }
    leave(**engine, job);
    engine->reset();
  } else {
    decide(job, console::problem_of(engine.error()));
  }
  const std::scoped_lock lock(mutex_);
  job.beginning.decided = true;
  job.ended = std::chrono::steady_clock::now();
  share_out();
  ended_.notify_all();
}

// What this process has of the job is given back: it goes on living, and what it holds would be
// taken for a job that runs. The mark stays where the server and nobody else ended the job.
void RunningJobs::leave(Engine& engine, const Job& job) const {
  bool interrupted = false, begun = false;
  {
    const std::scoped_lock lock(mutex_);
    interrupted = job.interrupted;
    begun = !job.beginning.refused;
  }
  if (!begun) return;
  const auto left = engine.context().store.run_blocking([&](store::Store& store) -> Result<void> {
    auto released = store.release_job(job.id, store::this_process());
    if (!released) return forward(released);
    auto asked = store.request_of(job.id);
    if (interrupted && asked && *asked == store::JobRequest::none) return ok;
    return store.set_fact(job.id, serve_mark, "");
  });
  if (!left) log::warning("job {}: {}", printable(job.id), left.error().describe());
}

Answer<void> RunningJobs::limit(const std::string& id, const JobLimits& limits,
                                const std::string& note) {
  {
    const std::scoped_lock lock(mutex_);
    auto* const job = running(id);
    if (job == nullptr) return state_problem(fmt::format("job {} has ended", printable(id)));
    job->limits = limits;
    share_out();
  }
  tell(id, note);
  return {};
}

std::optional<JobLimits> RunningJobs::limits(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto* const job = running(id);
  return job == nullptr ? std::nullopt : std::optional(job->limits);
}

void RunningJobs::tell(const std::string& id, std::string note) {
  const std::scoped_lock lock(mutex_);
  auto* const job = running(id);
  if (job == nullptr || job->engine == nullptr) return;
  boost::asio::post(job->engine->loop(),
                    [job, note = std::move(note)]() mutable { job->notes.say(std::move(note)); });
}

bool RunningJobs::runs(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  return running(id) != nullptr;
}

console::Beginning RunningJobs::beginning(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return {.decided = true, .refused = {}};
  auto beginning = found->second->beginning;
  // Nobody is kept waiting by a store that does not answer.
  if (stopping_ && !beginning.decided)
    beginning = {.decided = true, .refused = stopping_problem().error()};
  return beginning;
}

bool RunningJobs::hold(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  return running(id) == nullptr && held_.insert(id).second;
}

void RunningJobs::let_go(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  held_.erase(id);
}

void RunningJobs::interrupt() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  for (auto& [id, job] : jobs_) {
    if (job->ended) continue;
    job->interrupted = true;
    if (job->engine == nullptr) continue;
    boost::asio::post(job->engine->loop(), [engine = job->engine] { engine->cancel().cancel(); });
  }
}

bool RunningJobs::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, patience, [this] { return active() == 0; });
}

}  // namespace s3m::app
