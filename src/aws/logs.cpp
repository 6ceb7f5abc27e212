#include "aws/logs.hpp"

#include <utility>

#include "aws/json_call.hpp"
#include "aws/s3_exchange.hpp"

namespace s3m::aws {
namespace {

Request request_of(const LogWindow& window, const std::string& token) {
  boost::json::object parameters{{"logGroupName", window.group},
                                 {"logStreamName", window.stream},
                                 {"startTime", window.start.time_since_epoch().count()},
                                 {"endTime", window.end.time_since_epoch().count()},
                                 {"startFromHead", true}};
  if (!token.empty()) parameters["nextToken"] = token;
  return json_request("GetLogEvents", "logs", "Logs_20140328", parameters);
}

Result<LogPage> read_page(net::HttpResponse& response) {
  auto answer = read_object(response);
  if (!answer) return forward(answer);
  LogPage page{.events = {}, .next = text_member(*answer, "nextForwardToken")};
  if (page.next.empty()) {
    return fail(Errc::protocol, "a page of the log has no token for the next one");
  }
  each_object(*answer, "events", [&page](const boost::json::object& event) {
    const auto time = number_member(event, "timestamp");
    if (!time) return;
    page.events.push_back({.time = WallTime(std::chrono::milliseconds(*time)),
                           .message = text_member(event, "message")});
  });
  return page;
}

}  // namespace

net::Task<Result<LogPage>> Logs::get_log_events(LogWindow window, std::string token) {
  auto page = co_await exchange<LogPage>(client_, request_of(window, token), read_page);
  if (page) page->last = page->next == token;
  co_return page;
}

}  // namespace s3m::aws
