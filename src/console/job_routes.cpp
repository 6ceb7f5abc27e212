// job_routes.cpp: what may be asked of jobs.
#include <boost/json/object.hpp>

#include "base/text.hpp"
#include "console/job_queries.hpp"
#include "console/parts.hpp"

namespace s3m::console {
namespace {

std::string text(const Call& call, std::string_view name) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? std::string() : found->second;
}

net::Task<Reply> list(Parts& parts, Call call) {
  const auto limit = call.number("limit", 50, 1, 200);
  if (!limit) co_return refuse(bad_query("limit"));
  const JobFilter filter{.states = text(call, "state"),
                         .kind = text(call, "kind"),
                         .part = text(call, "q"),
                         .limit = *limit,
                         .after = text(call, "cursor")};
  co_return co_await from_store(parts, [&parts, filter](store::Store& store) {
    return list_jobs(store, filter, parts.executor);
  });
}

net::Task<Reply> show(Parts& parts, Call call) {
  co_return co_await from_store(parts, [&parts, id = call.id](store::Store& store) -> Reply {
    auto detail = job_detail(store, id, parts.executor);
    if (!detail) return refuse(detail.error());
    return json_reply(200, *detail);
  });
}

// "2.117"; the beginning where there is nothing.
std::optional<store::EventPosition> position(const std::string& after) {
  if (after.empty()) return store::EventPosition();
  const auto dot = after.find('.');
  if (dot == std::string::npos) return std::nullopt;
  constexpr std::uint64_t most_attempts = 1'000'000'000;
  const auto attempt = parse_u64(after.substr(0, dot)), seq = parse_u64(after.substr(dot + 1));
  if (!attempt || !seq || *attempt > most_attempts || *seq >> 62U != 0) return std::nullopt;
  return store::EventPosition{static_cast<int>(*attempt), *seq};
}

net::Task<Reply> events(Parts& parts, Call call) {
  const auto limit = call.number("limit", 200, 1, 1000);
  if (!limit) co_return refuse(bad_query("limit"));
  const auto after = position(text(call, "after"));
  if (!after) co_return refuse(bad_query("after"));
  co_return co_await from_store(parts,
                                [id = call.id, at = *after, most = *limit](store::Store& store) {
                                  return list_events(store, id, at, most);
                                });
}

net::Task<Reply> samples(Parts& parts, Call call) {
  const auto points = call.number("points", 240, 1, 240);
  if (!points) co_return refuse(bad_query("points"));
  co_return co_await from_store(parts, [id = call.id, most = *points](store::Store& store) {
    return list_samples(store, id, most);
  });
}

net::Task<Reply> failures(Parts& parts, Call call) {
  const auto limit = call.number("limit", 100, 1, 1000);
  if (!limit) co_return refuse(bad_query("limit"));
  const auto offset = call.number("offset", 0, 0, 100'000'000);
  if (!offset) co_return refuse(bad_query("offset"));
  const FailureFilter filter{
      .part = text(call, "q"), .code = text(call, "code"), .limit = *limit, .offset = *offset};
  co_return co_await from_store(parts, [&parts, id = call.id, filter](store::Store& store) {
    return list_failures(store, id, filter, parts.failure_counts);
  });
}

net::Task<Reply> groups(Parts& parts, Call call) {
  co_return co_await from_store(parts, [&parts, id = call.id](store::Store& store) {
    return group_failures(store, id, parts.failure_counts);
  });
}

net::Task<Reply> failures_as(Parts& parts, Call call, std::string type) {
  co_return co_await from_store(
      parts, [id = call.id, type](store::Store& store) { return failures_file(store, id, type); });
}

net::Task<Reply> report_as(Parts& parts, Call call, std::string type) {
  co_return co_await from_store(
      parts, [id = call.id, type, program = parts.options.program](store::Store& store) {
        return report_file(store, id, type, program);
      });
}

}  // namespace

void add_job_routes(Router& router, Parts& parts) {
  const std::string jobs = "/api/v1/jobs", one = jobs + "/{id}";
  const auto add = [&](std::string pattern, net::Task<Reply> (*handler)(Parts&, Call)) {
    router.add(
        {.method = "GET",
         .pattern = std::move(pattern),
         .access = Access::viewer,
         .handler = [&parts, handler](Call call) { return handler(parts, std::move(call)); }});
  };
  add(jobs, list);
  add(one, show);
  add(one + "/events", events);
  add(one + "/samples", samples);
  add(one + "/failures", failures);
  add(one + "/failures/groups", groups);
  const auto add_file = [&](const std::string& name, const std::string& type, auto handler) {
    router.add({.method = "GET",
                .pattern = one + "/" + name + "." + type,
                .access = Access::viewer,
                .handler = [&parts, handler, type](Call call) {
                  return handler(parts, std::move(call), type);
                }});
  };
  for (const auto* const type : {"csv", "json"})
    add_file("failures", type, failures_as);
  for (const auto* const type : {"json", "csv", "html"})
    add_file("report", type, report_as);
}

}  // namespace s3m::console
