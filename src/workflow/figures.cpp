#include "workflow/figures.hpp"

#include <algorithm>

namespace s3m::workflow {
namespace {

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
}

double seconds(std::chrono::duration<double> time) {
  return time.count();
}

ProgressEvent common(const JobContext& context, Steps& steps, SteadyTime job_start) {
  const auto& requests = context.runtime.counters;
  ProgressEvent event;
  event.step = steps.name();
  event.step_number = steps.number();
  event.step_count = steps.count();
  event.percent = steps.percent().value();
  event.retried = requests.retried;
  event.throttled = requests.throttled;
  event.requests = requests.requests;
  event.in_flight = context.governor.in_flight();
  event.budget = context.governor.budget();
  event.rate_limit = context.governor.rate();
  event.elapsed_seconds = seconds(steady_now() - job_start);
  return event;
}

void set_rates(ProgressEvent& event, const RateMeter& rates) {
  event.objects_per_second = rates.objects_per_second();
  event.bytes_per_second = rates.bytes_per_second();
  event.bytes_per_second_average = rates.average_bytes_per_second();
}

void set_eta(ProgressEvent& event, const RateMeter& rates) {
  if (!event.totals_final && !event.totals_estimated) return;
  const auto left = [](std::uint64_t total, std::uint64_t done) {
    return total > done ? total - done : 0;
  };
  const auto eta = estimate(rates, left(event.objects_total, event.objects_done),
                            left(event.bytes_total, event.bytes_done));
  if (!eta) return;
  event.eta_low_seconds = eta->low_seconds;
  event.eta_high_seconds = eta->high_seconds;
}

}  // namespace

CopyFigureSource::CopyFigureSource(const JobContext& context, Steps& steps,
                                   const transfer::Counters& counters, const CountAhead& ahead,
                                   SteadyTime job_start, PercentSpan span, std::string activity,
                                   KnownTotal known)
    : context_(context),
      steps_(steps),
      counters_(counters),
      ahead_(ahead),
      job_start_(job_start),
      span_{std::clamp(steps.percent().value(), span.first, span.last), span.last},
      activity_(std::move(activity)),
      known_(known),
      copied_(steady_now()),
      settled_(steady_now()) {}

ProgressEvent CopyFigureSource::now() {
  const auto& done = counters_;
  const auto copied_bytes = done.copied_bytes + done.part_bytes;
  const auto settled_bytes = copied_bytes + done.skipped_bytes;
  const auto time = steady_now();
  copied_.add(time, done.copied, std::max(copied_bytes, copied_peak_));
  settled_.add(time, done.copied + done.skipped, std::max(settled_bytes, settled_peak_));
  copied_peak_ = std::max(copied_bytes, copied_peak_);
  settled_peak_ = std::max(settled_bytes, settled_peak_);

  auto event = common(context_, steps_, job_start_);
  event.objects_done = done.copied + done.skipped;
  event.bytes_done = settled_bytes;
  set_totals(event);
  event.activity = activity_;
  event.copied = done.copied;
  event.skipped = done.skipped;
  event.failed = done.failed;
  CopyFigures figures{.copied = done.copied,
                      .skipped = done.skipped,
                      .failed = done.failed + done.vanished,
                      .total = std::nullopt};
  if (event.totals_final || event.totals_estimated) figures.total = event.objects_total;
  event.percent = steps_.percent().raise(copy_percent(figures, span_));
  set_rates(event, copied_);
  set_eta(event, settled_);
  return event;
}

// Counts may see a source that changes; the greatest is the nearest.
void CopyFigureSource::set_totals(ProgressEvent& event) const {
  const auto& done = counters_;
  event.objects_total = std::max(done.source_objects, ahead_.found().objects);
  event.bytes_total = std::max(done.source_bytes, ahead_.found().bytes);
  event.totals_final = done.listing_done || ahead_.complete();
  if (event.totals_final) return;
  if (known_.objects > 0) {
    event.objects_total = std::max(event.objects_total, known_.objects);
    event.bytes_total = std::max(event.bytes_total, known_.bytes);
    event.totals_final = known_.exact;
    event.totals_estimated = !known_.exact;
    return;
  }
  if (done.expected.keys == 0 || done.source_keys == 0) return;
  // What the walk has met stands for what it has not.
  const double scale = done.expected.keys / static_cast<double>(done.source_keys);
  const auto scaled = [&](std::uint64_t met) {
    return static_cast<std::uint64_t>(static_cast<double>(met) * scale);
  };
  event.totals_estimated = true;
  event.objects_total = std::max(event.objects_total, scaled(done.source_objects));
  event.bytes_total = std::max(event.bytes_total, scaled(done.source_bytes));
}

StepFigures figures_of(const transfer::Verification& found, std::uint64_t objects,
                       std::uint64_t bytes) {
  return {.objects = found.objects,
          .bytes = found.bytes,
          .total_objects = objects,
          .total_bytes = bytes,
          .final = objects > 0,
          .failed = found.mismatched + found.missing};
}

void Waiting::begin(std::chrono::milliseconds time) {
  since_ = steady_now();
  until_ = *since_ + time;
}

void Waiting::end() {
  if (!since_) return;
  before_ += std::chrono::floor<std::chrono::milliseconds>(steady_now() - *since_);
  since_.reset();
}

void Waiting::show(StepFigures& figures) const {
  using std::chrono::milliseconds;
  if (!until_) return;
  const auto now = steady_now();
  figures.waited =
      before_ + (since_ ? std::chrono::floor<milliseconds>(now - *since_) : milliseconds(0));
  figures.left = std::max(std::chrono::ceil<milliseconds>(*until_ - now), milliseconds(0));
}

namespace {

net::Task<bool> watched(Waiting& waiting, Pause pause, std::chrono::milliseconds time) {
  waiting.begin(time);
  const bool slept = co_await pause(time);
  waiting.end();
  co_return slept;
}

}  // namespace

Pause Waiting::watch(Pause pause) {
  return [this, pause = std::move(pause)](std::chrono::milliseconds time) {
    return watched(*this, pause, time);
  };
}

StepFigureSource::StepFigureSource(const JobContext& context, Steps& steps, Figures figures,
                                   SteadyTime job_start)
    : context_(context),
      steps_(steps),
      figures_(std::move(figures)),
      job_start_(job_start),
      rates_(steady_now()) {}

ProgressEvent StepFigureSource::now() {
  auto figures = figures_();
  objects_peak_ = std::max(objects_peak_, figures.objects);
  bytes_peak_ = std::max(bytes_peak_, figures.bytes);
  rates_.add(steady_now(), objects_peak_, bytes_peak_);
  auto event = common(context_, steps_, job_start_);
  event.objects_done = figures.objects;
  event.bytes_done = figures.bytes;
  event.objects_total = std::max(figures.total_objects, figures.objects);
  event.bytes_total = std::max(figures.total_bytes, figures.bytes);
  event.totals_final = figures.final;
  event.failed = figures.failed;
  event.activity = std::move(figures.activity);
  event.attempts = figures.attempts;
  if (figures.waited) event.waited_seconds = seconds(*figures.waited);
  if (figures.left) event.wait_left_seconds = seconds(*figures.left);
  set_rates(event, rates_);
  set_eta(event, rates_);
  return event;
}

StepTicker::StepTicker(const JobContext& context, Steps& steps, SteadyTime job_start,
                       StepFigureSource::Figures figures)
    : source_(context, steps, std::move(figures), job_start),
      ticker_(context.loop, context.events, [this] { return source_.now(); }) {}

}  // namespace s3m::workflow
