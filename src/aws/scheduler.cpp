#include "aws/scheduler.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "aws/json_call.hpp"
#include "aws/s3_exchange.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

using boost::json::object;

bool is_name(std::string_view text) {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  });
}

Request request_of(std::string_view operation, Method method, const std::string& name) {
  return {.operation = operation,
          .service = "scheduler",
          .method = method,
          .key = "schedules/" + name,
          .timeouts = brief()};
}

// What GetSchedule tells and UpdateSchedule takes. The name is in the path.
constexpr auto kept = std::to_array<std::string_view>(
    {"ActionAfterCompletion", "Description", "EndDate", "FlexibleTimeWindow", "GroupName",
     "KmsKeyArn", "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "Target"});

object with_state(const object& schedule, std::string_view state) {
  object update{{"State", state}};
  for (const auto name : kept) {
    const auto* const member = schedule.if_contains(name);
    if (member != nullptr && !member->is_null()) update[name] = *member;
  }
  return update;
}

Result<object> read_schedule(net::HttpResponse& response) {
  auto schedule = read_object(response);
  if (!schedule) return schedule;
  const bool whole = !text_member(*schedule, "ScheduleExpression").empty() &&
                     schedule->contains("Target") && schedule->contains("FlexibleTimeWindow");
  if (whole) return schedule;
  return fail(Errc::protocol, "the schedule has no expression, target or time window");
}

}  // namespace

net::Task<Result<bool>> Scheduler::enable(std::string name, std::string group, bool on) {
  if (!is_name(name) || (!group.empty() && !is_name(group))) {
    co_return fail(Errc::invalid_argument,
                   fmt::format("'{}' cannot be the name of a schedule", printable(name)));
  }
  auto get = request_of("GetSchedule", Method::get, name);
  if (!group.empty()) get.query.push_back({"groupName", group});
  auto schedule = co_await exchange<object>(client_, std::move(get), read_schedule);
  if (!schedule) co_return forward(schedule);
  const std::string_view state = on ? "ENABLED" : "DISABLED";
  if (text_member(*schedule, "State") == state) co_return false;
  auto put = request_of("UpdateSchedule", Method::put, name);
  put.headers.push_back({"content-type", "application/json"});
  put.body = boost::json::serialize(with_state(*schedule, state));
  auto updated = co_await exchange<void>(client_, std::move(put), read_nothing);
  if (!updated) co_return forward(updated);
  co_return true;
}

}  // namespace s3m::aws
