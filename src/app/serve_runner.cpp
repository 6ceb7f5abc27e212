#include "app/serve_runner.hpp"

#include <exception>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "app/engine.hpp"
#include "app/job_command.hpp"
#include "app/jobs.hpp"
#include "app/run.hpp"
#include "app/serve_words.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "store/store.hpp"

namespace s3m::app {
namespace {

// Far more than a server runs.
constexpr std::size_t looked_through = 1000;

class Silent final : public EventSink {
 public:
  void emit(const Event&) override {}
};

std::unexpected<console::Problem> state_problem(std::string sentence) {
  return console::refuse({.status = 409, .code = "job-state", .detail = std::move(sentence)});
}

}  // namespace

struct ServeRunner::Job {
  std::string id;
  Arguments arguments;
  std::thread thread;
  // All below: under the runner's mutex.
  Engine* engine = nullptr;  // while its loop runs
  bool ended = false, interrupted = false;
  std::string problem;  // how it ended, where that was no good end
};

ServeRunner::ServeRunner(Options options, const aws::Environment& environment)
    : options_(std::move(options)), environment_(environment) {}

ServeRunner::~ServeRunner() {
  for (auto& [id, job] : jobs_)
    if (job->thread.joinable()) job->thread.join();
}

void ServeRunner::mark(const std::string& id, bool runs) const {
  auto store = store::open_store({.url = options_.store});
  auto kept =
      store ? (*store)->set_fact(id, serve_mark, runs ? "1" : "") : Result<void>(forward(store));
  if (!kept)
    log::warning("job {} would not be taken up by the next server: {}", id,
                 kept.error().describe());
}

void ServeRunner::forget_ended() {
  for (auto at = jobs_.begin(); at != jobs_.end();) {
    if (at->second->ended) {
      at->second->thread.join();
      at = jobs_.erase(at);
    } else {
      ++at;
    }
  }
}

console::Answer<void> ServeRunner::start(Arguments arguments, const std::string& id) {
  auto job = std::make_shared<Job>();
  job->id = id;
  job->arguments = std::move(arguments);
  job->arguments.store = options_.store;
  // Nobody sits at a terminal who could be asked, and nothing is printed.
  job->arguments.output.json = true;
  const std::scoped_lock lock(mutex_);
  forget_ended();
  if (stopping_) return state_problem("the server is being stopped");
  if (jobs_.contains(id)) return state_problem(fmt::format("job {} runs here already", id));
  if (jobs_.size() >= options_.most_jobs) {
    return console::refuse({.status = 429,
                            .code = "too-many",
                            .detail = fmt::format("{} jobs run here, which is the most; wait for "
                                                  "one to end, or pause it",
                                                  jobs_.size()),
                            .retry_after_seconds = 60});
  }
  jobs_[id] = job;
  job->thread = std::thread([this, job] { run(job); });
  return {};
}

// On the job's thread.
void ServeRunner::run(const std::shared_ptr<Job>& job) {
  mark(job->id, true);
  Silent events;
  auto engine = Engine::make(job->arguments, environment_, events, job->id);
  Outcome outcome;
  if (engine) {
    {
      const std::scoped_lock lock(mutex_);
      job->engine = engine->get();
      if (job->interrupted) (*engine)->cancel().cancel();
    }
    outcome = execute_in(**engine, job->arguments);
  } else {
    outcome = failed_outcome(engine.error(), false);
  }
  bool goes_on = false;
  {
    const std::scoped_lock lock(mutex_);
    job->engine = nullptr;
    goes_on = job->interrupted;
  }
  if (!goes_on) mark(job->id, false);
  if (engine) engine->reset();
  const std::scoped_lock lock(mutex_);
  job->problem = outcome.summary.message;
  job->ended = true;
  ended_.notify_all();
}

console::Answer<std::string> ServeRunner::begin(const console::JobRequest& request) {
  auto arguments = arguments_of(request, options_.allowed);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  auto id = new_job_id();
  auto started = start(*std::move(arguments), id);
  if (!started) return console::refuse(std::move(started.error()));
  return id;
}

console::Answer<Arguments> ServeRunner::taken_up(const std::string& id, workflow::Again again) {
  Arguments asked;
  asked.verb = again == workflow::Again::retry ? Verb::jobs_retry : Verb::jobs_resume;
  asked.job = id;
  asked.store = options_.store;
  auto arguments = take_up(asked, environment_);
  if (!arguments) return console::refuse(arguments.error());
  return *std::move(arguments);
}

console::Answer<void> ServeRunner::resume(const std::string& id, workflow::Again again) {
  auto arguments = taken_up(id, again);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  return start(*std::move(arguments), id);
}

console::Answer<void> ServeRunner::confirm(const std::string& id, std::string name,
                                           std::string digest) {
  auto arguments = taken_up(id, workflow::Again::resume);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  if (arguments->verb != Verb::migrate || arguments->source.bucket != name)
    return state_problem(fmt::format("job {} does not move a bucket of that name", id));
  arguments->confirmed_digest = std::move(digest);
  return start(*std::move(arguments), id);
}

console::Answer<void> ServeRunner::undo(const std::string& id) {
  auto arguments = taken_up(id, workflow::Again::resume);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  if (arguments->verb != Verb::migrate)
    return state_problem(fmt::format("job {} is no migration; there is nothing to undo", id));
  arguments->verb = Verb::undo;
  return start(*std::move(arguments), id);
}

bool ServeRunner::runs(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = jobs_.find(id);
  return found != jobs_.end() && !found->second->ended;
}

std::optional<std::string> ServeRunner::why_not(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || !found->second->ended) return std::nullopt;
  return found->second->problem;
}

std::vector<std::string> ServeRunner::words(std::string_view command_fact) const {
  auto command = decode_command(command_fact);
  return command ? std::move(command->words) : std::vector<std::string>();
}

console::Answer<console::JobRequest> ServeRunner::request_of(std::string_view command_fact) const {
  return app::request_of(words(command_fact));
}

Result<void> ServeRunner::take_up_marked() {
  auto store = store::open_store({.url = options_.store});
  if (!store) return forward(store);
  auto jobs = (*store)->jobs(looked_through);
  if (!jobs) return forward(jobs);
  for (const auto& job : *jobs) {
    auto marked = (*store)->fact(job.id, serve_mark);
    if (!marked) return forward(marked);
    if (!*marked || (*marked)->empty()) continue;
    const auto taken = resume(job.id, workflow::Again::resume);
    if (!taken) log::warning("job {} is not taken up: {}", printable(job.id), taken.error().detail);
  }
  return ok;
}

bool ServeRunner::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (auto& [id, job] : jobs_) {
    if (job->ended) continue;
    job->interrupted = true;
    if (job->engine == nullptr) continue;
    boost::asio::post(job->engine->loop(), [engine = job->engine] { engine->cancel().cancel(); });
  }
  const auto all_ended = [this] {
    return std::ranges::all_of(jobs_, [](const auto& entry) { return entry.second->ended; });
  };
  return ended_.wait_for(lock, patience, all_ended);
}

}  // namespace s3m::app
