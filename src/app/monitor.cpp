#include "app/monitor.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "app/lambda_runtime.hpp"
#include "app/monitor_pass.hpp"
#include "app/run.hpp"
#include "app/say.hpp"
#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

// Of an invocation's time, for what is written at the end and for the answer.
constexpr std::chrono::seconds margin{5};

Result<MonitorReport> look(const Arguments& arguments, const aws::Environment& environment,
                           SteadyTime deadline) {
  auto pass = MonitorPass::make(arguments, environment);
  if (!pass) return forward(pass);
  return (*pass)->look(deadline);
}

void show(const MonitorReport& report, const OutputArguments& output) {
  for (const auto& text : report.troubles)
    say(stderr, "s3migrator: {}\n", single_line(text));
  if (output.json) {
    say(stdout, "{}\n", safe_json(to_json(report)));
  } else if (!output.quiet) {
    for (const auto& sight : report.jobs) {
      say(stdout, "{}  {:>3}%  {}{}{}\n", printable(sight.job), sight.percent, sight.state,
          sight.task ? "  task " : "", sight.task ? printable(sight.task->status) : "");
      for (const auto& warning : sight.warnings)
        say(stdout, "  {}\n", single_line(warning));
    }
    if (report.jobs.empty()) say(stdout, "No job is running.\n");
    if (!report.complete)
      say(stdout, "Time was up before all was read; the next look goes on there.\n");
  }
  std::fflush(stdout);
}

// In Lambda what is printed goes into the function's own log.
int serve_function(const Arguments& arguments, const aws::Environment& environment,
                   const std::string& api) {
  // What keeps it from beginning is told as such, and not at each invocation anew.
  if (auto pass = MonitorPass::make(arguments, environment); !pass) {
    log::error("the monitor cannot begin: {}", pass.error().describe());
    static_cast<void>(refuse_lambda(api, pass.error()));
    return exit_code_of(pass.error());
  }
  const auto ended =
      serve_lambda(api, [&](const LambdaInvocation& invocation) -> Result<std::string> {
        auto report = look(arguments, environment, invocation.deadline - margin);
        if (!report) return forward(report);
        for (const auto& text : report->troubles)
          log::warning("{}", text);
        return to_json(*report);
      });
  log::error("the function has ended: {}", ended.describe());
  return workflow::exit_fatal;
}

}  // namespace

int run_monitor(const Arguments& arguments, const aws::Environment& environment) {
  const auto api = lambda_api(environment);
  if (!api.empty()) return serve_function(arguments, environment, api);
  const auto deadline = std::chrono::steady_clock::now() + arguments.monitor.within;
  const auto report = look(arguments, environment, deadline);
  if (!report) {
    say(stderr, "s3migrator: {}\n", single_line(report.error().describe()));
    return exit_code_of(report.error());
  }
  show(*report, arguments.output);
  return report->troubles.empty() ? workflow::exit_verified : workflow::exit_fatal;
}

}  // namespace s3m::app
