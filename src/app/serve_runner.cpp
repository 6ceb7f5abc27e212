#include "app/serve_runner.hpp"

#include <algorithm>
#include <exception>
#include <ranges>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "app/engine.hpp"
#include "app/job_command.hpp"
#include "app/jobs.hpp"
#include "app/migrate.hpp"
#include "app/run.hpp"
#include "app/serve_words.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "store/store.hpp"

namespace s3m::app {
namespace {

using console::Answer;
using console::Person;
using console::Problem;

// Far more than a server runs.
constexpr std::size_t looked_through = 1000;
// Who began a job asks what became of it within seconds.
constexpr std::chrono::minutes remembered{1};

std::unexpected<Problem> state_problem(std::string sentence) {
  return console::refuse({.status = 409, .code = "job-state", .detail = std::move(sentence)});
}

std::unexpected<Problem> stopping_problem() {
  return state_problem("the server is being stopped");
}

const Person next_server{.who = "the server",
                         .note = "Taken up by the console: it was running when the server ended"};

}  // namespace

struct ServeRunner::Job {
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
class ServeRunner::Listener final : public EventSink {
 public:
  Listener(ServeRunner& runner, Job& job) : runner_(runner), job_(job) {}

  void emit(const Event& event) override {
    if (std::exchange(heard_, true)) return;
    const auto* const summary = std::get_if<SummaryEvent>(&event);
    if (summary == nullptr) return runner_.decide(job_, std::nullopt);
    runner_.decide(
        job_, Problem{.status = 409, .code = "not-begun", .detail = single_line(summary->message)});
  }

 private:
  ServeRunner& runner_;
  Job& job_;
  bool heard_ = false;
};

ServeRunner::ServeRunner(Options options, const aws::Environment& environment)
    : options_(std::move(options)), environment_(environment) {}

ServeRunner::~ServeRunner() {
  for (auto& [id, job] : jobs_)
    if (job->thread.joinable()) job->thread.join();
}

// All below with a lock held, up to start().

void ServeRunner::forget_ended() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(jobs_, [now](auto& entry) {
    auto& job = *entry.second;
    if (!job.ended || now - *job.ended < remembered) return false;
    job.thread.join();
    return true;
  });
}

std::size_t ServeRunner::active() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(jobs_, [](const auto& entry) { return !entry.second->ended; }));
}

ServeRunner::Job* ServeRunner::running(const std::string& id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() || found->second->ended ? nullptr : found->second.get();
}

Answer<void> ServeRunner::may_start(const Job& job) const {
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
void ServeRunner::share_out() {
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

Answer<void> ServeRunner::start(Arguments arguments, const std::string& id, const Person& person) {
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

void ServeRunner::decide(Job& job, std::optional<Problem> refused) {
  const std::scoped_lock lock(mutex_);
  job.beginning = {.decided = true, .refused = std::move(refused)};
}

// On the job's thread.
void ServeRunner::run(Job& job) {
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
void ServeRunner::leave(Engine& engine, const Job& job) const {
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

Answer<std::string> ServeRunner::begin(const console::JobRequest& request, const Person& person) {
  auto arguments = arguments_of(request, options_.allowed);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  arguments->store = options_.store;
  if (arguments->verb == Verb::migrate) {
    const auto unfinished = with_unfinished_migration(*arguments, environment_);
    if (!unfinished) return console::refuse(unfinished.error());
    if (unfinished->again) {
      return state_problem(
          fmt::format("job {} moves that bucket and has not ended; go on with it, or take it back",
                      printable(unfinished->job)));
    }
  }
  auto id = new_job_id();
  auto started = start(*std::move(arguments), id, person);
  if (!started) return console::refuse(std::move(started.error()));
  return id;
}

Answer<Arguments> ServeRunner::taken_up(const std::string& id, workflow::Again again,
                                        std::vector<std::string> more) const {
  Arguments asked;
  asked.more_words = std::move(more);
  asked.verb = again == workflow::Again::retry ? Verb::jobs_retry : Verb::jobs_resume;
  asked.job = id;
  asked.store = options_.store;
  auto arguments = app::take_up(asked, environment_);
  if (!arguments) return console::refuse(arguments.error());
  if (arguments->verb != Verb::copy && arguments->verb != Verb::migrate)
    return state_problem(fmt::format("job {} is no copy and no migration", printable(id)));
  // It may have been begun elsewhere, by somebody who may name more.
  auto may = may_use(*arguments, options_.allowed);
  if (!may) return console::refuse(std::move(may.error()));
  return *std::move(arguments);
}

Answer<void> ServeRunner::resume(const std::string& id, workflow::Again again,
                                 const std::vector<console::JobRequest::Option>& more,
                                 const Person& person) {
  auto words = more_words(more);
  if (!words) return console::refuse(std::move(words.error()));
  auto arguments = taken_up(id, again, *std::move(words));
  if (!arguments) return console::refuse(std::move(arguments.error()));
  return start(*std::move(arguments), id, person);
}

Answer<void> ServeRunner::confirm(const std::string& id, std::string name, std::string digest,
                                  const Person& person) {
  auto arguments = taken_up(id, workflow::Again::resume);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  if (arguments->verb != Verb::migrate || arguments->source.bucket != name || digest.empty())
    return state_problem(fmt::format("job {} does not move a bucket of that name", printable(id)));
  arguments->confirmed_digest = std::move(digest);
  arguments->confirmed_by = person.who + ", in the console";
  return start(*std::move(arguments), id, person);
}

Answer<void> ServeRunner::undo(const std::string& id,
                               const std::vector<console::JobRequest::Option>& more,
                               const Person& person) {
  auto words = undo_words(more);
  if (!words) return console::refuse(std::move(words.error()));
  auto arguments = taken_up(id, workflow::Again::resume, *std::move(words));
  if (!arguments) return console::refuse(std::move(arguments.error()));
  if (arguments->verb != Verb::migrate)
    return state_problem(
        fmt::format("job {} is no migration; there is nothing to undo", printable(id)));
  arguments->verb = Verb::undo;
  return start(*std::move(arguments), id, person);
}

Answer<void> ServeRunner::limit(const std::string& id, const JobLimits& limits,
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

std::optional<JobLimits> ServeRunner::limits(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto* const job = running(id);
  return job == nullptr ? std::nullopt : std::optional(job->limits);
}

void ServeRunner::tell(const std::string& id, std::string note) {
  const std::scoped_lock lock(mutex_);
  auto* const job = running(id);
  if (job == nullptr || job->engine == nullptr) return;
  boost::asio::post(job->engine->loop(),
                    [job, note = std::move(note)]() mutable { job->notes.say(std::move(note)); });
}

bool ServeRunner::runs(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  return running(id) != nullptr;
}

console::Beginning ServeRunner::beginning(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return {.decided = true, .refused = {}};
  auto beginning = found->second->beginning;
  // Nobody is kept waiting by a store that does not answer.
  if (stopping_ && !beginning.decided)
    beginning = {.decided = true, .refused = stopping_problem().error()};
  return beginning;
}

bool ServeRunner::hold(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  return running(id) == nullptr && held_.insert(id).second;
}

void ServeRunner::let_go(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  held_.erase(id);
}

Answer<console::JobRequest> ServeRunner::request_of(std::string_view command_fact) const {
  auto command = decode_command(command_fact);
  return app::request_of(command ? command->words : std::vector<std::string>());
}

// Its server was killed, or has paused it; not one that ended otherwise just before the mark could
// be taken off, or that a person has asked to end.
void ServeRunner::take_up(store::Store& store, const std::string& id, const std::string& mark) {
  const auto view = workflow::view_job(store, id);
  if (!view) return log::warning("job {}: {}", printable(id), view.error().describe());
  if (view->at_work) return;
  const auto state = view->job.state;
  const bool open = state == store::JobState::running || state == store::JobState::paused;
  if (!open || view->job.request != store::JobRequest::none) {
    auto unmarked = store.set_fact(id, serve_mark, "");
    if (!unmarked) log::warning("job {}: {}", printable(id), unmarked.error().describe());
    return;
  }
  const auto taken = mark == "undo" ? undo(id, {}, next_server)
                                    : resume(id, workflow::Again::resume, {}, next_server);
  if (!taken) log::warning("job {} is not taken up: {}", printable(id), taken.error().detail);
}

Result<void> ServeRunner::take_up_marked() {
  auto store = store::open_store({.url = options_.store});
  if (!store) return forward(store);
  auto jobs = (*store)->jobs(looked_through);
  if (!jobs) return forward(jobs);
  for (const auto& job : *jobs) {
    auto mark = (*store)->fact(job.id, serve_mark);
    if (!mark) return forward(mark);
    if (*mark && !(*mark)->empty()) take_up(**store, job.id, **mark);
  }
  return ok;
}

void ServeRunner::interrupt() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  for (auto& [id, job] : jobs_) {
    if (job->ended) continue;
    job->interrupted = true;
    if (job->engine == nullptr) continue;
    boost::asio::post(job->engine->loop(), [engine = job->engine] { engine->cancel().cancel(); });
  }
}

bool ServeRunner::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, patience, [this] { return active() == 0; });
}

}  // namespace s3m::app
