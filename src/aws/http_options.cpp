// http_options.cpp: what the environment says about proxies and certificates.
#include "aws/config.hpp"
#include "aws/settings.hpp"
#include "base/text.hpp"
#include "net/proxy.hpp"

namespace s3m::aws {
namespace {

// What a proxy must never be asked for: it would answer from its own loopback, or with the
// credentials of the machine that it runs on, and be shown our tokens.
constexpr std::string_view always_direct =
    "localhost,127.0.0.0/8,::1,169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,"
    "fd00:ec2::23";

std::optional<Setting> variable(const Environment& environment, std::string_view name) {
  for (const auto& spelling : {lower(name), std::string(name)}) {
    auto value = environment(spelling);
    if (value && !value->empty()) return Setting{*std::move(value), spelling};
  }
  return std::nullopt;
}

Result<std::optional<std::string>> proxy(const Environment& environment, std::string_view name) {
  auto setting = variable(environment, name);
  if (!setting) return std::nullopt;
  auto parsed = net::Proxy::parse(setting->value);
  if (parsed) return std::move(setting->value);
  parsed.error().context(setting->origin);
  return forward(parsed);
}

}  // namespace

Result<net::HttpClientOptions> http_options(const Environment& environment) {
  net::HttpClientOptions options;
  const auto bundle = environment("AWS_CA_BUNDLE");
  auto tls = net::TlsContext::client({.ca_bundle = bundle.value_or(std::string())});
  if (!tls) {
    if (bundle) tls.error().context("AWS_CA_BUNDLE");
    return forward(tls);
  }
  options.tls = *std::move(tls);
  auto for_https = proxy(environment, "HTTPS_PROXY");
  if (!for_https) return forward(for_https);
  options.https_proxy = *std::move(for_https);
  auto for_http = proxy(environment, "HTTP_PROXY");
  if (!for_http) return forward(for_http);
  options.http_proxy = *std::move(for_http);
  options.no_proxy = always_direct;
  if (const auto direct = variable(environment, "NO_PROXY")) {
    options.no_proxy += "," + direct->value;
  }
  return options;
}

}  // namespace s3m::aws
