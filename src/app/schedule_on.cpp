#include "app/schedule_on.hpp"

#include "app/own_calls.hpp"
#include "aws/scheduler.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::app {
namespace {

// A job that is ended goes within seconds, and this with it.
constexpr std::chrono::seconds longest{10};

Result<bool> switch_on(const aws::Environment& environment, const std::string& schedule) {
  auto calls = OwnCalls::make(environment);
  if (!calls) return forward(calls);
  auto client = (*calls)->client("scheduler");
  if (!client) return forward(client);
  aws::Scheduler scheduler(*std::move(client));
  const auto slash = schedule.find('/');
  if (slash == std::string::npos)
    return (*calls)->wait(scheduler.enable(schedule, "", true), longest);
  return (*calls)->wait(
      scheduler.enable(schedule.substr(slash + 1), schedule.substr(0, slash), true), longest);
}

}  // namespace

ScheduleOn::ScheduleOn(const aws::Environment& environment)
    : environment_(environment), schedule_(environment("S3MIGRATOR_SCHEDULE").value_or("")) {}

ScheduleOn::~ScheduleOn() {
  if (thread_.joinable()) thread_.join();
}

void ScheduleOn::begin() {
  if (schedule_.empty()) return;
  thread_ = std::thread([this] {
    const auto on = switch_on(environment_, schedule_);
    if (!on) {
      log::warning("the monitor's schedule {} cannot be switched on, so nobody watches the job: {}",
                   printable(schedule_), on.error().describe());
    }
  });
}

}  // namespace s3m::app
