#include "console/job_limits.hpp"

#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

struct Member {
  std::string_view name, words, without;
  std::optional<std::uint32_t> JobLimits::* value;
  std::uint32_t most;
};
constexpr Member members[] = {
    {"concurrency", "concurrency", "found out", &JobLimits::concurrency, most_concurrency},
    {"max_requests_per_second", "requests a second", "without a limit",
     &JobLimits::max_requests_per_second, most_requests_per_second}};

// nullopt: neither null nor a number that it may be.
std::optional<std::optional<std::uint32_t>> limit_in(const json::value& value, std::uint32_t most) {
  if (value.is_null()) return std::optional<std::uint32_t>();
  json::error_code none;
  const auto number = value.to_number<std::uint32_t>(none);
  if (none || number < 1 || number > most) return std::nullopt;
  return std::optional(number);
}

const Member* member_of(std::string_view name) {
  for (const auto& member : members)
    if (member.name == name) return &member;
  return nullptr;
}

}  // namespace

json::object to_json(const JobLimits& limits) {
  json::object out;
  for (const auto& member : members) {
    const auto& value = limits.*member.value;
    out[member.name] = value ? json::value(*value) : json::value(nullptr);
  }
  return out;
}

std::string text_of(const JobLimits& limits) {
  return json::serialize(to_json(limits));
}

std::optional<JobLimits> limits_in(std::string_view fact) {
  const auto value = parsed_or_null(fact);
  const auto* const object = value.if_object();
  if (object == nullptr) return std::nullopt;
  auto limits = changed({}, *object);
  return limits ? std::optional(*limits) : std::nullopt;
}

std::string change_words(const JobLimits& before, const JobLimits& after) {
  std::string out;
  for (const auto& [name, words, without, value, most] : members) {
    if (before.*value == after.*value) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", words,
                       after.*value ? fmt::format("{}", *(after.*value)) : std::string(without));
  }
  return out.empty() ? "unchanged" : out;
}

Answer<JobLimits> changed(JobLimits now, const json::object& body) {
  Problem problem{.status = 422, .code = "invalid"};
  for (const auto& [key, value] : body) {
    const auto* const member = member_of(key);
    const auto limit = member == nullptr ? std::nullopt : limit_in(value, member->most);
    if (limit) {
      now.*(member->value) = *limit;
    } else {
      problem.fields.push_back(
          {printable(key), member == nullptr
                               ? "is not known"
                               : fmt::format("is null or a number from 1 to {}", member->most)});
    }
  }
  if (problem.fields.empty()) return now;
  problem.detail =
      fmt::format("{} {}", problem.fields.front().field, problem.fields.front().message);
  return refuse(std::move(problem));
}

Result<std::optional<JobLimits>> limits_of_job(store::Store& store, const std::string& id) {
  auto fact = store.fact(id, limits_fact);
  if (!fact) return forward(fact);
  return limits_in(fact->value_or(""));
}

}  // namespace s3m::console
