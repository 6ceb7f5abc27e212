// schedule_on.hpp: the monitor's schedule, switched on by a job that has begun.
//
// Layer      app.
// Threading  begin() from any thread, once; a thread of its own asks the service, so that no job
//            waits for it. The destructor waits for that thread.
#pragma once

#include <string>
#include <thread>

#include "aws/config.hpp"

namespace s3m::app {

// S3MIGRATOR_SCHEDULE, "NAME" or "GROUP/NAME"; without it nothing is switched. What cannot be
// switched within ten seconds is logged: the job goes on without being watched.
class ScheduleOn {
 public:
  // `environment` outlives it.
  explicit ScheduleOn(const aws::Environment& environment);
  ~ScheduleOn();
  ScheduleOn(const ScheduleOn&) = delete;
  ScheduleOn& operator=(const ScheduleOn&) = delete;

  // Once the job is in the store: a monitor that switches the schedule off looks there afterwards.
  void begin();

 private:
  const aws::Environment& environment_;
  std::string schedule_;
  std::thread thread_;
};

}  // namespace s3m::app
