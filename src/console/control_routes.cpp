// control_routes.cpp: what may be done with a job that need not run here.
#include <fmt/format.h>

#include "base/text.hpp"
#include "console/parts.hpp"
#include "console/runner.hpp"

namespace s3m::console {
namespace {

using Act = Result<void> (*)(store::Store& store, const std::string& id);

Result<void> pause(store::Store& store, const std::string& id) {
  return workflow::pause_job(store, id);
}

Result<void> cancel(store::Store& store, const std::string& id) {
  auto asked = workflow::cancel_job(store, id);
  if (!asked) return forward(asked);
  return ok;
}

// While it lives the runner does not begin the job: who has its claim cannot tell, because the
// runner is of this process.
class Hold {
 public:
  Hold(JobRunner* runner, const std::string& id)
      : runner_(runner), id_(id), held_(runner != nullptr && runner->hold(id)) {}
  ~Hold() {
    if (held_) runner_->let_go(id_);
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  // A job that runs here is changed by what is asked of it, once it is seen to be at work.
  Result<void> may_change(store::Store& store) const {
    if (held_ || runner_ == nullptr) return ok;
    auto view = workflow::view_job(store, id_);
    if (!view) return forward(view);
    if (view->at_work) return ok;
    return fail(Errc::refused,
                fmt::format("job {} is just being begun or ended; ask again", printable(id_)));
  }

 private:
  JobRunner* runner_;
  const std::string& id_;
  bool held_;
};

Result<void> do_it(Parts& parts, store::Store& store, const std::string& id, Act act) {
  const Hold hold(parts.options.runner, id);
  auto may = hold.may_change(store);
  if (!may) return may;
  return act(store, id);
}

// Does it, notes who did, and tells what the job is now.
net::Task<Reply> control(Parts& parts, Call call, Act act, std::string what) {
  const auto action = action_of(call, std::move(what));
  co_return co_await from_store(parts,
                                [&parts, id = call.id, act, action](store::Store& store) -> Reply {
                                  auto done = do_it(parts, store, id, act);
                                  if (!done) return refuse(done.error());
                                  if (parts.options.runner != nullptr)
                                    parts.options.runner->tell(id, note_of(action));
                                  auto noted = record_action(store, id, action);
                                  if (!noted) return refuse(noted.error());
                                  return job_reply(store, id, parts.executor, 200);
                                });
}

net::Task<Reply> forget(Parts& parts, Call call) {
  return from_store(parts, [&parts, id = call.id](store::Store& store) -> Reply {
    auto deleted = do_it(parts, store, id, workflow::delete_job);
    if (!deleted) return refuse(deleted.error());
    return empty_reply(204);
  });
}

}  // namespace

Action action_of(const Call& call, std::string what, std::string detail) {
  return {.what = std::move(what),
          .role = std::string(name(call.who ? call.who->role : Role::viewer)),
          .peer = call.request.peer,
          .detail = std::move(detail),
          .name = call.who ? call.who->name : std::string()};
}

Reply job_reply(store::Store& store, const std::string& id, const Executor& executor, int status) {
  auto view = workflow::view_job(store, id);
  if (!view) return refuse(view.error());
  auto document = job_document(store, *view, executor);
  if (!document) return refuse(document.error());
  return json_reply(status, *document);
}

void add_control_routes(Router& router, Parts& parts) {
  const std::string one = "/api/v1/jobs/{id}";
  const auto add = [&](const std::string& what, Act act) {
    router.add({.method = "POST",
                .pattern = one + "/" + what,
                .access = Access::operator_,
                .handler = [&parts, act, what](Call call) {
                  return control(parts, std::move(call), act, what);
                }});
  };
  add("pause", pause);
  add("cancel", cancel);
  router.add({.method = "DELETE",
              .pattern = one,
              .access = Access::operator_,
              .handler = [&parts](Call call) { return forget(parts, std::move(call)); }});
}

}  // namespace s3m::console
