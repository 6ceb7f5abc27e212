#include "sim/sts.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/evaluation.hpp"
#include "sim/faults.hpp"
#include "sim/iam.hpp"
#include "sim/operation.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::chrono::seconds longest_session{43'200};
constexpr std::chrono::seconds longest_chained{3'600};
constexpr std::size_t most_session_policy = 2048;

std::unexpected<ApiError> invalid(std::string message) {
  return refuse("ValidationError", std::move(message));
}

// [\w+=,.@-]*
bool is_session_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("_+=,.@-").find(c) != std::string_view::npos;
         });
}

std::expected<std::chrono::seconds, ApiError> duration(const World& world, const Call& call) {
  const std::string_view text = call.form.get("DurationSeconds");
  if (text.empty()) return std::chrono::seconds(3600);
  const auto seconds = parse_u64(text);
  const std::chrono::seconds least = world.switches.minimum_session;
  if (!seconds || std::chrono::seconds(*seconds) < least ||
      *seconds > static_cast<std::uint64_t>(longest_session.count())) {
    return invalid(
        fmt::format("1 validation error detected: Value '{}' at 'durationSeconds' "
                    "failed to satisfy constraint: Member must have value between {} "
                    "and {}",
                    text, least.count(), longest_session.count()));
  }
  return std::chrono::seconds(*seconds);
}

Permit check_form(const Call& call) {
  const std::string_view arn = call.form.get("RoleArn");
  if (arn.size() < 20 || arn.size() > 2048) {
    return invalid(
        "1 validation error detected: Value at 'roleArn' failed to satisfy constraint: "
        "Member must have length greater than or equal to 20");
  }
  if (!is_session_name(call.form.get("RoleSessionName"))) {
    return invalid(
        "1 validation error detected: Value at 'roleSessionName' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  }
  const std::string* external = call.form.find("ExternalId");
  if (external != nullptr && (external->size() < 2 || external->size() > 1224)) {
    return invalid(
        "1 validation error detected: Value at 'externalId' failed to satisfy "
        "constraint: Member must have length greater than or equal to 2");
  }
  return {};
}

std::expected<std::vector<PolicyDocument>, ApiError> session_policies(const Call& call) {
  std::vector<PolicyDocument> policies;
  const std::string_view text = call.form.get("Policy");
  if (text.empty()) return policies;
  if (text.size() > most_session_policy) return refuse("PackedPolicyTooLarge");
  auto policy = parse_policy(text);
  if (!policy) return refuse("MalformedPolicyDocument", policy.error());
  policies.push_back(std::move(*policy));
  return policies;
}

std::unexpected<ApiError> not_authorized(const Call& call) {
  return refuse("AccessDenied",
                fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
                            call.principal->arn, call.form.get("RoleArn")));
}

// A missing role, a trust policy that says no and a wrong external id look alike.
Permit check_trust(const World& world, const Call& call, const Role* role) {
  if (role == nullptr) return not_authorized(call);
  if (call.principal->kind == PrincipalKind::root) {
    return refuse("AccessDenied", "Roles may not be assumed by root accounts.");
  }
  const AccessQuestion question{.principal = *call.principal,
                                .action = "sts:AssumeRole",
                                .resource = role->arn,
                                .resource_account = role->account,
                                .resource_policy = &role->trust,
                                .conditions = call,
                                .switches = world.switches,
                                .directory = world.directory};
  if (evaluate_trust(question) != Verdict::allowed) return not_authorized(call);
  return {};
}

Permit check_length(const Call& call, const Role& role, std::chrono::seconds length) {
  if (call.principal->kind == PrincipalKind::session && length > longest_chained) {
    return invalid(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles "
        "assumed by role chaining");
  }
  if (length > role.max_session) {
    return invalid(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this "
        "role.");
  }
  return {};
}

void write_credentials(XmlWriter& xml, const Directory::NewSession& session) {
  xml.open("AssumedRoleUser").leaf("AssumedRoleId", session.principal->user_id);
  xml.leaf("Arn", session.principal->arn).close();
  xml.open("Credentials").leaf("AccessKeyId", session.key.id);
  xml.leaf("SecretAccessKey", session.key.secret).leaf("SessionToken", session.token);
  xml.leaf("Expiration", iso8601_seconds(session.expires)).close();
}

net::ServerReply sts_reply(XmlWriter& xml, const Call& call) {
  xml.close().open("ResponseMetadata").leaf("RequestId", call.request_id);
  net::ServerReply reply;
  reply.body = xml.finish();
  add_header(reply, "Content-Type", "text/xml");
  return reply;
}

WallTime expiry(const World& world, const Call& call, std::chrono::seconds length) {
  return whole_seconds(call.now) + world.switches.session_lifetime.value_or(length);
}

Outcome assume_role(World& world, Call& call) {
  if (call.principal->kind == PrincipalKind::anonymous) {
    ApiError error = api_error("MissingAuthenticationToken",
                               "Request is missing Authentication "
                               "Token");
    error.status = 403;
    return refuse(std::move(error));
  }
  if (const auto valid = check_form(call); !valid) return refuse(valid.error());
  const auto length = duration(world, call);
  if (!length) return refuse(length.error());
  const Role* role = world.directory.role(call.form.get("RoleArn"));
  if (const auto trusted = check_trust(world, call, role); !trusted) {
    return refuse(trusted.error());
  }
  if (const auto fits = check_length(call, *role, *length); !fits) return refuse(fits.error());
  auto policies = session_policies(call);
  if (!policies) return refuse(policies.error());
  const auto session = world.directory.add_session(
      *role, call.form.get("RoleSessionName"), call.principal->origin_account, std::move(*policies),
      expiry(world, call, *length));
  XmlWriter xml("AssumeRoleResponse", sts_namespace);
  xml.open("AssumeRoleResult");
  write_credentials(xml, session);
  if (!call.form.get("Policy").empty()) xml.leaf("PackedPolicySize", 6);
  return sts_reply(xml, call);
}

bool trusts_web_identity(const Role& role) {
  return std::any_of(
      role.trust.statements.begin(), role.trust.statements.end(), [](const Statement& statement) {
        const bool federated = std::any_of(
            statement.principals.begin(), statement.principals.end(),
            [](const auto& name) { return name.kind == PrincipalName::Kind::federated; });
        return statement.allow && federated &&
               std::any_of(statement.actions.begin(), statement.actions.end(),
                           [](const std::string& action) {
                             return glob_match_ignoring_case(action,
                                                             "sts:AssumeRoleWithWebIdentity");
                           });
      });
}

// Tokens are not verified; "expired" and "invalid" are what they say.
Outcome assume_role_with_web_identity(World& world, Call& call) {
  if (const auto valid = check_form(call); !valid) return refuse(valid.error());
  const auto length = duration(world, call);
  if (!length) return refuse(length.error());
  const std::string_view token = call.form.get("WebIdentityToken");
  if (token == "expired") return refuse("ExpiredTokenException", "Token expired");
  if (token.empty() || token == "invalid") {
    return refuse("InvalidIdentityToken", "The web identity token could not be validated");
  }
  const Role* role = world.directory.role(call.form.get("RoleArn"));
  if (role == nullptr || !trusts_web_identity(*role)) {
    return refuse("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  const auto session =
      world.directory.add_session(*role, call.form.get("RoleSessionName"), role->account, {},
                                  expiry(world, call, std::min(*length, role->max_session)));
  XmlWriter xml("AssumeRoleWithWebIdentityResponse", sts_namespace);
  xml.open("AssumeRoleWithWebIdentityResult");
  xml.leaf("SubjectFromWebIdentityToken", "subject").leaf("Audience", "sts.amazonaws.com");
  write_credentials(xml, session);
  return sts_reply(xml, call);
}

Outcome get_caller_identity(World&, Call& call) {
  if (call.principal->kind == PrincipalKind::anonymous) {
    ApiError error = api_error("MissingAuthenticationToken",
                               "Request is missing Authentication "
                               "Token");
    error.status = 403;
    return refuse(std::move(error));
  }
  XmlWriter xml("GetCallerIdentityResponse", sts_namespace);
  xml.open("GetCallerIdentityResult").leaf("Arn", call.principal->arn);
  xml.leaf("UserId", call.principal->user_id).leaf("Account", call.principal->account);
  return sts_reply(xml, call);
}

constexpr std::array<Operation, 3> operations{{
    {"AssumeRole", assume_role, false},
    {"AssumeRoleWithWebIdentity", assume_role_with_web_identity, false},
    {"GetCallerIdentity", get_caller_identity, false},
}};

}  // namespace

bool is_sts(const Call& call) {
  return call.raw_path == "/" && call.bucket.empty() &&
         (call.http.method == "POST" || call.query.has("Action"));
}

std::string_view form_service(const Call& call) {
  const bool iam = call.operation != nullptr && find_iam_operation(call.operation->name) != nullptr;
  return iam ? "iam" : "sts";
}

Permit route_sts(Call& call) {
  if (call.http.method == "POST") {
    auto form = Query::parse(call.http.body);
    if (!form) return refuse("MalformedQueryString", "The form cannot be parsed");
    call.form = std::move(*form);
  } else {
    call.form = call.query;
  }
  const std::string_view action = call.form.get("Action");
  if (const Operation* iam = find_iam_operation(action)) {
    call.operation = iam;
    return {};
  }
  const auto found = std::find_if(operations.begin(), operations.end(),
                                  [&](const Operation& one) { return one.name == action; });
  if (found == operations.end()) {
    return refuse("InvalidAction", fmt::format("Could not find operation {} for version {}", action,
                                               call.form.get("Version")));
  }
  call.operation = &*found;
  return {};
}

}  // namespace s3m::sim
