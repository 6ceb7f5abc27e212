#include "aws/sso_token.hpp"

#include <array>
#include <charconv>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "aws/local_file.hpp"
#include "aws/plain_http.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto renew_before = 15min;
constexpr net::HttpTimeouts timeouts{.connect = 5s, .response = 20s, .total = 30s};

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, 20> digest{};
  ::EVP_Digest(text.data(), text.size(), digest.data(), nullptr, ::EVP_sha1(), nullptr);
  return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(std::string_view(value->get_string()))
                                                : std::string();
}

// Older versions of the AWS CLI end a time with UTC instead of Z.
std::optional<WallTime> time(std::string text) {
  if (text.ends_with("UTC")) text.replace(text.size() - 3, 3, "Z");
  return parse_iso8601(text);
}

std::optional<json::object> parse_object(std::string_view document) {
  boost::system::error_code error;
  auto parsed = json::parse(document, error);
  if (error || !parsed.is_object()) return std::nullopt;
  return std::move(parsed.get_object());
}

std::string renewal_body(const SsoToken& old) {
  return json::serialize(json::object{{"grantType", "refresh_token"},
                                      {"clientId", old.client_id},
                                      {"clientSecret", old.client_secret},
                                      {"refreshToken", old.refresh_token}});
}

Error renewal_refused(const net::HttpResponse& answer) {
  const auto complaint = json_complaint(answer.body);
  const bool refused = answer.status >= 400 && answer.status < 500 && answer.status != 429;
  Error error(refused ? Errc::expired_credentials : Errc::unavailable,
              fmt::format("the OIDC service answered the renewal with status {}{}{}", answer.status,
                          complaint.empty() ? "" : ": ", complaint));
  error.request_id(std::string(answer.headers.get("x-amzn-requestid")));
  return std::move(error.http_status(answer.status));
}

// `old` with what the answer gave anew, and its document brought up to date.
Result<SsoToken> renewed(SsoToken old, std::string_view answer, WallTime now) {
  const auto fields = parse_object(answer);
  const auto* lifetime = fields ? fields->if_contains("expiresIn") : nullptr;
  auto access = fields ? text(*fields, "accessToken") : std::string();
  if (access.empty() || lifetime == nullptr || !lifetime->is_int64()) {
    return fail(Errc::protocol, "the OIDC service's answer to the renewal cannot be used");
  }
  old.access_token = std::move(access);
  old.expires_at = now + std::chrono::seconds(lifetime->get_int64());
  if (auto next = text(*fields, "refreshToken"); !next.empty()) old.refresh_token = std::move(next);
  auto document = parse_object(old.document).value_or(json::object());
  document["accessToken"] = old.access_token;
  document["expiresAt"] = iso8601_seconds(old.expires_at);
  document["refreshToken"] = old.refresh_token;
  old.document = json::serialize(document);
  return old;
}

Error over(const SsoToken& token, std::string_view why) {
  return Error(Errc::expired_credentials,
               fmt::format("the login ended at {}{}{}", iso8601_seconds(token.expires_at),
                           why.empty() ? "" : "; ", why));
}

}  // namespace

std::string sso_token_file(const std::string& home, std::string_view key) {
  return fmt::format("{}/.aws/sso/cache/{}.json", home, sha1_hex(key));
}

bool SsoToken::renewable(WallTime now) const {
  return !refresh_token.empty() && !client_id.empty() && !client_secret.empty() &&
         registration_expires_at && *registration_expires_at > now;
}

Result<SsoToken> read_sso_token(const std::string& file) {
  auto content = read_small_file(file);
  if (!content) return forward(content);
  if (!*content) return fail(Errc::config, printable(file) + " does not exist: nobody logged in");
  const auto object = parse_object(**content);
  const auto expires_at = object ? time(text(*object, "expiresAt")) : std::nullopt;
  auto access = object ? text(*object, "accessToken") : std::string();
  if (access.empty() || !expires_at) {
    return fail(Errc::config, printable(file) + " holds no token of `aws sso login`");
  }
  return SsoToken{.access_token = std::move(access),
                  .expires_at = *expires_at,
                  .refresh_token = text(*object, "refreshToken"),
                  .client_id = text(*object, "clientId"),
                  .client_secret = text(*object, "clientSecret"),
                  .registration_expires_at = time(text(*object, "registrationExpiresAt")),
                  .document = std::move(**content)};
}

net::Task<Result<SsoToken>> renew_sso_token(Runtime& runtime, EndpointSettings oidc, SsoToken old) {
  auto endpoint = service_endpoint(oidc, "oidc");
  if (!endpoint) co_return forward(endpoint);
  PlainRequest request{.method = "POST",
                       .url = at(*endpoint, "/token"),
                       .body = renewal_body(old),
                       .timeouts = timeouts};
  request.headers.emplace_back("Content-Type", "application/json");
  // Once: a refresh token that was used may not be used again.
  auto answer = co_await send_plain(runtime, std::move(request), PlainRetry{.attempts = 1});
  if (!answer) co_return forward(answer);
  if (answer->status != 200) co_return fail(renewal_refused(*answer));
  co_return renewed(std::move(old), answer->body, runtime.clock.now());
}

net::Task<Result<SsoToken>> current_sso_token(Runtime& runtime, std::string file,
                                              EndpointSettings oidc) {
  auto token = read_sso_token(file);
  if (!token) co_return token;
  const auto now = runtime.clock.now();
  if (token->expires_at - now >= renew_before) co_return token;
  if (!token->renewable(now)) {
    if (token->expires_at > now) co_return token;
    co_return fail(over(*token, {}));
  }
  auto next = co_await renew_sso_token(runtime, oidc, *token);
  if (next) {
    if (auto written = replace_private_file(file, next->document); !written) {
      log::warning("the renewed IAM Identity Center token is used, but could not be kept: {}",
                   written.error().message());
    }
    co_return next;
  }
  // The refresh token is good once: another program may have used it and written the file.
  auto reread = read_sso_token(file);
  if (reread && reread->expires_at > now) co_return reread;
  co_return fail(over(*token, "it could not be renewed: " + next.error().describe()));
}

}  // namespace s3m::aws
