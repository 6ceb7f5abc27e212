#include "workflow/figures.hpp"

#include <algorithm>

namespace s3m::workflow {
namespace {

SteadyTime steady_now() {
  return std::chrono::steady_clock::now();
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
  event.elapsed_seconds = std::chrono::duration<double>(steady_now() - job_start).count();
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
                                   SteadyTime job_start, PercentSpan span)
    : context_(context),
      steps_(steps),
      counters_(counters),
      ahead_(ahead),
      job_start_(job_start),
      span_(span),
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
  if (event.totals_final || done.expected.keys == 0 || done.source_keys == 0) return;
  // What the walk has met stands for what it has not.
  const double scale = done.expected.keys / static_cast<double>(done.source_keys);
  const auto scaled = [&](std::uint64_t met) {
    return static_cast<std::uint64_t>(static_cast<double>(met) * scale);
  };
  event.totals_estimated = true;
  event.objects_total = std::max(event.objects_total, scaled(done.source_objects));
  event.bytes_total = std::max(event.bytes_total, scaled(done.source_bytes));
}

RestoreFigureSource::RestoreFigureSource(const JobContext& context, Steps& steps,
                                         std::function<Figures()> figures, SteadyTime job_start)
    : context_(context), steps_(steps), figures_(std::move(figures)), job_start_(job_start) {}

ProgressEvent RestoreFigureSource::now() {
  const auto figures = figures_();
  auto event = common(context_, steps_, job_start_);
  event.objects_done = figures.objects;
  event.bytes_done = figures.bytes;
  event.objects_total = figures.total_objects;
  event.bytes_total = figures.total_bytes;
  event.totals_final = figures.final;
  event.failed = figures.failed;
  return event;
}

VerifyFigureSource::VerifyFigureSource(const JobContext& context, Steps& steps,
                                       const transfer::Verification& found, std::uint64_t objects,
                                       std::uint64_t bytes, SteadyTime job_start)
    : context_(context),
      steps_(steps),
      found_(found),
      objects_(objects),
      bytes_(bytes),
      job_start_(job_start),
      rates_(steady_now()) {}

ProgressEvent VerifyFigureSource::now() {
  rates_.add(steady_now(), found_.objects, found_.bytes);
  auto event = common(context_, steps_, job_start_);
  event.objects_done = found_.objects;
  event.bytes_done = found_.bytes;
  event.objects_total = std::max(objects_, found_.objects);
  event.bytes_total = std::max(bytes_, found_.bytes);
  event.totals_final = objects_ > 0;
  event.failed = found_.mismatched + found_.missing;
  set_rates(event, rates_);
  set_eta(event, rates_);
  return event;
}

}  // namespace s3m::workflow
