// plan_ticker.hpp: how far the listing of a plan has come, five times a second.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include "transfer/transfer.hpp"
#include "workflow/job_context.hpp"
#include "workflow/ticker.hpp"

namespace s3m::workflow {

class PlanTicker {
 public:
  // Both outlive the ticker; stop() is awaited before it goes.
  PlanTicker(const JobContext& context, const transfer::Plan& plan);
  net::Task<void> stop() { return ticker_.stop(); }

 private:
  Ticker ticker_;
};

}  // namespace s3m::workflow
