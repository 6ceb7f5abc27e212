#include "workflow/plan_ticker.hpp"

#include <chrono>

namespace s3m::workflow {
namespace {

// All that was listed is done; how much is left nobody knows.
ProgressEvent figures(const JobContext& context, const transfer::Plan& plan, SteadyTime begun) {
  ProgressEvent event;
  event.step = "plan";
  event.step_number = event.step_count = 1;
  event.objects_done = event.objects_total = plan.source_objects;
  event.bytes_done = event.bytes_total = plan.source_bytes;
  event.requests = context.runtime.counters.requests;
  event.in_flight = context.governor.in_flight();
  event.budget = context.governor.budget();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begun;
  event.elapsed_seconds = elapsed.count();
  return event;
}

}  // namespace

PlanTicker::PlanTicker(const JobContext& context, const transfer::Plan& plan)
    : ticker_(context.loop, context.events,
              [&context, &plan, begun = std::chrono::steady_clock::now()] {
                return figures(context, plan, begun);
              }) {}

}  // namespace s3m::workflow
