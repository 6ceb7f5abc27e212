// flow.hpp: the share that one range of a walk has in the governor's budget.
//
// Layer      transfer; implements aws::Admission in front of the governor.
// Threading  one loop.
// Lifetime   shared: a range's work may outlive its walk. The governor outlives every flow.
//
// A service throttles by partition, and a range lies in few of them. Requests that carry their
// range's flow (WriteOptions::admission) let a 503 slow that range first, instead of the whole job.
#pragma once

#include <memory>

#include "transfer/governor.hpp"

namespace s3m::transfer {

class Flow final : public aws::Admission {
 public:
  explicit Flow(Governor& governor) : governor_(governor) {}

  bool try_admit(aws::RequestKind kind) override { return governor_.try_admit(kind); }
  net::Task<Result<void>> admit(aws::RequestKind kind) override { return governor_.admit(kind); }
  void done(aws::RequestKind kind, std::chrono::nanoseconds latency,
            aws::AttemptResult result) override {
    governor_.done(kind, latency, result);
  }

 private:
  Governor& governor_;
};

using FlowPtr = std::shared_ptr<Flow>;

}  // namespace s3m::transfer
