// outside_notes.hpp: what people do with a running job, on its way into the job's own events.
//
// Layer      workflow.
// Threading  the job's loop.
#pragma once

#include <string>
#include <vector>

#include "base/event.hpp"

namespace s3m::workflow {

class OutsideNotes {
 public:
  // Goes into the job's events now, or as the first of them when the job begins. After its end it
  // is dropped: what is done then is told by the next run.
  void say(std::string message);

  // By who runs the job: `events` stays until detach().
  void attach(EventSink& events);
  void detach() noexcept;

 private:
  EventSink* events_ = nullptr;
  bool ended_ = false;
  std::vector<std::string> waiting_;
};

}  // namespace s3m::workflow
