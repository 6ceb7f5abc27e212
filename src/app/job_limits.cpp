#include "app/job_limits.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace s3m::app {
namespace {

std::uint32_t least(std::uint32_t one, const std::optional<std::uint32_t>& other) {
  return other ? std::min(one, *other) : one;
}

}  // namespace

JobLimits limits_of(const Arguments& arguments) {
  return {.concurrency = arguments.concurrency,
          .max_requests_per_second = arguments.max_requests_per_second};
}

void set_limits(Arguments& arguments, const JobLimits& limits) {
  arguments.concurrency = limits.concurrency;
  arguments.max_requests_per_second = limits.max_requests_per_second;
}

void set_unnamed_limits(Arguments& arguments, const JobLimits& limits) {
  const auto named = [&](std::string_view option) {
    return std::ranges::find(arguments.given, option, &GivenOption::name) != arguments.given.end();
  };
  const bool concurrency = named("--concurrency"), rate = named("--max-requests-per-second");
  if (!concurrency) arguments.concurrency = limits.concurrency;
  if (!rate) arguments.max_requests_per_second = limits.max_requests_per_second;
  arguments.keep_limits = concurrency || rate;
}

std::vector<std::uint32_t> divide(std::uint32_t whole,
                                  const std::vector<std::optional<std::uint32_t>>& wanted) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  // Who wants least first: what they leave is still to be divided.
  std::ranges::sort(order, {}, [&](std::size_t job) {
    return std::pair(wanted[job].value_or(std::numeric_limits<std::uint32_t>::max()), job);
  });
  std::vector<std::uint32_t> shares(wanted.size());
  auto jobs_left = static_cast<std::uint32_t>(wanted.size());
  for (const auto job : order) {
    const auto equal = whole / jobs_left--;
    shares[job] = std::max(least(equal, wanted[job]), 1U);
    whole -= std::min(shares[job], whole);
  }
  return shares;
}

transfer::GovernorOptions governor_options(const JobLimits& own, const Share& share) {
  transfer::GovernorOptions options;
  options.maximum = least(options.maximum, share.in_flight);
  if (own.concurrency) {
    options.adaptive = false;
    options.initial = options.maximum = least(*own.concurrency, share.in_flight);
  }
  options.most_per_second = own.max_requests_per_second
                                ? least(*own.max_requests_per_second, share.per_second)
                                : share.per_second.value_or(0);
  return options;
}

std::vector<Share> shares_of(const Share& whole, const std::vector<JobLimits>& jobs) {
  std::vector<std::optional<std::uint32_t>> in_flight, per_second;
  for (const auto& job : jobs) {
    in_flight.push_back(job.concurrency);
    per_second.push_back(job.max_requests_per_second);
  }
  std::vector<Share> shares(jobs.size());
  const auto in_flights = divide(whole.in_flight.value_or(0), in_flight);
  const auto per_seconds = divide(whole.per_second.value_or(0), per_second);
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    if (whole.in_flight) shares[job].in_flight = in_flights[job];
    if (whole.per_second) shares[job].per_second = per_seconds[job];
  }
  return shares;
}

}  // namespace s3m::app
