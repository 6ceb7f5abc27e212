#include "aws/sts.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/credentials_text.hpp"
#include "aws/form.hpp"
#include "aws/sts_refusal.hpp"
#include "aws/xml.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr std::size_t longest_session_name = 64;
constexpr std::size_t longest_external_id = 1224;
constexpr std::size_t longest_session_policy = 2048;

bool is_word(char c) noexcept {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool consists_of(std::string_view text, std::string_view others) noexcept {
  return std::ranges::all_of(
      text, [others](char c) { return is_word(c) || others.find(c) != std::string_view::npos; });
}

Result<void> check_names(std::string_view role_arn, std::string_view session_name) {
  if (!parse_role_arn(role_arn)) {
    return fail(Errc::invalid_argument,
                fmt::format("'{}' is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME)",
                            printable(role_arn)));
  }
  const bool valid = session_name.size() >= 2 && session_name.size() <= longest_session_name &&
                     consists_of(session_name, "+=,.@-");
  if (valid) return ok;
  return fail(Errc::invalid_argument,
              fmt::format("'{}' cannot be the name of a session: 2 to 64 letters, digits and "
                          "_+=,.@- make one",
                          printable(session_name)));
}

Result<void> check(const AssumeRoleRequest& request) {
  if (auto names = check_names(request.role_arn, request.session_name); !names) return names;
  const auto& id = request.external_id;
  const bool valid_id = id.empty() || (id.size() >= 2 && id.size() <= longest_external_id &&
                                       consists_of(id, "+=,.@:/-"));
  if (!valid_id) {
    return fail(Errc::invalid_argument,
                "the external id cannot be one: 2 to 1224 letters, digits and _+=,.@:/- make one");
  }
  if (request.session_policy.size() > longest_session_policy) {
    return fail(Errc::invalid_argument,
                fmt::format("the session policy has {} characters; STS takes 2048 at most",
                            request.session_policy.size()));
  }
  return ok;
}

// An STS of another partition does not know the caller's keys either, and would say only that.
Result<void> check_partition(std::string_view role_arn, const EndpointSettings& settings) {
  const auto role = parse_role_arn(role_arn);
  const auto partition = partition_of(settings.region);
  if (!settings.is_aws() || !role || role->partition == partition) return ok;
  return fail(Errc::invalid_argument,
              fmt::format("{} is a role of partition {}, but the region {} is one of {}; name a "
                          "region of the role's partition",
                          role_arn, role->partition,
                          settings.region.empty() ? "us-east-1" : settings.region, partition));
}

constexpr std::string_view version = "2011-06-15";

Request request_of(std::string_view operation, Form form) {
  return form_request(operation, "sts", std::move(form));
}

std::string text(pugi::xml_node parent, const char* child) {
  return std::string(trim(text_of(parent, child)));
}

Result<AssumedRole> read_assumed_role(std::string body, std::string_view operation) {
  XmlDocument document;
  const auto root = document.parse(std::move(body), fmt::format("{}Response", operation));
  const auto result =
      root ? root->child(fmt::format("{}Result", operation).c_str()) : pugi::xml_node();
  const auto keys = result.child("Credentials");
  const auto user = result.child("AssumedRoleUser");
  AssumedRole role{.credentials = {.access_key_id = text(keys, "AccessKeyId"),
                                   .secret_access_key = text(keys, "SecretAccessKey"),
                                   .session_token = text(keys, "SessionToken"),
                                   .expiration = parse_iso8601(text(keys, "Expiration"))},
                   .arn = text(user, "Arn"),
                   .role_id = text(user, "AssumedRoleId")};
  if (role.role_id.empty()) role.role_id = text(user, "AssumeRoleId");  // radosgw
  role.credentials.account = account_of(role.arn);
  const auto& made = role.credentials;
  const bool whole = !made.access_key_id.empty() && !made.secret_access_key.empty() &&
                     !made.session_token.empty() && made.expiration;
  if (whole && check_sendable(made)) return role;
  return fail(Error(Errc::protocol, "the answer of STS has no complete credentials in it"));
}

}  // namespace

std::string session_name(std::string_view job) {
  std::string name = "s3migrator-";
  for (const char c : job)
    name += consists_of({&c, 1}, "+=,.@-") ? c : '-';
  return name.substr(0, longest_session_name);
}

net::Task<Result<AssumedRole>> Sts::assume_role(AssumeRoleRequest request) {
  auto valid = check(request);
  if (valid) valid = check_partition(request.role_arn, client_.settings());
  if (!valid) co_return forward(valid);
  const auto caller = client_.identity()->describe();
  // Apart from the call, so that what keeps the caller from its own credentials is not taken for
  // a refusal of the role.
  auto credentials = co_await client_.identity()->get();
  if (!credentials) {
    credentials.error().context(fmt::format("cannot assume {}", request.role_arn));
    co_return forward(credentials);
  }
  Form form("AssumeRole", version);
  form.add("RoleArn", request.role_arn);
  form.add("RoleSessionName", request.session_name);
  form.add("DurationSeconds", std::to_string(request.duration.count()));
  form.add_if_set("ExternalId", request.external_id);
  form.add_if_set("Policy", request.session_policy);
  auto answer = co_await client_.call(request_of("AssumeRole", std::move(form)));
  if (!answer) co_return fail(explain_refusal(std::move(answer.error()), request, caller));
  co_return read_assumed_role(std::move(answer->body), "AssumeRole");
}

net::Task<Result<AssumedRole>> Sts::assume_role_with_web_identity(std::string role_arn,
                                                                  std::string session_name,
                                                                  std::string token) {
  auto valid = check_names(role_arn, session_name);
  if (valid) valid = check_partition(role_arn, client_.settings());
  if (!valid) co_return forward(valid);
  Form form("AssumeRoleWithWebIdentity", version);
  form.add("RoleArn", role_arn);
  form.add("RoleSessionName", session_name);
  form.add("WebIdentityToken", token);
  auto request = request_of("AssumeRoleWithWebIdentity", std::move(form));
  request.sign = false;
  auto answer = co_await client_.call(std::move(request));
  if (!answer) co_return fail(explain_web_identity_refusal(std::move(answer.error()), role_arn));
  co_return read_assumed_role(std::move(answer->body), "AssumeRoleWithWebIdentity");
}

net::Task<Result<CallerIdentity>> Sts::get_caller_identity() {
  auto answer =
      co_await client_.call(request_of("GetCallerIdentity", Form("GetCallerIdentity", version)));
  if (!answer) co_return forward(answer);
  XmlDocument document;
  const auto root = document.parse(std::move(answer->body), "GetCallerIdentityResponse");
  const auto result = root ? root->child("GetCallerIdentityResult") : pugi::xml_node();
  CallerIdentity caller{.account = text(result, "Account"),
                        .arn = text(result, "Arn"),
                        .user_id = text(result, "UserId")};
  if (!caller.arn.empty()) co_return caller;
  co_return fail(Errc::protocol, "the answer of STS names no caller");
}

}  // namespace s3m::aws
