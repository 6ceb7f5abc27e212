#include "console/console.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "console/job_watch.hpp"
#include "console/origin.hpp"
#include "console/parts.hpp"
#include "net/signal.hpp"
#include "net/task_group.hpp"

namespace s3m::console {
namespace {

constexpr std::string_view bearer_word = "Bearer ";

net::HttpServerOptions http_options(const ConsoleOptions& options) {
  return {.address = options.address,
          .port = options.port,
          .tls = options.tls,
          .max_head_bytes = options.max_head_bytes,
          .max_body_bytes = options.max_body_bytes,
          .max_connections = options.max_connections,
          .idle_timeout = options.idle_timeout,
          .request_timeout = options.request_timeout};
}

bool is_for_the_page(const Target& target) {
  return target.segments.empty() ||
         (target.segments.front() != "api" && target.segments.front() != "metrics");
}

Problem signed_out() {
  return {.status = 401,
          .code = "signed-out",
          .detail = "Sign in with the token that the server printed when it was started."};
}

bool may(Access access, Role role) {
  return access != Access::operator_ || role == Role::operator_;
}

// A form or a text of another site can be posted without asking; JSON cannot.
bool has_json_body(const net::ServerRequest& request) {
  if (request.body.empty()) return true;
  const auto type = request.headers.get("Content-Type");
  return iequals(trim(type.substr(0, type.find(';'))), "application/json");
}

}  // namespace

class Console::Impl {
 public:
  Impl(net::Loop& loop, workflow::StoreThread& store, ConsoleOptions options);

  Result<void> start();
  std::uint16_t port() const noexcept { return server_.port(); }
  net::Task<void> stop();

 private:
  struct Visitor {
    std::optional<Known> who;
    bool by_cookie = false, by_proxy = false;
  };
  net::Task<net::ServerReply> answer(net::ServerRequest request);
  net::Task<Reply> respond(net::ServerRequest request);
  Reply page(const net::ServerRequest& request, const Target& target) const;
  net::Task<Answer<Visitor>> authenticate(const net::ServerRequest& request);
  net::Task<Answer<Visitor>> by_proxy(const net::ServerRequest& request);
  Answer<Visitor> by_cookie(const net::ServerRequest& request);
  Answer<void> may_call(const Route& route, const Visitor& visitor,
                        const net::ServerRequest& request) const;
  net::Task<void> watch();

  Parts parts_;
  Names names_;
  Router router_;
  net::HttpServer server_;
  net::CancelToken ended_;
  net::TaskGroup group_;
};

Console::Impl::Impl(net::Loop& loop, workflow::StoreThread& store, ConsoleOptions options)
    : parts_(loop, store, std::move(options)),
      names_(parts_.options.hosts),
      server_(loop, http_options(parts_.options),
              [this](net::ServerRequest request) { return answer(std::move(request)); }),
      ended_(loop),
      group_(loop) {
  add_session_routes(router_, parts_);
  add_server_routes(router_, parts_);
  add_job_routes(router_, parts_);
  add_control_routes(router_, parts_);
  add_run_routes(router_, parts_);
  add_plan_routes(router_, parts_);
  add_browse_routes(router_, parts_);
  add_configuration_routes(router_, parts_);
}

Result<void> Console::Impl::start() {
  auto started = server_.start();
  if (started) group_.spawn(watch());
  return started;
}

net::Task<void> Console::Impl::stop() {
  ended_.cancel();
  parts_.hub.close();
  co_await server_.stop();
  co_await group_.join();
}

net::Task<net::ServerReply> Console::Impl::answer(net::ServerRequest request) {
  const auto request_id = random_hex(8);
  auto replied = co_await respond(std::move(request));
  auto reply = replied ? *std::move(replied) : problem_reply(replied.error(), request_id);
  protect(reply, request_id, parts_.options.tls != nullptr);
  const auto digit = static_cast<std::size_t>(reply.status / 100);
  if (digit < parts_.counters.replies.size()) ++parts_.counters.replies.at(digit);
  co_return reply;
}

net::Task<Reply> Console::Impl::respond(net::ServerRequest request) {
  if (!names_.knows(request.headers.get("Host"))) {
    co_return refuse({.status = 421,
                      .code = "host",
                      .detail = "This server does not go by that name. Where it should, start it "
                                "with --allow-host NAME."});
  }
  auto target = parse_target(request.target);
  if (!target)
    co_return refuse({.status = 400, .code = "path", .detail = "This is no path of this server."});
  const auto match = router_.find(request.method, target->segments);
  if (match.allowed.empty() && is_for_the_page(*target)) co_return page(request, *target);
  Visitor visitor;
  if (match.route == nullptr || match.route->access != Access::anybody) {
    auto known = co_await authenticate(request);
    if (!known) co_return refuse(std::move(known.error()));
    visitor = *std::move(known);
  }
  if (match.route == nullptr) {
    auto problem = match.allowed.empty()
                       ? Problem{.status = 404, .code = "not-found", .detail = "No such path."}
                       : Problem{.status = 405,
                                 .code = "method",
                                 .detail = "This path answers " + match.allowed + "."};
    co_return refuse(std::move(problem));
  }
  auto allowed = may_call(*match.route, visitor, request);
  if (!allowed) co_return refuse(std::move(allowed.error()));
  co_return co_await match.route->handler({.request = std::move(request),
                                           .query = std::move(target->query),
                                           .id = match.id,
                                           .who = visitor.who,
                                           .by_cookie = visitor.by_cookie,
                                           .by_proxy = visitor.by_proxy});
}

Reply Console::Impl::page(const net::ServerRequest& request, const Target& target) const {
  if (request.method == "GET" || request.method == "HEAD")
    return parts_.options.files.reply(target.segments, request.headers);
  return refuse({.status = 405, .code = "method", .detail = "This path answers GET, HEAD."});
}

Answer<Console::Impl::Visitor> Console::Impl::by_cookie(const net::ServerRequest& request) {
  const auto id = cookie(request.headers.get("Cookie"), session_cookie);
  const auto known = id.empty() ? std::nullopt : parts_.doorkeeper.session(id);
  if (!known) return refuse(signed_out());
  return Visitor{.who = known, .by_cookie = true};
}

// Who has signed in with a token besides may what the token allows, under their own name.
net::Task<Answer<Console::Impl::Visitor>> Console::Impl::by_proxy(
    const net::ServerRequest& request) {
  auto known = co_await parts_.proxy->identify(std::string(request.headers.get(ProxyGate::header)));
  if (!known) co_return refuse(std::move(known.error()));
  const auto session = by_cookie(request);
  if (session && session->who->role == Role::operator_) known->role = Role::operator_;
  co_return Visitor{.who = *std::move(known), .by_cookie = true, .by_proxy = true};
}

net::Task<Answer<Console::Impl::Visitor>> Console::Impl::authenticate(
    const net::ServerRequest& request) {
  const auto authorization = request.headers.get("Authorization");
  if (authorization.empty()) {
    if (!parts_.proxy || !parts_.proxy->speaks(request)) co_return by_cookie(request);
    co_return co_await by_proxy(request);
  }
  if (authorization.size() <= bearer_word.size() ||
      !iequals(authorization.substr(0, bearer_word.size()), bearer_word))
    co_return refuse(signed_out());
  const auto known =
      parts_.doorkeeper.bearer(trim(authorization.substr(bearer_word.size())), request.peer);
  if (const auto* const many = std::get_if<TooMany>(&known))
    co_return refuse(too_many_tokens(many->wait));
  if (std::holds_alternative<Wrong>(known)) co_return refuse(wrong_token());
  co_return Visitor{.who = std::get<Known>(known), .by_cookie = false};
}

Answer<void> Console::Impl::may_call(const Route& route, const Visitor& visitor,
                                     const net::ServerRequest& request) const {
  if (route.changes()) {
    const bool by_script = visitor.who && !visitor.by_cookie;
    const bool own =
        by_script ? !from_foreign_page(request.headers) : from_own_page(request.headers);
    if (!own) {
      return refuse({.status = 403,
                     .code = "origin",
                     .detail = "Only the console's own page may ask for that. A script bears the "
                               "token: Authorization: Bearer TOKEN."});
    }
  }
  if (visitor.who && !may(route.access, visitor.who->role)) {
    return refuse(
        {.status = 403,
         .code = "forbidden",
         .detail = "A viewer may look, but not change anything. Sign in as an operator."});
  }
  if (!has_json_body(request)) {
    return refuse({.status = 415,
                   .code = "type",
                   .detail = "A body here is JSON: Content-Type: application/json."});
  }
  return {};
}

// Looks at the store while there are pages, and tells them what has changed. The first look is what
// the next ones are compared with.
net::Task<void> Console::Impl::watch() {
  JobWatch watch;
  bool told_trouble = false;
  auto beat_at = std::chrono::steady_clock::now();
  while (!ended_.cancelled()) {
    if (parts_.hub.streams() > 0) {
      auto changes = co_await parts_.store.run(
          parts_.loop, [&](store::Store& store) { return watch.look(store, parts_.executor); });
      if (!changes && !std::exchange(told_trouble, true))
        log::warning("the console cannot read the store: {}", changes.error().describe());
      if (changes) {
        told_trouble = false;
        for (auto& change : *changes)
          parts_.hub.publish(change.kind, std::move(change.data));
      }
    }
    if (std::chrono::steady_clock::now() - beat_at >= parts_.options.heartbeat) {
      beat_at = std::chrono::steady_clock::now();
      parts_.hub.beat();
    }
    co_await ended_.sleep_for(parts_.options.watch_gap);
  }
}

Console::Console(net::Loop& loop, workflow::StoreThread& store, ConsoleOptions options)
    : impl_(std::make_unique<Impl>(loop, store, std::move(options))) {}

Console::~Console() = default;

Result<void> Console::start() {
  return impl_->start();
}

std::uint16_t Console::port() const noexcept {
  return impl_->port();
}

net::Task<void> Console::stop() {
  co_await impl_->stop();
}

}  // namespace s3m::console
