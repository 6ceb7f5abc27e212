#include "workflow/job_recorder.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

// What services say may be any bytes; a database holds text.
std::string storable(const std::string& text) {
  const bool is_text = valid_utf8(text) && text.find('\0') == std::string::npos;
  return is_text ? text : printable(text);
}

template <class Record>
std::vector<Record> first_batch(const std::deque<Record>& all) {
  const auto count = std::min(all.size(), store::Store::most_in_a_batch);
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)};
}

template <class Record>
void drop_first(std::deque<Record>& all, std::size_t count) {
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

bool JobNews::empty() const noexcept {
  return steps.empty() && events.empty() && failures.empty() && progress.empty() &&
         summary.empty() && samples.empty() && !settled;
}

JobRecorder::JobRecorder(EventSink& next, std::string job_id, int attempt, Samples samples,
                         std::uint64_t earlier_failures)
    : next_(next),
      failure_count_(earlier_failures),
      settled_(earlier_failures),
      settled_stored_(earlier_failures),
      samples_(std::move(samples)) {
  stamp_.job = std::move(job_id);
  stamp_.attempt = attempt;
}

void JobRecorder::emit(const Event& event) {
  // Each event counts, also those that are not kept: the numbers are those of `--json`.
  stamp_.seq++;
  stamp_.time = system_clock().now();
  if (const auto* progress = std::get_if<ProgressEvent>(&event)) {
    note_progress(*progress);
  } else if (const auto* failure = std::get_if<FailureEvent>(&event)) {
    note_failure(*failure);
  } else {
    if (const auto* step = std::get_if<StepEvent>(&event)) note_step(*step);
    note_event(event);
  }
  next_.emit(event);
}

void JobRecorder::note_step(const StepEvent& event) {
  auto& [step, stored] = steps_[event.step];
  const bool begins = event.state == StepState::started || step.name.empty();
  if (begins) step.started_at = stamp_.time;
  // The job goes back: what was told before is looked at again, and told again where it stands.
  if (begins && event.step_number < furthest_step_) settled_ = failure_count_;
  furthest_step_ = begins ? event.step_number : furthest_step_;
  step.job_id = stamp_.job;
  step.name = event.step;
  step.number = event.step_number;
  step.state = event.state;
  step.message = storable(event.message);
  step.percent = event.percent;
  step.ended_at.reset();
  if (event.state != StepState::started) step.ended_at = stamp_.time;
  stored = false;
}

void JobRecorder::note_progress(const ProgressEvent& event) {
  progress_ = to_json_line(stamp_, event);
  samples_.add(stamp_.time, event);
  sampled_ = true;
  const auto found = steps_.find(event.step);
  if (found == steps_.end() || found->second.step.percent >= event.percent) return;
  found->second.step.percent = event.percent;
  found->second.stored = false;
}

void JobRecorder::note_failure(const FailureEvent& event) {
  if (failure_count_ - settled_ >= most_failures_kept) return;
  failures_.push_back({.number = ++failure_count_,
                       .time = stamp_.time,
                       .operation = storable(event.operation),
                       .bucket = storable(event.bucket),
                       .key = event.key,
                       .version = event.version,
                       .code = storable(event.code),
                       .service_code = storable(event.service_code),
                       .request_id = storable(event.request_id),
                       .message = storable(event.message),
                       .http_status = std::max(event.http_status, 0)});
}

void JobRecorder::note_event(const Event& event) {
  auto line = to_json_line(stamp_, event);
  if (std::holds_alternative<SummaryEvent>(event)) {
    summary_ = line;
    ended_ = true;
  }
  events_.push_back({.position = {stamp_.attempt, stamp_.seq}, .line = std::move(line)});
}

JobNews JobRecorder::news() const {
  JobNews news{.steps = {},
               .events = first_batch(events_),
               .failures = first_batch(failures_),
               .progress = progress_,
               .summary = summary_,
               .samples = {},
               .settled = {}};
  if (settled_ != settled_stored_) news.settled = settled_;
  const auto gap = stamp_.time - begun_ < first_samples ? first_samples_gap : samples_gap;
  if (sampled_ && (ended_ || stamp_.time - samples_stored_ >= gap)) news.samples = samples_.text();
  for (const auto& [name, step] : steps_)
    if (!step.stored) news.steps.push_back(step.step);
  return news;
}

// A step, the figures and the summary may be newer by now than what was stored.
void JobRecorder::stored(const JobNews& news) {
  for (const auto& step : news.steps) {
    auto& known = steps_[step.name];
    known.stored = known.step == step;
  }
  drop_first(events_, news.events.size());
  drop_first(failures_, news.failures.size());
  if (progress_ == news.progress) progress_.clear();
  if (summary_ == news.summary) summary_.clear();
  settled_stored_ = news.settled.value_or(settled_stored_);
  if (news.samples.empty()) return;
  samples_stored_ = stamp_.time;
  sampled_ = false;
}

Result<void> store_news(store::Store& store, const std::string& job_id, const JobNews& news) {
  for (const auto& step : news.steps) {
    if (auto recorded = store.record_step(step); !recorded) return recorded;
  }
  if (auto added = store.add_events(job_id, news.events); !added) return added;
  if (auto added = store.add_failures(job_id, news.failures); !added) return added;
  if (news.settled) {
    auto set = store.set_fact(job_id, settled_fact, std::to_string(*news.settled));
    if (!set) return set;
  }
  if (!news.progress.empty()) {
    if (auto set = store.set_fact(job_id, progress_fact, news.progress); !set) return set;
  }
  if (!news.samples.empty()) {
    if (auto set = store.set_fact(job_id, samples_fact, news.samples); !set) return set;
  }
  if (news.summary.empty()) return ok;
  return store.set_fact(job_id, summary_fact, news.summary);
}

}  // namespace s3m::workflow
