// session_routes.cpp: signing in and out.
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "console/job_request.hpp"
#include "console/parts.hpp"
#include "console/target.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

void set_cookie(net::ServerReply& reply, std::string_view value, bool tls, bool ended) {
  add_header(reply, "Set-Cookie",
             fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", session_cookie, value,
                         tls ? "; Secure" : "", ended ? "; Max-Age=0" : ""));
}

net::Task<Reply> sign_in(Parts& parts, Call call) {
  const auto body = call.body();
  if (!body) co_return refuse(bad_body());
  const auto opened = parts.doorkeeper.open(text_field(*body, "token"), call.request.peer);
  if (const auto* const many = std::get_if<TooMany>(&opened))
    co_return refuse(too_many_tokens(many->wait));
  const auto* const session = std::get_if<Opened>(&opened);
  if (session == nullptr) co_return refuse(wrong_token());
  auto reply = empty_reply(204);
  set_cookie(reply, session->id, parts.options.tls != nullptr, false);
  co_return reply;
}

net::Task<Reply> who_is_it(Call call) {
  const bool ends = call.by_cookie && !call.by_proxy;
  json::object session{
      {"role", name(call.who->role)},
      {"expires_at", ends ? json::value(iso8601(call.who->expires_at)) : json::value(nullptr)}};
  if (!call.who->name.empty()) session["name"] = call.who->name;
  co_return json_reply(200, std::move(session));
}

net::Task<Reply> sign_out(Parts& parts, Call call) {
  parts.doorkeeper.close(cookie(call.request.headers.get("Cookie"), session_cookie));
  parts.hub.beat();  // its streams end
  auto reply = empty_reply(204);
  set_cookie(reply, "", parts.options.tls != nullptr, true);
  co_return reply;
}

}  // namespace

Problem wrong_token() {
  return {.status = 401, .code = "token", .detail = "That is not the token of this server."};
}

Problem too_many_tokens(std::chrono::seconds wait) {
  return {.status = 429,
          .code = "too-many",
          .detail = fmt::format("Too many wrong tokens came from this address. Try again in {} s.",
                                wait.count()),
          .retry_after_seconds = static_cast<int>(wait.count())};
}

Answer<void> token_again(Parts& parts, const Call& call, std::string_view token) {
  const auto known = parts.doorkeeper.again(token, call.request.peer);
  if (const auto* const many = std::get_if<TooMany>(&known))
    return refuse(too_many_tokens(many->wait));
  if (std::holds_alternative<Known>(known)) return {};
  return refuse({.status = 403,
                 .code = "token",
                 .detail = "That is not the operator's token, which is asked for again here."});
}

void add_session_routes(Router& router, Parts& parts) {
  const std::string path = "/api/v1/session";
  router.add({.method = "POST",
              .pattern = path,
              .access = Access::anybody,
              .handler = [&parts](Call call) { return sign_in(parts, std::move(call)); }});
  router.add({.method = "GET", .pattern = path, .access = Access::viewer, .handler = [](Call call) {
                return who_is_it(std::move(call));
              }});
  router.add({.method = "DELETE",
              .pattern = path,
              .access = Access::viewer,
              .handler = [&parts](Call call) { return sign_out(parts, std::move(call)); }});
}

}  // namespace s3m::console
