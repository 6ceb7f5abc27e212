#include "sim/credential_endpoints.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "base/time.hpp"
#include "sim/api_error.hpp"
#include "sim/uri.hpp"

namespace s3m::sim {
namespace {

namespace json = boost::json;

constexpr std::string_view imds_token = "simulated-imds-token";
constexpr std::string_view imds_path = "/latest/meta-data/iam/security-credentials/";
constexpr std::string_view container_path = "/credentials/";
constexpr std::string_view guarded = "guarded/";

net::ServerReply reply_with(int status, std::string body, std::string_view type) {
  net::ServerReply reply;
  reply.status = status;
  reply.body = std::move(body);
  add_header(reply, "Content-Type", type);
  return reply;
}

net::ServerReply json_reply(const json::object& object, int status = 200) {
  return reply_with(status, json::serialize(object), "application/json");
}

net::ServerReply refusal(int status, std::string_view text) {
  return reply_with(status, std::string(text), "text/plain");
}

const Role* role_named(const World& world, std::string_view name, std::string_view account = {}) {
  for (const auto& [arn, role] : world.directory.roles()) {
    if (role.name == name && (account.empty() || role.account == account)) return &role;
  }
  return nullptr;
}

Directory::NewSession session_of(World& world, const Role& role, WallTime now) {
  const auto life = world.switches.session_lifetime.value_or(std::chrono::hours(6));
  return world.directory.add_session(role, "instance", role.account, {}, whole_seconds(now) + life);
}

// The form that containers and instances get.
net::ServerReply machine_credentials(World& world, std::string_view role_name, WallTime now) {
  const Role* role = role_named(world, role_name);
  if (role == nullptr) return refusal(404, "no such role");
  const auto session = session_of(world, *role, now);
  return json_reply({{"Code", "Success"},
                     {"Type", "AWS-HMAC"},
                     {"LastUpdated", iso8601_seconds(now)},
                     {"AccessKeyId", session.key.id},
                     {"SecretAccessKey", session.key.secret},
                     {"Token", session.token},
                     {"RoleArn", role->arn},
                     {"Expiration", iso8601_seconds(session.expires)}});
}

net::ServerReply container(World& world, const net::HttpRequest& request, std::string_view name,
                           WallTime now) {
  if (name.starts_with(guarded)) {
    if (request.headers.get("authorization") != container_token) {
      return refusal(401, "the authorization token is wrong");
    }
    name.remove_prefix(guarded.size());
  }
  return machine_credentials(world, name, now);
}

net::ServerReply instance(World& world, const net::HttpRequest& request, std::string_view name,
                          WallTime now) {
  if (request.headers.get("x-aws-ec2-metadata-token") != imds_token) {
    return refusal(401, "Unauthorized");
  }
  if (!name.empty()) return machine_credentials(world, name, now);
  const auto& roles = world.directory.roles();
  if (roles.empty()) return refusal(404, "no role");
  // An instance has one role; the migrator's where there is one.
  const Role* role = role_named(world, "s3m-migrator");
  return reply_with(200, role != nullptr ? role->name : roles.begin()->second.name, "text/plain");
}

net::ServerReply portal(World& world, const net::HttpRequest& request, const Query& query,
                        WallTime now) {
  if (request.headers.get("x-amz-sso_bearer_token") != sso_token) {
    return json_reply({{"message", "Session token not found or invalid"}}, 401);
  }
  const Role* role = role_named(world, query.get("role_name"), query.get("account_id"));
  if (role == nullptr) return json_reply({{"message", "No access"}}, 403);
  const auto session = session_of(world, *role, now);
  return json_reply({{"roleCredentials",
                      json::object{{"accessKeyId", session.key.id},
                                   {"secretAccessKey", session.key.secret},
                                   {"sessionToken", session.token},
                                   {"expiration", session.expires.time_since_epoch().count()}}}});
}

net::ServerReply refresh_token(const net::HttpRequest& request) {
  boost::system::error_code error;
  const json::value body = json::parse(request.body, error);
  const json::object* object = error ? nullptr : body.if_object();
  const json::value* token = object == nullptr ? nullptr : object->if_contains("refreshToken");
  if (token == nullptr || !token->is_string() || token->get_string() == "expired") {
    return json_reply({{"error", "invalid_grant"}}, 400);
  }
  return json_reply({{"accessToken", json::string_view(sso_token.data(), sso_token.size())},
                     {"expiresIn", 28800},
                     {"tokenType", "Bearer"},
                     {"refreshToken", "simulated-refresh-token"}});
}

}  // namespace

std::optional<net::ServerReply> answer_credentials(World& world, const net::HttpRequest& request,
                                                   WallTime now) {
  if (request.headers.get("authorization").starts_with("AWS4-")) return std::nullopt;
  const std::string_view target = request.target;
  const std::size_t question = target.find('?');
  const std::string_view path = target.substr(0, question);
  if (request.method == "PUT" && path == "/latest/api/token") {
    if (!request.headers.has("x-aws-ec2-metadata-token-ttl-seconds")) {
      return refusal(400, "Bad Request");
    }
    return reply_with(200, std::string(imds_token), "text/plain");
  }
  if (request.method == "POST" && path == "/token") return refresh_token(request);
  if (request.method != "GET") return std::nullopt;
  if (path.starts_with(imds_path)) {
    return instance(world, request, path.substr(imds_path.size()), now);
  }
  if (path.starts_with(container_path)) {
    return container(world, request, path.substr(container_path.size()), now);
  }
  if (path == "/federation/credentials") {
    const auto query = Query::parse(question == target.npos ? "" : target.substr(question + 1));
    if (!query) return refusal(400, "Bad Request");
    return portal(world, request, *query, now);
  }
  return std::nullopt;
}

}  // namespace s3m::sim
