// scheduler.hpp: EventBridge Scheduler, as far as a schedule is switched on and off (REST and JSON,
// 2021-06-30).
//
// Layer      aws.
// Threading  one loop.
// Source     API reference of UpdateSchedule: what is not repeated goes back to its default, so the
//            schedule is read first and sent again whole.
#pragma once

#include <string>

#include "aws/client.hpp"
#include "net/task.hpp"

namespace s3m::aws {

class Scheduler {
 public:
  explicit Scheduler(Client client) : client_(std::move(client)) {}

  // `name`: 1-64 of [A-Za-z0-9_.-]; `group`: likewise, empty for "default".
  //
  // Gives   whether it had to be changed.
  // Errors  those of Client::call; not_found; invalid_argument for what cannot be a name; protocol
  //         for a schedule that lacks what every one has.
  // Racing  the last writer wins: the service has no compare-and-set.
  net::Task<Result<bool>> enable(std::string name, std::string group, bool on);

 private:
  Client client_;
};

}  // namespace s3m::aws
