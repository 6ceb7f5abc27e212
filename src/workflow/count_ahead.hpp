// count_ahead.hpp: how much there is to do, found out ahead of the work.
//
// Layer      workflow.
// Threading  one loop.
//
// The walk lists only a little ahead of what it copies, so its own count ends when the job does.
// What it has listed gives an estimate, good enough for a job of minutes. A long one is worth a
// second listing of the source, a request for a thousand objects, that tells the exact total early.
#pragma once

#include "net/task_group.hpp"
#include "transfer/transfer.hpp"

namespace s3m::workflow {

class CountAhead {
 public:
  // `context` and `filter` outlive this; stop() is awaited before it goes.
  CountAhead(net::Loop& loop, transfer::Context& context, const transfer::Filter& filter,
             bool all_versions)
      : context_(context), filter_(filter), all_versions_(all_versions), group_(loop) {}

  // Does nothing when it was begun before. A failure only ends it: the walk meets it too, and
  // tells.
  void begin();
  net::Task<void> stop();

  bool complete() const noexcept { return complete_; }
  const transfer::Count& found() const noexcept { return found_; }

 private:
  net::Task<void> run();

  transfer::Context& context_;
  const transfer::Filter& filter_;
  bool all_versions_;
  transfer::Count found_;
  bool begun_ = false, complete_ = false;
  net::TaskGroup group_;
};

}  // namespace s3m::workflow
