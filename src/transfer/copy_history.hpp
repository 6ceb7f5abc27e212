// copy_history.hpp: brings the history of one key in the destination up to the source's.
//
// Layer      transfer.
// Threading  one loop.
// Source     guards G15 and G18; docs/adr/0009-versions.md.
#pragma once

#include <string>

#include "net/signal.hpp"
#include "transfer/copy_object.hpp"
#include "transfer/history.hpp"

namespace s3m::transfer {

// One key: what both sides have of it. Brought up to date while it is worked on.
struct HistoryWork {
  std::string key;  // after the prefixes
  History source, copy;
  aws::Admission* admission = nullptr;  // its range's; null: the writer's own
  std::size_t settled = 0;              // versions that are in the figures already
  // Set where versions are lacking that CopyOptions::left says are not to be tried.
  const FailureEvent* left = nullptr;
};

// So many at once, the others in turn.
class Gate {
 public:
  Gate(net::Loop& loop, std::size_t most) : most_(most), free_(loop) {}
  net::Task<void> enter() {
    while (inside_ >= most_)
      co_await free_.wait();
    ++inside_;
  }
  void leave() {
    --inside_;
    free_.notify_one();
  }

 private:
  std::size_t most_, inside_ = 0;
  net::Signal free_;
};

// What all copies of histories share; all outlive them.
struct HistoryContext {
  MultipartContext shared;
  ObjectCopier& copier;
  Prover& prover;
  Gate& large;  // for versions that are copied in parts
};

// Copies the versions that the destination lacks, oldest first; delete markers are made by the
// destination's own role. Counts each in the figures as it is settled.
//
// A write whose answer was lost is sent again only after the key was listed and does not have it.
// A version that this made twice is removed by its id.
//
// Errors  mismatch when the destination's history is no beginning of the source's; conflict when
//         another writes to the key meanwhile; precondition_failed when the source's versions
//         changed; too_large above most_versions; refused when the destination does not keep
//         versions; invalid_state for an archived version; what else the requests fail with.
//         cancelled. Of a key that is left as it failed before (work.left) nothing is written, and
//         that is no error. The version that failed is work.source.versions[work.settled].
// Lifetime  `work` stays until the Task ends.
net::Task<Result<void>> copy_history(HistoryContext context, HistoryWork& work);

}  // namespace s3m::transfer
