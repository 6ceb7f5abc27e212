// run_routes.cpp: jobs that are begun and taken up here.
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/parts.hpp"
#include "console/retry_request.hpp"
#include "console/runner.hpp"
#include "net/signal.hpp"
#include "workflow/job_run.hpp"
#include "workflow/migration_records.hpp"

namespace s3m::console {
namespace {

using namespace std::chrono_literals;

// A job is in the store, and has its claim, as soon as its thread has opened the store.
constexpr auto look_gap = 20ms;
// A job begins within a moment: by then its store does not answer.
constexpr int most_looks = 500;

Problem only_watches() {
  return {.status = 409,
          .code = "not-here",
          .detail = "This console watches jobs, and runs none: start them on the command line."};
}

Person person_of(const Action& action) {
  return {.who = who(action), .note = note_of(action)};
}

// On the store's thread: the runner waits for a store.
template <class Ask>
auto ask_runner(Parts& parts, Ask ask) {
  return parts.store.run(parts.loop, [&runner = *parts.options.runner,
                                      ask = std::move(ask)](store::Store&) { return ask(runner); });
}

// Once it runs, or has ended: notes who did it, and tells what the job is.
net::Task<Reply> begun(Parts& parts, std::string id, Action action, int status) {
  auto beginning = parts.options.runner->beginning(id);
  for (int look = 0; look < most_looks && !beginning.decided; ++look) {
    co_await net::sleep_for(look_gap);
    beginning = parts.options.runner->beginning(id);
  }
  if (beginning.refused) co_return refuse(*beginning.refused);
  if (!beginning.decided) {
    co_return refuse({.status = 503,
                      .code = "not-yet",
                      .detail = fmt::format("Job {} is still being begun; look at it in a moment.",
                                            printable(id))});
  }
  co_return co_await from_store(parts, [&parts, id, action, status](store::Store& store) -> Reply {
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
  auto action = action_of(call, "begin");
  auto id =
      co_await ask_runner(parts, [request = *std::move(request), person = person_of(action)](
                                     JobRunner& runner) { return runner.begin(request, person); });
  if (!id) co_return refuse(std::move(id.error()));
  co_return co_await begun(parts, *std::move(id), std::move(action), 201);
}

std::string words_of(const std::vector<JobRequest::Option>& options) {
  std::string out;
  for (const auto& [name, values] : options) {
    out += (out.empty() ? "with " : ", ") + name;
    for (const auto& value : values)
      out += "=" + value;
  }
  return out;
}

net::Task<Reply> again(Parts& parts, Call call, workflow::Again how, Action action,
                       std::vector<JobRequest::Option> more) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  auto started = co_await ask_runner(
      parts, [id = call.id, how, more = std::move(more), person = person_of(action)](
                 JobRunner& runner) { return runner.resume(id, how, more, person); });
  if (!started) co_return refuse(std::move(started.error()));
  co_return co_await begun(parts, call.id, std::move(action), 200);
}

// A job that deletes its source at somebody's word from a command line goes on with that by the
// token, not by a click; before the first delete it asks the page anew by itself.
net::Task<Answer<void>> may_go_on(Parts& parts, Call call, std::string token) {
  auto deletes = co_await parts.store.run(parts.loop, [id = call.id](store::Store& store) {
    return workflow::deletes_as_told_elsewhere(store, id);
  });
  if (!deletes) co_return refuse(deletes.error());
  if (!*deletes) co_return Answer<void>();
  if (!token.empty()) co_return token_again(parts, call, token);
  co_return refuse({.status = 403,
                    .code = "token",
                    .detail = fmt::format("Job {} was confirmed on a command line and goes on "
                                          "deleting its source: resume it with the token.",
                                          printable(call.id))});
}

// A body is not needed. Options that are added on the way decide what is deleted and what the
// bucket is called, so the token is asked for again.
net::Task<Reply> resume(Parts& parts, Call call) {
  const auto body = call.request.body.empty() ? boost::json::object() : call.body();
  if (!body) co_return refuse(bad_body());
  auto more = read_options(*body);
  if (!more) co_return refuse(std::move(more.error()));
  if (!more->empty()) {
    auto given = token_again(parts, call, text_field(*body, "token"));
    if (!given) co_return refuse(std::move(given.error()));
  } else {
    auto may = co_await may_go_on(parts, call, text_field(*body, "token"));
    if (!may) co_return refuse(std::move(may.error()));
  }
  auto action = action_of(call, "resume", words_of(*more));
  co_return co_await again(parts, std::move(call), workflow::Again::resume, std::move(action),
                           *std::move(more));
}

// The page may show failures that a run in between has made others of.
net::Task<Reply> retry_some(Parts& parts, Call call, RetryRequest asked) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  auto action = action_of(call, "retry", chosen_words(asked));
  auto started = co_await parts.store.run(
      parts.loop,
      [&runner = *parts.options.runner, id = call.id, asked = std::move(asked),
       person = person_of(action)](store::Store& store) -> Answer<void> {
        auto same = is_attempt(store, id, asked.attempt);
        if (!same) return same;
        return runner.retry_some(id, asked.numbers, person);
      });
  if (!started) co_return refuse(std::move(started.error()));
  co_return co_await begun(parts, call.id, std::move(action), 200);
}

net::Task<Reply> retry(Parts& parts, Call call) {
  const auto body = call.request.body.empty() ? boost::json::object() : call.body();
  if (!body) co_return refuse(bad_body());
  auto asked = read_retry(*body);
  if (!asked) co_return refuse(std::move(asked.error()));
  auto may = co_await may_go_on(parts, call, {});
  if (!may) co_return refuse(std::move(may.error()));
  if (!asked->numbers.empty())
    co_return co_await retry_some(parts, std::move(call), *std::move(asked));
  auto action = action_of(call, "retry");
  co_return co_await again(parts, std::move(call), workflow::Again::retry, std::move(action), {});
}

net::Task<Reply> undo(Parts& parts, Call call) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto more = read_options(*body);
  if (!more) co_return refuse(std::move(more.error()));
  auto given = token_again(parts, call, text_field(*body, "token"));
  if (!given) co_return refuse(std::move(given.error()));
  auto action = action_of(call, "undo", words_of(*more));
  auto started = co_await ask_runner(
      parts, [id = call.id, more = *std::move(more), person = person_of(action)](
                 JobRunner& runner) { return runner.undo(id, more, person); });
  if (!started) co_return refuse(std::move(started.error()));
  co_return co_await begun(parts, call.id, std::move(action), 200);
}

// What is confirmed must be what is asked about now, not what an old page shows.
Answer<void> is_asked(store::Store& store, const Parts& parts, const std::string& id,
                      const boost::json::object& given) {
  const auto asked = confirmation_of(store, id, parts.executor);
  if (!asked) return refuse(asked.error());
  const auto* const question = asked->if_object();
  const auto same = [&](std::string_view field, std::string_view in_question) {
    const auto text = text_field(given, field);
    return !text.empty() && question->at(in_question).as_string() == text;
  };
  if (question != nullptr && same("name", "bucket") && same("digest", "digest") &&
      same("asked", "id"))
    return {};
  return refuse({.status = 409,
                 .code = "confirmation",
                 .detail = "That is not what the job waits for: the name is the bucket's, digest "
                           "and id are those of what it asks about now. Look at it again."});
}

net::Task<Reply> confirm(Parts& parts, Call call) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto given = token_again(parts, call, text_field(*body, "token"));
  if (!given) co_return refuse(std::move(given.error()));
  auto action = action_of(call, "confirm", text_field(*body, "digest"));
  auto started = co_await parts.store.run(
      parts.loop,
      [&parts, id = call.id, body = *body,
       person = person_of(action)](store::Store& store) -> Answer<void> {
        auto asked = is_asked(store, parts, id, body);
        if (!asked) return asked;
        return parts.options.runner->confirm(id, text_field(body, "name"),
                                             text_field(body, "asked"), person);
      });
  if (!started) co_return refuse(std::move(started.error()));
  co_return co_await begun(parts, call.id, std::move(action), 200);
}

// On the store's thread, one after the other. Kept before they take effect: a job that ends in
// between is taken up with them.
Reply change_limits(Parts& parts, store::Store& store, const std::string& id, Action action,
                    const boost::json::object& body) {
  auto& runner = *parts.options.runner;
  auto view = workflow::view_job(store, id);
  if (!view) return refuse(view.error());
  const auto before = runner.limits(id);
  if (!before) {
    return refuse({.status = 409,
                   .code = "not-here",
                   .detail = fmt::format("Job {} does not run here: limits are changed where a job "
                                         "runs.",
                                         printable(id))});
  }
  auto after = changed(*before, body);
  if (!after) return refuse(std::move(after.error()));
  action.detail = change_words(*before, *after);
  auto kept = store.set_fact(id, limits_fact, text_of(*after));
  if (!kept) return refuse(kept.error());
  auto limited = runner.limit(id, *after, note_of(action));
  if (!limited) return refuse(std::move(limited.error()));
  auto noted = record_action(store, id, action);
  if (!noted) return refuse(noted.error());
  return json_reply(200, to_json(*after));
}

net::Task<Reply> limit(Parts& parts, Call call) {
  if (parts.options.runner == nullptr) co_return refuse(only_watches());
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  auto action = action_of(call, "limits");
  co_return co_await from_store(parts,
                                [&parts, id = call.id, action, body = *body](store::Store& store) {
                                  return change_limits(parts, store, id, action, body);
                                });
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
  const auto add = [&](std::string pattern, Handler handler, std::string method = "POST") {
    router.add({.method = std::move(method),
                .pattern = std::move(pattern),
                .access = Access::operator_,
                .handler = std::move(handler)});
  };
  add(jobs, [&parts](Call call) { return begin(parts, std::move(call)); });
  add(one + "resume", [&parts](Call call) { return resume(parts, std::move(call)); });
  add(one + "retry", [&parts](Call call) { return retry(parts, std::move(call)); });
  add(one + "undo", [&parts](Call call) { return undo(parts, std::move(call)); });
  add(one + "confirm", [&parts](Call call) { return confirm(parts, std::move(call)); });
  add(one + "clone", [&parts](Call call) { return clone(parts, std::move(call)); });
  add(one + "limits", [&parts](Call call) { return limit(parts, std::move(call)); }, "PATCH");
}

}  // namespace s3m::console
