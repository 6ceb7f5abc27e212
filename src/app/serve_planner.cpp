#include "app/serve_planner.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "app/engine.hpp"
#include "app/run.hpp"
#include "app/serve_words.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace s3m::app {
namespace {

// Beyond these a person reads no more.
constexpr std::size_t most_notes = 100;

}  // namespace

struct ServePlanner::Plan {
  std::string id;
  Arguments arguments;
  std::thread thread;
  // All below: under the planner's mutex.
  Engine* engine = nullptr;  // while its loop runs
  bool ended = false, cancelled = false;
  SteadyTime asked;  // last
  console::PlanFound found;
};

// What is told of a plan, as it is told.
class ServePlanner::Gathering final : public EventSink {
 public:
  Gathering(std::mutex& mutex, console::PlanFound& found) : mutex_(mutex), found_(found) {}

  void emit(const Event& event) override {
    const std::scoped_lock lock(mutex_);
    if (const auto* progress = std::get_if<ProgressEvent>(&event)) {
      found_.progress = *progress;
    } else if (const auto* access = std::get_if<AccessEvent>(&event)) {
      found_.access = *access;
    } else if (const auto* copy = std::get_if<PlanEvent>(&event)) {
      found_.copy = *copy;
    } else if (const auto* migration = std::get_if<MigrationPlanEvent>(&event)) {
      found_.migration = *migration;
    } else if (const auto* note = std::get_if<NoteEvent>(&event)) {
      if (note->level >= NoteLevel::warning) add_note(note->message);
    } else if (const auto* failure = std::get_if<FailureEvent>(&event)) {
      add_note(fmt::format("{} {}/{}: {}", failure->operation, failure->bucket, failure->key,
                           failure->message));
    }
  }

 private:
  void add_note(std::string text) {
    if (found_.notes.size() < most_notes) found_.notes.push_back(std::move(text));
  }

  std::mutex& mutex_;
  console::PlanFound& found_;
};

ServePlanner::ServePlanner(Options options, const aws::Environment& environment)
    : options_(std::move(options)), environment_(environment) {}

ServePlanner::~ServePlanner() {
  interrupt();
  for (auto& [id, plan] : plans_)
    plan->thread.join();
}

std::size_t ServePlanner::running() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(plans_, [](const auto& entry) { return !entry.second->ended; }));
}

void ServePlanner::cancel(Plan& plan) {
  plan.cancelled = true;
  if (plan.engine == nullptr) return;
  boost::asio::post(plan.engine->loop(), [engine = plan.engine] { engine->cancel().cancel(); });
}

// Ends what was abandoned, and forgets what ended long ago.
void ServePlanner::forget_old() {
  const auto now = std::chrono::steady_clock::now();
  const bool full = running() >= options_.most_at_once;
  std::size_t kept = plans_.size();
  for (auto at = plans_.begin(); at != plans_.end();) {
    auto& plan = *at->second;
    if (!plan.ended && full && now - plan.asked > options_.abandoned) cancel(plan);
    const bool old = now - plan.asked > options_.kept || kept > options_.most_kept;
    if (plan.ended && old) {
      plan.thread.join();
      at = plans_.erase(at);
      --kept;
    } else {
      ++at;
    }
  }
}

console::Answer<std::string> ServePlanner::begin(const console::JobRequest& request) {
  auto arguments = arguments_of(request, options_.allowed);
  if (!arguments) return console::refuse(std::move(arguments.error()));
  auto plan = std::make_shared<Plan>();
  plan->id = new_job_id();
  plan->arguments = *std::move(arguments);
  plan->arguments.store = options_.store;
  plan->arguments.dry_run = true;
  plan->arguments.output.json = true;  // nobody sits at a terminal
  plan->asked = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  forget_old();
  if (stopping_ || running() >= options_.most_at_once) {
    return console::refuse({.status = 429,
                            .code = "too-many",
                            .detail = "So many plans are being made here that another has to wait; "
                                      "try again in a moment.",
                            .retry_after_seconds = 5});
  }
  plans_[plan->id] = plan;
  plan->thread = std::thread([this, plan] { run(plan); });
  return plan->id;
}

// On the plan's thread.
void ServePlanner::run(const std::shared_ptr<Plan>& plan) {
  Gathering events(mutex_, plan->found);
  auto engine = Engine::make(plan->arguments, environment_, events, plan->id);
  Outcome outcome;
  if (engine) {
    {
      const std::scoped_lock lock(mutex_);
      plan->engine = engine->get();
      if (plan->cancelled) (*engine)->cancel().cancel();
    }
    outcome = execute_in(**engine, plan->arguments);
  } else {
    outcome = failed_outcome(engine.error(), false);
  }
  {
    const std::scoped_lock lock(mutex_);
    plan->engine = nullptr;
  }
  if (engine) engine->reset();
  const std::scoped_lock lock(mutex_);
  auto& found = plan->found;
  const bool planned = found.copy || found.migration;
  found.state = planned || outcome.summary.exit_code == 0 ? console::PlanState::done
                                                          : console::PlanState::failed;
  if (found.state == console::PlanState::failed) {
    found.problem = plan->cancelled ? "It was ended before it was done." : outcome.summary.message;
  } else if (!planned) {
    found.notes.push_back(outcome.summary.message);
  }
  plan->ended = true;
  ended_.notify_all();
}

std::optional<console::PlanFound> ServePlanner::find(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = plans_.find(id);
  if (found == plans_.end()) return std::nullopt;
  found->second->asked = std::chrono::steady_clock::now();
  return found->second->found;
}

void ServePlanner::interrupt() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  for (auto& [id, plan] : plans_)
    cancel(*plan);
}

bool ServePlanner::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, patience, [this] { return running() == 0; });
}

}  // namespace s3m::app
