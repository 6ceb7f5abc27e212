// run_routes.cpp: jobs that are begun and taken up here.
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/parts.hpp"
#include "console/runner.hpp"
#include "net/signal.hpp"
#include "workflow/job_run.hpp"

namespace s3m::console {
namespace {

using namespace std::chrono_literals;

// A job is in the store, and has its claim, as soon as its thread has opened the store.
constexpr auto look_gap = 50ms;
constexpr int most_looks = 200;

Problem only_watches() {
  return {.status = 409,
          .code = "not-here",
          .detail = "This console watches jobs, and runs none: start them on the command line."};
}

// Notes who did it and tells what the job is, once it runs or has ended.
net::Task<Reply> begun(Parts& parts, std::string id, Action action, int status) {
  auto* const runner = parts.options.runner;
  for (int look = 0; look < most_looks; ++look) {
    auto at_work = co_await parts.store.run(parts.loop, [id](store::Store& store) {
      auto view = workflow::view_job(store, id);
      return view && view->at_work;
    });
    if (at_work || !runner->runs(id)) break;
    co_await net::sleep_for(look_gap);
  }
  const auto why_not = runner->why_not(id);
  co_return co_await from_store(
      parts, [&parts, id, action, status, why_not](store::Store& store) -> Reply {
        auto job = store.find_job(id);
        if (job && !*job && why_not)
          return refuse({.status = 502, .code = "not-begun", .detail = single_line(*why_not)});
        auto noted = record_action(store, id, action);
        if (!noted) return refuse(noted.error());
        return job_reply(store, id, parts.executor, status);
      });
}

net::Task<Reply> begin(Parts& parts, Call call) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto request = read_job_request(*body);
  if (!request) co_return refuse(std::move(request.error()));
  auto id = parts.options.runner->begin(*request);
  if (!id) co_return refuse(std::move(id.error()));
  co_return co_await begun(parts, *id, action_of(call, "begin"), 201);
}

net::Task<Reply> again(Parts& parts, Call call, workflow::Again how, std::string what) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  auto started = parts.options.runner->resume(call.id, how);
  if (!started) co_return refuse(std::move(started.error()));
  co_return co_await begun(parts, call.id, action_of(call, std::move(what)), 200);
}

net::Task<Reply> undo(Parts& parts, Call call) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto given = token_again(parts, call, text_field(*body, "token"));
  if (!given) co_return refuse(std::move(given.error()));
  auto started = parts.options.runner->undo(call.id);
  if (!started) co_return refuse(std::move(started.error()));
  co_return co_await begun(parts, call.id, action_of(call, "undo"), 200);
}

// What is confirmed must be what is asked about now, not what an old page shows.
net::Task<Reply> confirm(Parts& parts, Call call) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto given = token_again(parts, call, text_field(*body, "token"));
  if (!given) co_return refuse(std::move(given.error()));
  const auto name = text_field(*body, "name"), digest = text_field(*body, "digest");
  auto asked = co_await parts.store.run(parts.loop, [&parts, id = call.id](store::Store& store) {
    return confirmation_of(store, id, parts.executor);
  });
  if (!asked) co_return refuse(asked.error());
  if (asked->is_null() || asked->at("digest").as_string() != digest ||
      asked->at("bucket").as_string() != name) {
    co_return refuse({.status = 409,
                      .code = "confirmation",
                      .detail = "That is not what the job waits for: the name is the bucket's, and "
                                "the digest that of what was proven last."});
  }
  auto started = parts.options.runner->confirm(call.id, name, digest);
  if (!started) co_return refuse(std::move(started.error()));
  co_return co_await begun(parts, call.id, action_of(call, "confirm", digest), 200);
}

net::Task<Reply> clone(Parts& parts, Call call) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  auto fact = co_await parts.store.run(
      parts.loop, [id = call.id](store::Store& store) -> Result<std::optional<std::string>> {
        auto view = workflow::view_job(store, id);
        if (!view) return forward(view);
        return store.fact(id, workflow::command_fact);
      });
  if (!fact) co_return refuse(fact.error());
  auto request = parts.options.runner->request_of(fact->value_or(""));
  if (!request) co_return refuse(std::move(request.error()));
  co_return json_reply(200, to_json(*request));
}

}  // namespace

void add_run_routes(Router& router, Parts& parts) {
  const std::string jobs = "/api/v1/jobs", one = jobs + "/{id}/";
  const auto add = [&](std::string pattern, Handler handler) {
    router.add({.method = "POST",
                .pattern = std::move(pattern),
                .access = Access::operator_,
                .handler = std::move(handler)});
  };
  add(jobs, [&parts](Call call) { return begin(parts, std::move(call)); });
  add(one + "resume", [&parts](Call call) {
    return again(parts, std::move(call), workflow::Again::resume, "resume");
  });
  add(one + "retry", [&parts](Call call) {
    return again(parts, std::move(call), workflow::Again::retry, "retry");
  });
  add(one + "undo", [&parts](Call call) { return undo(parts, std::move(call)); });
  add(one + "confirm", [&parts](Call call) { return confirm(parts, std::move(call)); });
  add(one + "clone", [&parts](Call call) { return clone(parts, std::move(call)); });
}

}  // namespace s3m::console
