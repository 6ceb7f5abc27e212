// sso_source.cpp: a role that IAM Identity Center assigns to the person who logged in.
//
// Source  AWS SDKs and Tools reference guide, "IAM Identity Center credential provider"; the
// portal's
//         GetRoleCredentials.
#include <array>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "aws/credential_sources.hpp"
#include "aws/credentials_text.hpp"
#include "aws/plain_http.hpp"
#include "aws/sso_token.hpp"
#include "aws/uri.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;

constexpr net::HttpTimeouts timeouts{.connect = 5s, .response = 20s, .total = 30s};

struct SsoOptions {
  std::string profile, session;  // session empty: a profile with an sso_start_url of its own
  std::string account, role, start_url;
  std::string token_file;
  EndpointSettings portal, oidc;
};

Result<Credentials> role_credentials(std::string_view body, const std::string& account) {
  boost::system::error_code error;
  const auto parsed = boost::json::parse(body, error);
  const auto* document = error ? nullptr : parsed.if_object();
  const auto* found = document == nullptr ? nullptr : document->if_contains("roleCredentials");
  const auto* object = found == nullptr ? nullptr : found->if_object();
  if (object == nullptr) return fail(Errc::protocol, "the portal's answer has no roleCredentials");
  const auto text = [object](std::string_view key) {
    const auto* value = object->if_contains(key);
    return value != nullptr && value->is_string()
               ? std::string(std::string_view(value->get_string()))
               : std::string();
  };
  Credentials credentials{.access_key_id = text("accessKeyId"),
                          .secret_access_key = text("secretAccessKey"),
                          .session_token = text("sessionToken"),
                          .account = account};
  const auto* expiration = object->if_contains("expiration");
  const bool whole = !credentials.access_key_id.empty() && !credentials.secret_access_key.empty() &&
                     !credentials.session_token.empty() && expiration != nullptr &&
                     expiration->is_int64();
  if (!whole) return fail(Errc::protocol, "the portal's roleCredentials are not complete");
  credentials.expiration = WallTime(std::chrono::milliseconds(expiration->get_int64()));
  auto checked = check_sendable(credentials);
  if (!checked) return forward(checked);
  return credentials;
}

class SsoSource final : public CredentialsSource {
 public:
  SsoSource(Runtime& runtime, SsoOptions options)
      : runtime_(runtime), options_(std::move(options)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto credentials = co_await ask();
    if (!credentials) credentials.error().context(describe());
    co_return credentials;
  }

  std::string describe() const override {
    return fmt::format("IAM Identity Center ({}, role {} in account {})",
                       options_.session.empty() ? printable(options_.start_url)
                                                : "sso-session " + printable(options_.session),
                       printable(options_.role), printable(options_.account));
  }

 private:
  net::Task<Result<Credentials>> ask() {
    auto token = co_await current_sso_token(runtime_, options_.token_file, options_.oidc);
    if (!token) {
      co_return fail(Error(token.error().code(),
                           fmt::format("{}; log in again: {}", token.error().message(), login())));
    }
    auto endpoint = service_endpoint(options_.portal, "sso");
    if (!endpoint) co_return forward(endpoint);
    PlainRequest request{
        .url = at(*endpoint, fmt::format("/federation/credentials?role_name={}&account_id={}",
                                         uri_encode(options_.role), uri_encode(options_.account))),
        .timeouts = timeouts};
    request.headers.emplace_back("x-amz-sso_bearer_token", std::move(token->access_token));
    auto answer = co_await send_plain(runtime_, std::move(request), PlainRetry{});
    if (!answer) co_return forward(answer);
    if (answer->status != 200) co_return fail(refusal(*answer));
    co_return role_credentials(answer->body, options_.account);
  }

  Error refusal(const net::HttpResponse& answer) const {
    const auto complaint = json_complaint(answer.body);
    std::string message = fmt::format("the portal answered with status {}{}{}", answer.status,
                                      complaint.empty() ? "" : ": ", complaint);
    Errc code =
        answer.status >= 500 || answer.status == 429 ? Errc::unavailable : Errc::invalid_request;
    if (answer.status == 401) {
      code = Errc::expired_credentials;
      message += "; the login is over, log in again: " + login();
    } else if (answer.status == 403 || answer.status == 404) {
      code = Errc::access_denied;
      message += "; check sso_account_id and sso_role_name of profile " +
                 printable(options_.profile) + ": the role must be assigned to who logged in";
    }
    Error error(code, std::move(message));
    error.request_id(std::string(answer.headers.get("x-amzn-requestid")));
    return std::move(error.http_status(answer.status));
  }

  std::string login() const { return "aws sso login --profile " + printable(options_.profile); }

  Runtime& runtime_;
  SsoOptions options_;
};

// The profile's settings with those of its sso-session. Errors: config when they contradict.
Result<ProfileSettings> with_session(const Settings& settings, const Setting* session) {
  ProfileSettings merged = *settings.config().profile(settings.profile_name());
  if (session == nullptr) return merged;
  const auto* shared = settings.config().sso_session(session->value);
  if (shared == nullptr) {
    return fail(Errc::config, fmt::format("{}: there is no section [sso-session {}]",
                                          session->origin, printable(session->value)));
  }
  for (const auto& [key, value] : *shared) {
    const auto [entry, fresh] = merged.try_emplace(key, value);
    if (fresh || entry->second == value) continue;
    return fail(Errc::config,
                fmt::format("{}: {} of the profile and of [sso-session {}] differ", session->origin,
                            printable(key), printable(session->value)));
  }
  return merged;
}

Result<EndpointSettings> endpoint_of(const Settings& settings, std::string_view service,
                                     const std::string& region) {
  auto url = settings.endpoint_url(service);
  if (!url) return forward(url);
  auto fips = settings.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  if (!fips) return forward(fips);
  auto dual_stack = settings.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  if (!dual_stack) return forward(dual_stack);
  return EndpointSettings{.url = *url ? std::move((*url)->value) : std::string(),
                          .region = region,
                          .fips = *fips,
                          .dual_stack = *dual_stack};
}

Result<void> check_complete(const Settings& settings, const ProfileSettings& merged) {
  for (const auto* key : {"sso_account_id", "sso_role_name", "sso_region", "sso_start_url"}) {
    const auto found = merged.find(key);
    if (found != merged.end() && !found->second.empty()) continue;
    return fail(Errc::config,
                fmt::format("{}: profile {} is for IAM Identity Center, but has no {}",
                            settings.config().where(settings.profile_name()),
                            printable(settings.profile_name()), key));
  }
  return ok;
}

}  // namespace

MaybeSource sso_source(Runtime& runtime, const Settings& settings) {
  if (!settings.profile("sso_account_id") && !settings.profile("sso_role_name")) return nullptr;
  const auto session = settings.profile("sso_session");
  auto merged = with_session(settings, session ? &*session : nullptr);
  if (!merged) return forward(merged);
  auto complete = check_complete(settings, *merged);
  if (!complete) return forward(complete);
  const auto& region = merged->at("sso_region");
  auto portal = endpoint_of(settings, "sso", region);
  if (!portal) return forward(portal);
  auto oidc = endpoint_of(settings, "sso_oidc", region);
  if (!oidc) return forward(oidc);
  const auto& start_url = merged->at("sso_start_url");
  return std::make_unique<SsoSource>(
      runtime, SsoOptions{.profile = settings.profile_name(),
                          .session = session ? session->value : std::string(),
                          .account = merged->at("sso_account_id"),
                          .role = merged->at("sso_role_name"),
                          .start_url = start_url,
                          .token_file = sso_token_file(home_directory(settings.environment()),
                                                       session ? session->value : start_url),
                          .portal = *std::move(portal),
                          .oidc = *std::move(oidc)});
}

}  // namespace s3m::aws
