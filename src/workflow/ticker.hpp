// ticker.hpp: the figures of a running step, five times a second.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <functional>

#include "aws/client.hpp"
#include "base/event.hpp"
#include "net/signal.hpp"
#include "net/task_group.hpp"
#include "transfer/governor.hpp"

namespace s3m::workflow {

// Emits what `figures` gives, from construction until stop() and once more then.
class Ticker {
 public:
  using Figures = std::function<ProgressEvent()>;

  // All references outlive the ticker; stop() is awaited before it goes.
  Ticker(net::Loop& loop, EventSink& events, Figures figures);
  net::Task<void> stop();

 private:
  net::Task<void> run();
  EventSink& events_;
  Figures figures_;
  net::CancelToken stopped_;
  net::TaskGroup group_;
};

}  // namespace s3m::workflow
