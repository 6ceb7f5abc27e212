#include "workflow/job_run.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/earlier_runs.hpp"
#include "workflow/liveness.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

Result<int> begin_new(store::Store& store, const std::string& id, const JobStart& start,
                      std::chrono::milliseconds lease) {
  if (auto created = store.create_job(id, start.kind, start.spec); !created) {
    return forward(created);
  }
  if (auto claimed = take_claim(store, id, lease); !claimed) return forward(claimed);
  if (!start.command.empty()) {
    if (auto set = store.set_fact(id, command_fact, start.command); !set) return forward(set);
  }
  return 1;
}

bool ended_well(const store::JobRecord& job) {
  return job.state == store::JobState::done && job.exit_code == exit_verified;
}

// What had ended well is begun anew, and so is its percentage.
Result<void> tell_where_it_stopped(store::Store& store, const store::JobRecord& job) {
  const bool anew = ended_well(job);
  auto steps = store.steps_of(job.id);
  if (!steps) return forward(steps);
  const auto unfinished = std::ranges::find_if(*steps, [](const store::JobStep& step) {
    return step.state == StepState::started || step.state == StepState::failed;
  });
  if (anew) {
    if (auto set = store.set_fact(job.id, percent_fact, ""); !set) return set;
    return store.set_fact(job.id, resumed_from_fact, "");
  }
  // One that was killed before its first step was recorded has come no further than the one before.
  if (steps->empty()) return ok;
  const auto& stopped = unfinished == steps->end() ? steps->back() : *unfinished;
  return store.set_fact(job.id, resumed_from_fact, stopped.name);
}

// The choice that this run goes under. One that was made stays until its run has come to its end.
Result<std::optional<RetryChoice>> choice_for(store::Store& store, const store::JobRecord& job,
                                              const JobStart& start) {
  if (!start.chosen.empty()) {
    auto chosen = choose_failures(store, job, start.chosen);
    if (!chosen) return forward(chosen);
    return *std::move(chosen);
  }
  if (start.again == Again::retry || job.state == store::JobState::done) return std::nullopt;
  return choice_of(store, job.id);
}

// What the last attempt found would be taken for this one's. What was chosen among stays, and
// counts no more.
Result<void> put_failures_away(store::Store& store, const std::string& id,
                               const std::optional<RetryChoice>& choice) {
  const auto last = choice ? choice->last : 0;
  auto set =
      store.set_facts(id, {{std::string(retry_choice_fact), choice ? encode(*choice) : ""},
                           {std::string(settled_fact), last > 0 ? std::to_string(last) : ""}});
  if (!set) return set;
  return store.clear_failures(id, last);
}

Result<int> take_up_claimed(store::Store& store, const std::string& id, const JobStart& start) {
  auto job = store.find_job(id);
  if (!job) return forward(job);
  if (!*job) return fail(Errc::not_found, "the store knows no job " + printable(id));
  if (auto may = may_run_again(**job, *start.again); !may) return forward(may);
  if (auto same = same_sides(id, (*job)->spec, start.spec); !same) return forward(same);
  auto choice = choice_for(store, **job, start);
  if (!choice) return forward(choice);
  // What was said later (another name for the bucket) holds for all later runs.
  if (!start.command.empty()) {
    if (auto set = store.set_fact(id, command_fact, start.command); !set) return forward(set);
  }
  if (auto told = tell_where_it_stopped(store, **job); !told) return forward(told);
  const bool anew = ended_well(**job);
  if (auto counted = count_last_run(store, id, anew); !counted) return forward(counted);
  if (auto away = put_failures_away(store, id, *choice); !away) return forward(away);
  // How it ended, likewise.
  for (const auto name : {progress_fact, summary_fact}) {
    if (auto cleared = store.set_fact(id, name, ""); !cleared) return forward(cleared);
  }
  if (!start.keep_steps) {
    if (auto cleared = store.clear_steps(id); !cleared) return forward(cleared);
  }
  return store.begin_attempt(id);
}

Result<int> take_up(store::Store& store, const std::string& id, const JobStart& start,
                    std::chrono::milliseconds lease) {
  if (auto claimed = take_claim(store, id, lease); !claimed) return forward(claimed);
  auto taken = take_up_claimed(store, id, start);
  // What could not be begun is left as it was.
  if (!taken) static_cast<void>(store.release_job(id, store::this_process()));
  return taken;
}

Result<int> with_facts(store::Store& store, const JobContext& context, int attempt) {
  if (auto set = store.set_facts(context.job_id, context.begin_facts); !set) return forward(set);
  return attempt;
}

store::JobState state_of(const SummaryEvent& summary, Stop stop) {
  switch (summary.exit_code) {
    case exit_verified:
    case exit_failed_objects:
    case exit_mismatch:
      return store::JobState::done;
    case exit_interrupted:
      return stop == Stop::cancelled ? store::JobState::cancelled : store::JobState::paused;
    default:
      return store::JobState::failed;
  }
}

}  // namespace

// What a tick has stored and found.
struct JobRun::Beat {
  Result<void> stored = ok;
  std::optional<Result<store::JobClaim>> claim;  // if it was to be renewed
  store::JobRequest request = store::JobRequest::none;
  bool too_late_to_cancel = false;
};

JobRun::JobRun(JobContext& outer, JobTiming timing)
    : outer_(outer), timing_(timing), ended_(outer.loop), group_(outer.loop) {}

JobRun::~JobRun() = default;

net::Task<Result<void>> JobRun::begin(JobStart start) {
  renewed_ = boot_time();
  Samples samples;
  int percent = 0;
  std::uint64_t earlier_failures = 0;
  ChosenFailures chosen;
  auto attempt = co_await outer_.store.run(outer_.loop, [&](store::Store& store) -> Result<int> {
    // For a chart; a job does not fail for want of it.
    const auto before = store.fact(outer_.job_id, samples_fact);
    if (before && *before) samples = Samples::load(**before);
    auto begun = start.again ? take_up(store, outer_.job_id, start, timing_.lease)
                             : begin_new(store, outer_.job_id, start, timing_.lease);
    if (!begun) return begun;
    auto kept = kept_percent(store, outer_.job_id);
    if (!kept) return kept;
    percent = *kept;
    auto choice = choice_of(store, outer_.job_id);
    if (!choice) return forward(choice);
    if (*choice) {
      auto failures = chosen_failures(store, outer_.job_id, **choice);
      if (!failures) return forward(failures);
      chosen = *std::move(failures);
      earlier_failures = (*choice)->last;
    }
    return with_facts(store, outer_, *begun);
  });
  if (!attempt) co_return forward(attempt);
  attempt_ = *attempt;
  percent_.emplace(outer_.events, outer_.store, outer_.job_id, percent);
  recorder_.emplace(*percent_, outer_.job_id, attempt_, std::move(samples), earlier_failures);
  context_.emplace(with_events(outer_, *recorder_));
  context_->percent = percent;
  context_->chosen = std::move(chosen);
  context_->intend = [this](std::string name, std::string detail) {
    return intend(std::move(name), std::move(detail));
  };
  if (outer_.outside != nullptr) outer_.outside->attach(*recorder_);
  group_.spawn(watch());
  co_return ok;
}

net::Task<void> JobRun::watch() {
  bool more = false;  // than fit into a batch
  for (;;) {
    if (!more) co_await ended_.sleep_for(timing_.tick);
    if (ended_.cancelled()) co_return;
    const auto news = recorder_->news();
    const auto asked = boot_time();
    const bool renew = asked - renewed_ >= timing_.renewal;
    const auto found = co_await outer_.store.run(
        outer_.loop, [&](store::Store& store) { return beat(store, news, renew); });
    take_note(found, news, asked);
    more = found.stored && news.failures.size() == store::Store::most_in_a_batch;
  }
}

JobRun::Beat JobRun::beat(store::Store& store, const JobNews& news, bool renew) const {
  Beat found;
  if (renew) {
    found.claim = store.claim_job(outer_.job_id, store::this_process(), timing_.lease);
  }
  found.stored = store_news(store, outer_.job_id, news);
  const auto request = store.request_of(outer_.job_id);
  if (request) found.request = *request;
  if (found.request == store::JobRequest::cancel) {
    // In doubt it goes on: it can be asked again.
    const auto deletes = deletes_source(store, outer_.job_id);
    found.too_late_to_cancel = !deletes || *deletes;
  }
  return found;
}

void JobRun::take_note(const Beat& beat, const JobNews& news, std::chrono::milliseconds asked) {
  if (beat.stored) {
    recorder_->stored(news);
  } else if (!std::exchange(told_trouble_, true)) {
    log::warning("the job's record falls behind: {}", beat.stored.error().describe());
  }
  if (beat.claim && *beat.claim) {
    if (!(*beat.claim)->ours) return displaced_by(**beat.claim);
    renewed_ = asked;
  }
  if (boot_time() - renewed_ > timing_.lease - timing_.margin) {
    return stop(
        Stop::displaced,
        fmt::format("the store could not be written for so long that another process may take job "
                    "{0} up; go on with: s3migrator jobs resume {0}",
                    printable(outer_.job_id)));
  }
  const bool cancel = beat.request == store::JobRequest::cancel;
  obey(cancel && beat.too_late_to_cancel ? store::JobRequest::none : beat.request);
}

void JobRun::displaced_by(const store::JobClaim& claim) {
  stop(Stop::displaced, fmt::format("job {} was taken over by {}", printable(outer_.job_id),
                                    store::process_words(claim.process)));
}

// The claim is renewed first, so that nobody takes the job over before the act has begun.
net::Task<Result<void>> JobRun::intend(std::string name, std::string detail) {
  const auto asked = boot_time();
  auto claim = co_await outer_.store.run(outer_.loop, [&](store::Store& store) {
    auto renewed = store.claim_job(outer_.job_id, store::this_process(), timing_.lease);
    if (!renewed || !renewed->ours) return renewed;
    auto recorded = store.record_intent(outer_.job_id, name, detail);
    return recorded ? std::move(renewed) : Result<store::JobClaim>(forward(recorded));
  });
  if (!claim) co_return forward(claim);
  if (claim->ours) {
    renewed_ = asked;
    co_return ok;
  }
  displaced_by(*claim);
  co_return fail(stop_error(*context_));
}

void JobRun::obey(store::JobRequest request) {
  if (request == store::JobRequest::pause) stop(Stop::paused, {});
  if (request == store::JobRequest::cancel) stop(Stop::cancelled, {});
}

// The first reason stands, but for a claim that is lost: then nothing may be touched any more.
void JobRun::stop(Stop why, std::string message) {
  const bool first = !context_->cancel.cancelled();
  if (!first && why != Stop::displaced) return;
  context_->stop = why;
  context_->stop_message = std::move(message);
  context_->cancel.cancel();
}

net::Task<void> JobRun::store_all() {
  for (;;) {
    const auto news = recorder_->news();
    if (news.empty()) co_return;
    const auto done = co_await outer_.store.run(
        outer_.loop, [&](store::Store& store) { return store_news(store, outer_.job_id, news); });
    if (!done) {
      log::warning("the job's record is not complete: {}", done.error().describe());
      co_return;
    }
    recorder_->stored(news);
  }
}

net::Task<void> JobRun::end(const SummaryEvent& summary) {
  if (outer_.outside != nullptr) outer_.outside->detach();
  ended_.cancel();
  co_await group_.join();
  if (context_->stop == Stop::displaced) co_return;
  co_await store_all();
  const auto state = state_of(summary, context_->stop);
  auto closed = co_await outer_.store.run(outer_.loop, [&](store::Store& store) -> Result<void> {
    auto set = store.set_job_state(outer_.job_id, state, summary.exit_code);
    auto released = store.release_job(outer_.job_id, store::this_process());
    if (set && !released) return forward(released);
    return set;
  });
  if (!closed) log::warning("the job's end is not in the store: {}", closed.error().describe());
}

}  // namespace s3m::workflow
