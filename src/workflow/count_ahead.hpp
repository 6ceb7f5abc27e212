// count_ahead.hpp: how much there is to do, found out ahead of the work.
//
// Layer      workflow.
// Threading  one loop.
//
// The walk lists only a little ahead of what it copies, so its own count ends when the job does.
// One listing of the source beside it, a request for a thousand objects, tells the total early:
// that is what makes a percentage and an ETA possible. It is for display only.
#pragma once

#include <cstdint>

#include "transfer/transfer.hpp"

namespace s3m::workflow {

struct Ahead {
  std::uint64_t objects = 0, bytes = 0;
  bool complete = false;
  bool stop = false;  // set by whoever needs it no longer
};

// Counts what of `side` matches `filter`, page by page, until the end or `ahead.stop`. A failure
// only ends it, without `complete`: the walk meets it too, and tells.
net::Task<void> count_ahead(transfer::Side side, transfer::Filter filter, Ahead& ahead);

}  // namespace s3m::workflow
