#include "console/retry_request.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "base/counted.hpp"
#include "base/text.hpp"
#include "workflow/job_control.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

constexpr std::int64_t most_attempts = 1'000'000'000;

std::optional<std::int64_t> from_one(const json::value& value) {
  json::error_code unfit;
  const auto number = value.to_number<std::int64_t>(unfit);
  return unfit || number < 1 ? std::nullopt : std::optional(number);
}

bool read_numbers(const json::value& value, std::vector<std::uint64_t>& out) {
  const auto* const numbers = value.if_array();
  if (numbers == nullptr || numbers->empty()) return false;
  for (const auto& each : *numbers) {
    const auto number = from_one(each);
    if (!number) return false;
    out.push_back(static_cast<std::uint64_t>(*number));
  }
  return true;
}

}  // namespace

Answer<RetryRequest> read_retry(const json::object& body) {
  RetryRequest request;
  Problem problem{.status = 422, .code = "invalid"};
  for (const auto& [key, value] : body) {
    if (key == "numbers") {
      if (!read_numbers(value, request.numbers))
        problem.fields.push_back({"numbers", "is a list of numbers of failures, from 1 on"});
    } else if (key == "attempt") {
      const auto attempt = from_one(value);
      if (attempt && *attempt <= most_attempts) {
        request.attempt = static_cast<int>(*attempt);
      } else {
        problem.fields.push_back({"attempt", "is the number of a run of the job"});
      }
    } else {
      problem.fields.push_back({printable(key), "is not known"});
    }
  }
  if (problem.fields.empty()) return request;
  problem.detail =
      fmt::format("{} {}", problem.fields.front().field, problem.fields.front().message);
  return refuse(std::move(problem));
}

std::string chosen_words(const RetryRequest& request) {
  return counted(request.numbers.size(), "failure");
}

Answer<void> is_attempt(store::Store& store, const std::string& id, std::optional<int> attempt) {
  if (!attempt) return {};
  const auto view = workflow::view_job(store, id);
  if (!view) return refuse(view.error());
  if (view->job.attempt == *attempt) return {};
  return refuse(
      {.status = 409,
       .code = "job-state",
       .detail = fmt::format("Job {} was run again since: its failures are others by now.",
                             printable(id))});
}

}  // namespace s3m::console
