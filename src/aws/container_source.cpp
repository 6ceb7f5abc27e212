// container_source.cpp: the endpoint that ECS, EKS Pod Identity and Greengrass give a container.
//
// Source  AWS SDKs and Tools reference guide, "Container credential provider".
#include <algorithm>
#include <array>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "aws/credential_sources.hpp"
#include "aws/credentials_text.hpp"
#include "aws/local_file.hpp"
#include "aws/plain_http.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view relative_variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr std::string_view full_variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr std::string_view ecs_address = "http://169.254.170.2";
constexpr net::HttpTimeouts timeouts{.connect = 2s, .response = 2s, .total = 4s};

// Over plain http the token would be readable on the way, so it may only go where there is no way.
bool is_near(const std::string& host) {
  static constexpr std::array near{"localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
  if (std::ranges::find(near, host) != near.end()) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

struct ContainerEndpoint {
  PlainUrl url;
  std::string variable;
  std::string token_file;  // wins over `token`, and is read each time: EKS renews it
  std::string token;
};

Result<std::string> token_in(const std::string& path) {
  auto content = read_small_file(path);
  if (!content) return forward(content);
  if (!*content) return fail(Errc::config, printable(path) + " does not exist");
  return std::string(trim(**content));
}

Error refusal(const net::HttpResponse& answer) {
  const auto complaint = json_complaint(answer.body);
  const bool denied = answer.status == 401 || answer.status == 403;
  const auto code = denied                 ? Errc::access_denied
                    : answer.status >= 500 ? Errc::unavailable
                                           : Errc::config;
  Error error(code, fmt::format("it answered with status {}{}{}", answer.status,
                                complaint.empty() ? "" : ": ", complaint));
  return std::move(error.http_status(answer.status));
}

class ContainerSource final : public CredentialsSource {
 public:
  ContainerSource(Runtime& runtime, ContainerEndpoint endpoint)
      : runtime_(runtime), endpoint_(std::move(endpoint)) {}

  net::Task<Result<Credentials>> fetch() override {
    auto credentials = co_await ask();
    if (!credentials) credentials.error().context(describe());
    co_return credentials;
  }

  // Without the path: it is as good as a password in ECS.
  std::string describe() const override {
    return fmt::format("the container credentials endpoint {} ({})", endpoint_.url.host,
                       endpoint_.variable);
  }

 private:
  net::Task<Result<Credentials>> ask() {
    PlainRequest request{.url = endpoint_.url, .timeouts = timeouts};
    request.headers.emplace_back("Accept", "application/json");
    auto token = endpoint_.token_file.empty() ? Result<std::string>(endpoint_.token)
                                              : token_in(endpoint_.token_file);
    if (!token) co_return forward(token);
    if (!token->empty()) request.headers.emplace_back("Authorization", *std::move(token));
    auto answer = co_await send_plain(runtime_, std::move(request), PlainRetry{});
    if (!answer) co_return forward(answer);
    if (answer->status != 200) co_return fail(refusal(*answer));
    auto credentials = credentials_from_json(answer->body, "Token");
    if (!credentials) credentials.error().context("its answer cannot be used");
    co_return credentials;
  }

  Runtime& runtime_;
  ContainerEndpoint endpoint_;
};

Result<PlainUrl> usable_url(const Setting& full) {
  auto url = parse_plain_url(full.value);
  if (!url) {
    url.error().context(full.origin);
    return url;
  }
  if (url->origin.tls || is_near(url->origin.host)) return url;
  return fail(Errc::config,
              fmt::format("{}: the host {} is none that container credentials may come from over "
                          "http: a loopback address, 169.254.170.2, 169.254.170.23 or "
                          "fd00:ec2::23",
                          full.origin, printable(url->origin.host)));
}

}  // namespace

MaybeSource container_source(Runtime& runtime, const Settings& settings) {
  auto uri = settings.environment({relative_variable});
  if (uri) uri->value.insert(0, ecs_address);
  if (!uri) uri = settings.environment({full_variable});
  if (!uri) return nullptr;
  auto url = usable_url(*uri);
  if (!url) return forward(url);
  ContainerEndpoint endpoint{.url = *std::move(url), .variable = std::move(uri->origin)};
  if (auto file = settings.environment({"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"})) {
    endpoint.token_file = std::move(file->value);
  } else if (auto token = settings.environment({"AWS_CONTAINER_AUTHORIZATION_TOKEN"})) {
    endpoint.token = std::move(token->value);
  }
  return std::make_unique<ContainerSource>(runtime, std::move(endpoint));
}

}  // namespace s3m::aws
