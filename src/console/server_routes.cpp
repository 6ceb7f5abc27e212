// server_routes.cpp: about the server itself, and the stream of events.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "console/openapi.hpp"
#include "console/parts.hpp"
#include "console/runner.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

constexpr std::chrono::minutes stream_of_a_person{15};

json::array list(const std::vector<std::string>& names) {
  json::array out;
  for (const auto& one : names)
    out.emplace_back(printable(one));
  return out;
}

net::Task<Reply> about(Parts& parts) {
  const auto& options = parts.options;
  const auto names = options.runner == nullptr ? Allowed() : options.runner->allowed();
  const json::object allowed{{"endpoints", list(names.endpoints)},
                             {"profiles", list(names.profiles)},
                             {"roles", list(names.roles)}};
  co_return json_reply(
      200, json::object{{"program", options.program},
                        {"version", options.version},
                        {"executor", options.executor.runs_jobs ? "in-process" : "none"},
                        {"simulator", options.simulator},
                        {"store", options.store_kind},
                        {"allowed", allowed}});
}

net::Task<Reply> health(Parts& parts) {
  return from_store(parts, [](store::Store& store) -> Reply {
    auto jobs = store.jobs(1);
    if (!jobs)
      return refuse({.status = 503, .code = "store", .detail = "The store cannot be read."});
    return json_reply(200, json::object{{"status", "ok"}});
  });
}

net::Task<Reply> metrics(Parts& parts) {
  auto counters = parts.counters;
  counters.refused_tokens = parts.doorkeeper.failures();
  counters.sessions = parts.doorkeeper.sessions();
  counters.streams = parts.hub.streams();
  auto jobs = co_await parts.store.run(parts.loop, jobs_metrics);
  if (!jobs) co_return refuse(jobs.error());
  co_return text_reply(200, "text/plain; version=0.0.4; charset=utf-8",
                       server_metrics(counters) + *jobs);
}

// Whether whoever opened a stream may go on to read it. A page opens it again by itself, and is
// asked then who it is.
std::function<bool()> still_allowed(Parts& parts, const Call& call) {
  if (call.by_proxy) {
    const auto end = std::chrono::steady_clock::now() + stream_of_a_person;
    return [end] { return std::chrono::steady_clock::now() < end; };
  }
  if (!call.by_cookie) return [] { return true; };
  return
      [&parts, session = std::string(cookie(call.request.headers.get("Cookie"), session_cookie))] {
        return parts.doorkeeper.session(session).has_value();
      };
}

net::Task<Reply> open_stream(Parts& parts, Call call) {
  if (parts.hub.streams() >= parts.options.max_streams) {
    co_return refuse({.status = 429,
                      .code = "too-many",
                      .detail = "Too many pages watch this server at once. Close some.",
                      .retry_after_seconds = 15});
  }
  net::ServerReply reply;
  add_header(reply, "Content-Type", "text/event-stream");
  add_header(reply, "Cache-Control", "no-store");
  add_header(reply, "X-Accel-Buffering", "no");
  reply.stream = [&parts, allowed = still_allowed(parts, call),
                  last = std::string(call.request.headers.get("Last-Event-ID"))](
                     net::ReplyBody& body) { return parts.hub.stream(body, last, allowed); };
  co_return reply;
}

net::Task<Reply> description() {
  co_return text_reply(200, "application/json", std::string(openapi_document()));
}

}  // namespace

Problem bad_query(std::string_view name) {
  return {.status = 400,
          .code = "query",
          .detail = "The parameter " + std::string(name) + " is not as openapi.json has it."};
}

Problem bad_body() {
  return {.status = 400, .code = "body", .detail = "The body is no JSON object."};
}

void add_server_routes(Router& router, Parts& parts) {
  router.add({.method = "GET",
              .pattern = "/healthz",
              .access = Access::anybody,
              .handler = [&parts](Call) { return health(parts); }});
  router.add(
      {.method = "GET", .pattern = "/metrics", .access = Access::viewer, .handler = [&parts](Call) {
         return metrics(parts);
       }});
  router.add({.method = "GET",
              .pattern = "/api/v1/openapi.json",
              .access = Access::anybody,
              .handler = [](Call) { return description(); }});
  router.add({.method = "GET",
              .pattern = "/api/v1/about",
              .access = Access::viewer,
              .handler = [&parts](Call) { return about(parts); }});
  router.add({.method = "GET",
              .pattern = "/api/v1/stream",
              .access = Access::viewer,
              .handler = [&parts](Call call) { return open_stream(parts, std::move(call)); }});
}

}  // namespace s3m::console
