// job_limits.hpp: how much of a service one job may use: schema Limits of openapi.json.
//
// Layer      console; pure, but for limits_of_job, which is on the store's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "console/reply.hpp"
#include "store/store.hpp"

namespace s3m::console {

// The fact of a job that holds its limits, where they were changed while it ran or it was begun in
// a console; they count before those of its command line.
inline constexpr std::string_view limits_fact = "limits";

struct JobLimits {
  std::optional<std::uint32_t> concurrency;              // in flight; nullopt: found out
  std::optional<std::uint32_t> max_requests_per_second;  // nullopt: none
  bool operator==(const JobLimits&) const = default;
};

// The most that either may be.
inline constexpr std::uint32_t most_concurrency = 2048, most_requests_per_second = 1'000'000;

boost::json::object to_json(const JobLimits& limits);
std::string text_of(const JobLimits& limits);  // of the fact
// nullopt: it holds none.
std::optional<JobLimits> limits_in(std::string_view fact);

// "concurrency 8, requests a second without a limit": what `after` has that `before` had not.
std::string change_words(const JobLimits& before, const JobLimits& after);

// `now` with what the body says: a number, or null for no limit. What is not there stays.
// Problems: 422 with the field.
Answer<JobLimits> changed(JobLimits now, const boost::json::object& body);

// nullopt: nobody has set any. Errors: those of the store.
Result<std::optional<JobLimits>> limits_of_job(store::Store& store, const std::string& id);

}  // namespace s3m::console
