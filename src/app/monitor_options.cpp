#include "app/monitor_options.hpp"

#include "app/option_values.hpp"

namespace s3m::app {
namespace {

// "NAME" or "GROUP/NAME".
Result<void> set_schedule(Arguments& arguments, const std::string& value) {
  const auto slash = value.find('/');
  const bool grouped = slash != std::string::npos;
  if (value.empty() || (grouped && (slash == 0 || slash + 1 == value.size())))
    return usage("a schedule is named NAME or GROUP/NAME");
  arguments.monitor.schedule_group = grouped ? value.substr(0, slash) : "";
  arguments.monitor.schedule = grouped ? value.substr(slash + 1) : value;
  return ok;
}

Result<void> set_within(Arguments& arguments, const std::string& value) {
  constexpr std::uint64_t a_day = 86'400;
  auto seconds = number(value, 1, a_day);
  if (!seconds) return forward(seconds);
  arguments.monitor.within = std::chrono::seconds(*seconds);
  return ok;
}

}  // namespace

Options monitor_options() {
  const std::string group = "Monitor";
  return {{"--schedule", "[GROUP/]NAME", group,
           "The schedule of EventBridge that starts the monitor: it is switched off when no job "
           "runs any more.",
           set_schedule},
          {"--metrics", "NAMESPACE", group,
           "Writes Percent, FailedObjects and DeadTasks of each job to CloudWatch, under this name "
           "space (default: none are written).",
           text([](Arguments& a) -> std::string& { return a.monitor.metrics; })},
          {"--count", "", group,
           "Counts the objects on both sides of each job, with the job's own roles: a cross-check, "
           "and the percentage where the log tells none. A count that takes longer than one look "
           "goes on in the next.",
           flag([](Arguments& a) -> bool& { return a.monitor.count; })},
          {"--within", "SECONDS", group,
           "Stops after so long, and goes on where it was the next time (default 840). In Lambda "
           "the invocation's own deadline holds.",
           set_within}};
}

}  // namespace s3m::app
