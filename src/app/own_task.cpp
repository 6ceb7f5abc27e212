#include "app/own_task.hpp"

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "aws/plain_http.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::app {
namespace {

using namespace std::chrono_literals;
using boost::json::object;

std::string text(const object* from, std::string_view name) {
  const auto* const member = from == nullptr ? nullptr : from->if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

const object* part(const object& from, std::string_view name) {
  const auto* const member = from.if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}

net::Task<void> ask(aws::Runtime& runtime, aws::PlainRequest request,
                    std::optional<Result<net::HttpResponse>>& answer) {
  answer = co_await aws::send_plain(runtime, std::move(request), {.attempts = 3, .pause = 500ms});
  runtime.http.close();
}

Result<std::string> ask_metadata(const std::string& uri) {
  auto url = aws::parse_plain_url(uri);
  if (!url) return forward(url);
  net::Loop loop(1);
  net::HttpClient http(loop, {});
  aws::Runtime runtime{.loop = loop, .http = http};
  aws::PlainRequest request{.url = *std::move(url),
                            .headers = {},
                            .body = {},
                            .timeouts = {.connect = 2s, .response = 2s, .total = 4s}};
  std::optional<Result<net::HttpResponse>> answer;
  boost::asio::co_spawn(loop, ask(runtime, std::move(request), answer),
                        [](const std::exception_ptr& bug) {
                          if (bug) std::rethrow_exception(bug);
                        });
  loop.run();
  if (!*answer) return forward(*answer);
  if ((*answer)->status == 200) return std::move((*answer)->body);
  return fail(Errc::unavailable, "it answers " + std::to_string((*answer)->status));
}

}  // namespace

std::optional<workflow::TaskPlace> read_own_task(std::string_view answer, WallTime now) {
  boost::system::error_code unreadable;
  const auto value = boost::json::parse(answer, unreadable);
  const auto* const container = value.if_object();
  if (unreadable || container == nullptr) return std::nullopt;
  const auto* const labels = part(*container, "Labels");
  workflow::TaskPlace place{.cluster = text(labels, "com.amazonaws.ecs.cluster"),
                            .arn = text(labels, "com.amazonaws.ecs.task-arn"),
                            .since = now};
  if (place.cluster.empty() || place.arn.empty()) return std::nullopt;
  if (text(container, "LogDriver") != "awslogs") return place;
  const auto* const log = part(*container, "LogOptions");
  place.log_group = text(log, "awslogs-group");
  place.log_stream = text(log, "awslogs-stream");
  return place;
}

std::optional<workflow::TaskPlace> own_task(const aws::Environment& environment) {
  const auto uri = environment("ECS_CONTAINER_METADATA_URI_V4");
  if (!uri || uri->empty()) return std::nullopt;
  const auto answer = ask_metadata(*uri);
  if (!answer) {
    log::warning("this task's metadata cannot be had, so the monitor will not find it: {}",
                 answer.error().describe());
    return std::nullopt;
  }
  auto place = read_own_task(*answer, system_clock().now());
  if (!place)
    log::warning("this task's metadata do not name the task: the monitor will not find it");
  return place;
}

}  // namespace s3m::app
