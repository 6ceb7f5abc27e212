// imds_source.cpp: the role of an EC2 instance, from its metadata service, version 2.
//
// Source  Amazon EC2 user guide, "Use the Instance Metadata Service"; AWS SDKs and Tools reference
//         guide, "IMDS credential provider".
#include <fmt/format.h>

#include "aws/credential_sources.hpp"
#include "aws/credentials_text.hpp"
#include "aws/plain_http.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view token_path = "/latest/api/token";
constexpr std::string_view role_path = "/latest/meta-data/iam/security-credentials/";

struct ImdsOptions {
  PlainUrl endpoint;  // its target is the base path, never ending in '/'
  std::chrono::seconds timeout{1};
  int attempts = 2;
};

Error refusal(int status) {
  const auto code = status >= 500 ? Errc::unavailable : Errc::access_denied;
  Error error(code, fmt::format("it answered with status {}", status));
  return std::move(error.http_status(status));
}

// Instances keep working with keys that are past their time when the service behind IMDS is
// disturbed; asking again every few minutes is what AWS asks of its clients then.
void extend_if_stale(Credentials& credentials, WallTime now) {
  constexpr std::chrono::minutes grace{15};
  if (!credentials.expiration || *credentials.expiration > now) return;
  log::warning(
      "the instance metadata service gave credentials that expired at {}; they are used "
      "for another {} minutes",
      iso8601_seconds(*credentials.expiration), grace.count());
  credentials.expiration = now + grace;
}

class ImdsSource final : public CredentialsSource {
 public:
  ImdsSource(Runtime& runtime, ImdsOptions options)
      : runtime_(runtime), options_(std::move(options)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto credentials = co_await ask();
    if (credentials) {
      extend_if_stale(*credentials, runtime_.clock.now());
    } else {
      credentials.error().context(describe());
    }
    co_return credentials;
  }

  std::string describe() const override {
    return "the EC2 instance metadata service at " + options_.endpoint.host;
  }

 private:
  net::Task<Result<Credentials>> ask() {
    auto token = co_await session_token();
    if (!token) co_return forward(token);
    auto role = co_await get(std::string(role_path), *token);
    if (!role) co_return forward(role);
    // One role an instance; the list form is history.
    const std::string name(trim(std::string_view(*role).substr(0, role->find('\n'))));
    if (name.empty()) co_return fail(Errc::config, "the instance has no role");
    auto document = co_await get(std::string(role_path) + name, *token);
    if (!document) co_return forward(document);
    auto credentials = credentials_from_json(*document, "Token");
    if (!credentials) {
      const auto complaint = json_complaint(*document);
      credentials.error().context(fmt::format("what it answered for the role {} cannot be used{}{}",
                                              printable(name), complaint.empty() ? "" : " (",
                                              complaint.empty() ? "" : complaint + ")"));
    }
    co_return credentials;
  }

  net::Task<Result<std::string>> session_token() {
    PlainRequest request = at_path("PUT", std::string(token_path));
    request.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
    auto answer = co_await send_plain(runtime_, std::move(request), retry());
    if (!answer) {
      if (answer.error().code() == Errc::timeout) {
        // The answer to the PUT dies at the first router: docker's bridge.
        answer.error().context(
            "no answer (in a container the instance's metadata hop limit must "
            "be 2 or more)");
      }
      co_return forward(answer);
    }
    if (answer->status != 200) co_return fail(refusal(answer->status));
    co_return std::move(answer->body);
  }

  net::Task<Result<std::string>> get(std::string path, std::string token) {
    PlainRequest request = at_path("GET", std::move(path));
    request.headers.emplace_back("x-aws-ec2-metadata-token", std::move(token));
    auto answer = co_await send_plain(runtime_, std::move(request), retry());
    if (!answer) co_return forward(answer);
    if (answer->status == 404) co_return fail(Errc::config, "the instance has no role");
    if (answer->status != 200) co_return fail(refusal(answer->status));
    co_return std::move(answer->body);
  }

  PlainRequest at_path(std::string_view method, std::string path) const {
    PlainRequest request{.method = method, .url = options_.endpoint};
    request.url.target += path;
    request.timeouts = {
        .connect = options_.timeout, .response = options_.timeout, .total = 4 * options_.timeout};
    return request;
  }

  PlainRetry retry() const { return {.attempts = options_.attempts, .pause = 100ms}; }

  Runtime& runtime_;
  ImdsOptions options_;
};

Result<Setting> endpoint_setting(const Settings& settings) {
  if (auto own =
          settings.either("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")) {
    return *std::move(own);
  }
  const auto mode = settings.either("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                    "ec2_metadata_service_endpoint_mode");
  if (!mode || iequals(mode->value, "ipv4")) return Setting{"http://169.254.169.254", {}};
  if (iequals(mode->value, "ipv6")) return Setting{"http://[fd00:ec2::254]", {}};
  return fail(Errc::config,
              fmt::format("{}: ec2_metadata_service_endpoint_mode is '{}'; it can be IPv4 or IPv6",
                          mode->origin, printable(mode->value)));
}

Result<ImdsOptions> options_of(const Settings& settings) {
  auto endpoint = endpoint_setting(settings);
  if (!endpoint) return forward(endpoint);
  auto url = parse_plain_url(endpoint->value);
  if (!url) {
    url.error().context(endpoint->origin);
    return forward(url);
  }
  auto timeout =
      settings.number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", 1, 300);
  if (!timeout) return forward(timeout);
  auto attempts =
      settings.number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", 1, 100);
  if (!attempts) return forward(attempts);
  ImdsOptions options{.endpoint = *std::move(url)};
  while (options.endpoint.target.ends_with('/'))
    options.endpoint.target.pop_back();
  if (*timeout) options.timeout = std::chrono::seconds(**timeout);
  if (*attempts) options.attempts = **attempts;
  return options;
}

}  // namespace

MaybeSource imds_source(Runtime& runtime, const Settings& settings) {
  const auto disabled = settings.environment({"AWS_EC2_METADATA_DISABLED"});
  if (disabled && iequals(disabled->value, "true")) return nullptr;
  auto options = options_of(settings);
  if (!options) return forward(options);
  return std::make_unique<ImdsSource>(runtime, *std::move(options));
}

}  // namespace s3m::aws
