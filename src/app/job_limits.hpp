// job_limits.hpp: how much of a service a job may use: of its own, and of what several jobs share.
//
// Layer   app; pure.
// Source  docs/adr/0022-limits-of-running-jobs.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.hpp"
#include "console/runner.hpp"
#include "transfer/governor.hpp"

namespace s3m::app {

using console::JobLimits;

JobLimits limits_of(const Arguments& arguments);
void set_limits(Arguments& arguments, const JobLimits& limits);
// For a command line that is given again: those that were set while the job ran hold, but for those
// that it names itself; then keep_limits is set.
void set_unnamed_limits(Arguments& arguments, const JobLimits& limits);

// `whole`, divided among jobs of which each wants so much at most (nullopt: as much as there is):
// who wants less than an equal share leaves the rest to the others. Each gets 1 at least.
std::vector<std::uint32_t> divide(std::uint32_t whole,
                                  const std::vector<std::optional<std::uint32_t>>& wanted);

// What a job's governor is to keep to: its own limits, and never more than its share.
struct Share {
  std::optional<std::uint32_t> in_flight, per_second;
};
transfer::GovernorOptions governor_options(const JobLimits& own, const Share& share);

// Shares of jobs with these limits. `whole` unset in a member: that is not shared.
std::vector<Share> shares_of(const Share& whole, const std::vector<JobLimits>& jobs);

}  // namespace s3m::app
