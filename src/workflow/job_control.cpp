#include "workflow/job_control.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/process_identity.hpp"
#include "workflow/liveness.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/percent_keeper.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using store::JobState;

// Long enough for what is done under it, which is a few rows.
constexpr std::chrono::seconds short_lease{30};

std::unexpected<Error> refuse(const std::string& id, std::string_view why) {
  return fail(Errc::refused, fmt::format("job {} {}", printable(id), why));
}

Result<store::JobRecord> known_job(store::Store& store, const std::string& id) {
  auto job = store.find_job(id);
  if (!job) return forward(job);
  if (*job) return **std::move(job);
  return fail(Errc::not_found, fmt::format("the store knows no job {}; s3migrator jobs list shows "
                                           "those it knows",
                                           printable(id)));
}

bool ended_well(const store::JobRecord& job) {
  return job.state == JobState::done && job.exit_code == exit_verified;
}

// A migration that has moved its bucket has reported; the other that ends well is the undone one.
Result<bool> is_undone(store::Store& store, const store::JobRecord& job) {
  if (job.kind != "migrate" || !ended_well(job)) return false;
  auto reported = store.fact(job.id, step_fact(MigrationStep::report));
  if (!reported) return forward(reported);
  return *reported != step_is_done;
}

Result<JobView> view_of(store::Store& store, store::JobRecord job) {
  JobView view{.job = std::move(job), .claim = {}, .steps = {}};
  auto claim = store.claim_of(view.job.id);
  if (!claim) return forward(claim);
  view.claim = *std::move(claim);
  view.at_work = view.job.state == JobState::running && view.claim &&
                 is_alive(*view.claim, system_clock().now());
  auto steps = store.steps_of(view.job.id);
  if (!steps) return forward(steps);
  view.steps = *std::move(steps);
  auto kept = kept_percent(store, view.job.id);
  if (!kept) return forward(kept);
  view.kept_percent = *kept;
  auto undone = is_undone(store, view.job);
  if (!undone) return forward(undone);
  view.undone = *undone;
  return view;
}

std::string_view how_it_ended(int exit_code) {
  switch (exit_code) {
    case exit_verified:
      return "done";
    case exit_failed_objects:
      return "failed-objects";
    case exit_mismatch:
      return "mismatch";
    default:
      return "failed";
  }
}

// Nobody else takes the job up while `work` is done on it.
template <class Work>
Result<void> under_claim(store::Store& store, const std::string& id, Work work) {
  auto claimed = take_claim(store, id, short_lease);
  if (!claimed) return claimed;
  Result<void> done = work();
  auto released = store.release_job(id, store::this_process());
  if (done && !released) return forward(released);
  return done;
}

Result<void> may_be_cancelled(store::Store& store, const store::JobRecord& job,
                              std::string_view state) {
  if (ended_well(job) || job.state == JobState::cancelled) {
    return refuse(job.id, fmt::format("cannot be cancelled: it is {}", state));
  }
  auto too_late = deletes_source(store, job.id);
  if (!too_late) return forward(too_late);
  if (!*too_late && job.kind != "migrate") return ok;
  if (!*too_late) {
    return refuse(job.id,
                  fmt::format("is a migration: cancelled, it would leave a frozen source and "
                              "a temporary bucket behind. Take it back with: s3migrator "
                              "undo {}; or stop it with: s3migrator jobs pause {}",
                              printable(job.id), printable(job.id)));
  }
  return refuse(job.id, fmt::format("cannot be cancelled: its source bucket is being deleted, or "
                                    "is gone. It can only go on: s3migrator jobs resume {}",
                                    printable(job.id)));
}

// What was found before the claim was taken may be over by then.
Result<void> cancel_idle(store::Store& store, const std::string& id) {
  return under_claim(store, id, [&]() -> Result<void> {
    auto view = view_job(store, id);
    if (!view) return forward(view);
    auto may = may_cancel(store, *view);
    if (!may) return may;
    return store.set_job_state(id, JobState::cancelled, exit_interrupted);
  });
}

// A grant is judged by its job: without the job nobody would know that it may go.
Result<void> leaves_no_grant(store::Store& store, const std::string& id) {
  auto grants = store.grants();
  if (!grants) return forward(grants);
  const auto left = std::ranges::find(*grants, id, &store::GrantRecord::job_id);
  if (left == grants->end()) return ok;
  return refuse(id, fmt::format("has left a statement in the policy of bucket {}: take it out "
                                "first, by s3migrator jobs resume {} or s3migrator cleanup {}",
                                printable(left->bucket.bucket), printable(id), printable(id)));
}

Result<void> may_forget(store::Store& store, const std::string& id) {
  auto job = known_job(store, id);
  if (!job) return forward(job);
  auto too_late = deletes_source(store, id);
  if (!too_late) return forward(too_late);
  if (!*too_late || ended_well(*job)) return leaves_no_grant(store, id);
  return refuse(id, fmt::format("must not be forgotten: its source bucket is being deleted, or is "
                                "gone. Bring it to its end first: s3migrator jobs resume {}",
                                printable(id)));
}

}  // namespace

int JobView::percent() const noexcept {
  if (undone) return 0;
  if (ended_well(job)) return 100;
  int highest = kept_percent;
  for (const auto& step : steps)
    highest = std::max(highest, step.percent);
  return highest;
}

std::string_view JobView::state() const noexcept {
  switch (job.state) {
    case JobState::running:
      if (!at_work) return "interrupted";
      if (job.request == store::JobRequest::pause) return "pausing";
      return job.request == store::JobRequest::cancel ? "cancelling" : "running";
    case JobState::paused:
      return "paused";
    case JobState::done:
      return undone ? "undone" : how_it_ended(job.exit_code.value_or(exit_verified));
    case JobState::failed:
      return "failed";
    case JobState::cancelled:
      return "cancelled";
  }
  return "";
}

Result<JobView> view_job(store::Store& store, const std::string& id) {
  auto job = known_job(store, id);
  if (!job) return forward(job);
  return view_of(store, *std::move(job));
}

Result<std::vector<JobView>> view_jobs(store::Store& store, std::size_t limit) {
  auto jobs = store.jobs(limit);
  if (!jobs) return forward(jobs);
  std::vector<JobView> views;
  for (auto& job : *jobs) {
    auto view = view_of(store, std::move(job));
    if (!view) return forward(view);
    views.push_back(*std::move(view));
  }
  return views;
}

Result<void> may_run_again(const store::JobRecord& job, Again again) {
  if (job.state == JobState::cancelled) {
    return refuse(job.id, "was cancelled, and stays so; begin a new one");
  }
  if (!ended_well(job)) return ok;
  // After a migration the name is another bucket's: it must never be run again (guard G1).
  if (job.kind != "copy") return refuse(job.id, "is done; there is nothing left to do");
  if (again == Again::retry) return ok;
  return refuse(job.id,
                fmt::format("is done; s3migrator jobs retry {} runs it again", printable(job.id)));
}

Result<void> take_claim(store::Store& store, const std::string& id,
                        std::chrono::milliseconds lease) {
  auto claim = store.claim_job(id, store::this_process(), lease);
  if (!claim) return forward(claim);
  if (claim->ours) return ok;
  // Of a process elsewhere nobody here knows whether it was killed.
  const auto lapse = store::surely_lives(claim->process)
                         ? std::string()
                         : fmt::format(" (if that was killed, the job is free at {})",
                                       iso8601_seconds(claim->expires_at));
  return refuse(id, fmt::format("is being run by {}{}; wait until it has ended, or pause it with: "
                                "s3migrator jobs pause {}",
                                store::process_words(claim->process), lapse, printable(id)));
}

Result<void> pause_job(store::Store& store, const std::string& id) {
  auto view = view_job(store, id);
  if (!view) return forward(view);
  if (view->at_work) return store.request(id, store::JobRequest::pause);
  return refuse(id, fmt::format("is not running: it is {}", view->state()));
}

Result<bool> deletes_source(store::Store& store, const std::string& id) {
  auto intents = store.intents_of(id);
  if (!intents) return forward(intents);
  return std::ranges::find(*intents, source_delete_intent, &store::Intent::name) != intents->end();
}

Result<void> may_cancel(store::Store& store, const JobView& view) {
  return may_be_cancelled(store, view.job, view.state());
}

Result<bool> cancel_job(store::Store& store, const std::string& id) {
  auto view = view_job(store, id);
  if (!view) return forward(view);
  auto may = may_cancel(store, *view);
  if (!may) return forward(may);
  Result<void> done =
      view->at_work ? store.request(id, store::JobRequest::cancel) : cancel_idle(store, id);
  if (!done) return forward(done);
  return view->at_work;
}

Result<void> may_delete(store::Store& store, const JobView& view) {
  const auto& id = view.job.id;
  if (!view.at_work) return may_forget(store, id);
  return refuse(
      id, fmt::format("is running; first end it, by s3migrator jobs cancel {}", printable(id)));
}

Result<void> delete_job(store::Store& store, const std::string& id) {
  auto view = view_job(store, id);
  if (!view) return forward(view);
  auto possible = may_delete(store, *view);
  if (!possible) return possible;
  return under_claim(store, id, [&]() -> Result<void> {
    auto may = may_forget(store, id);
    if (!may) return may;
    return store.delete_job(id);
  });
}

}  // namespace s3m::workflow
