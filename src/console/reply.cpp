#include "console/reply.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "net/http_reply.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;

constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; img-src "
    "'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

Problem with(int status, std::string code, const Error& error) {
  return {.status = status, .code = std::move(code), .detail = single_line(error.describe())};
}

}  // namespace

Problem problem_of(const Error& error) {
  switch (error.code()) {
    case Errc::not_found:
      return with(404, "not-found", error);
    case Errc::refused:
      return with(409, "job-state", error);
    case Errc::usage:
    case Errc::config:
    case Errc::invalid_argument:
      return with(422, "invalid", error);
    case Errc::conflict:
    case Errc::io:
      return with(503, "store", error);
    default:
      return with(502, std::string(name(error.code())), error);
  }
}

void add_header(net::ServerReply& reply, std::string_view name, std::string_view value) {
  reply.headers.append(name).append(": ");
  std::ranges::copy_if(value, std::back_inserter(reply.headers),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
  reply.headers += "\r\n";
}

net::ServerReply text_reply(int status, std::string_view type, std::string body) {
  net::ServerReply reply{.status = status, .body = std::move(body)};
  add_header(reply, "Content-Type", type);
  return reply;
}

net::ServerReply json_reply(int status, const json::value& body) {
  return text_reply(status, "application/json", safe_json(json::serialize(body)) + "\n");
}

net::ServerReply empty_reply(int status) {
  return {.status = status};
}

net::ServerReply file_reply(std::string_view type, std::string_view file_name, std::string body) {
  auto reply = text_reply(200, type, std::move(body));
  add_header(reply, "Content-Disposition", fmt::format("attachment; filename=\"{}\"", file_name));
  return reply;
}

net::ServerReply problem_reply(const Problem& problem, std::string_view request_id) {
  json::object body{{"type", "urn:s3migrator:problem:" + problem.code},
                    {"title", net::reason_phrase(problem.status)},
                    {"status", problem.status},
                    {"detail", problem.detail},
                    {"code", problem.code},
                    {"request_id", request_id}};
  if (problem.status == 503) body["title"] = "Service Unavailable";
  if (!problem.fields.empty()) {
    json::array fields;
    for (const auto& [field, message] : problem.fields)
      fields.push_back(json::object{{"field", field}, {"message", message}});
    body["errors"] = std::move(fields);
  }
  auto reply = text_reply(problem.status, "application/problem+json",
                          safe_json(json::serialize(body)) + "\n");
  if (problem.status == 401) add_header(reply, "WWW-Authenticate", "Bearer");
  if (problem.retry_after_seconds)
    add_header(reply, "Retry-After", fmt::format("{}", *problem.retry_after_seconds));
  return reply;
}

void protect(net::ServerReply& reply, std::string_view request_id, bool tls) {
  add_header(reply, "X-Request-Id", request_id);
  add_header(reply, "Content-Security-Policy", policy);
  add_header(reply, "X-Content-Type-Options", "nosniff");
  add_header(reply, "X-Frame-Options", "DENY");
  add_header(reply, "Referrer-Policy", "no-referrer");
  add_header(reply, "Cross-Origin-Opener-Policy", "same-origin");
  add_header(reply, "Cross-Origin-Resource-Policy", "same-origin");
  if (!reply.headers.contains("Cache-Control: ")) add_header(reply, "Cache-Control", "no-store");
  if (tls) add_header(reply, "Strict-Transport-Security", "max-age=31536000");
}

}  // namespace s3m::console
