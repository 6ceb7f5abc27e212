#include "app/serve_keys.hpp"

#include <utility>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

namespace s3m::app {
namespace {

constexpr std::size_t longest_key = 8u << 10;
constexpr aws::PlainRetry retry{.attempts = 2, .pause = std::chrono::milliseconds(300)};

}  // namespace

Result<std::string> keys_of_region(const std::string& load_balancer_arn) {
  const auto arn = aws::parse_arn(load_balancer_arn);
  if (!arn || arn->service != "elasticloadbalancing" || arn->region.empty()) {
    return fail(Errc::config,
                fmt::format("{} is not the ARN of a load balancer; one looks like "
                            "arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID",
                            printable(load_balancer_arn)));
  }
  if (arn->partition == "aws-us-gov") {
    return fmt::format("https://s3-{0}.amazonaws.com/aws-elb-public-keys-prod-{0}/", arn->region);
  }
  const auto* const domain = arn->partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return fmt::format("https://public-keys.auth.elb.{}.{}/", arn->region, domain);
}

Result<std::unique_ptr<ServeKeys>> ServeKeys::make(net::Loop& loop,
                                                   const aws::Environment& environment,
                                                   const std::string& base) {
  auto url = aws::parse_plain_url(base.ends_with('/') ? base : base + "/");
  if (!url) {
    return fail(Errc::config,
                fmt::format("--oidc-keys {}: {}", printable(base), url.error().message()));
  }
  const auto& host = url->origin.host;
  if (!url->origin.tls && host != "127.0.0.1" && host != "::1") {
    return fail(Errc::config, fmt::format("--oidc-keys {}: keys come by https, or anybody on the "
                                          "way could put one in",
                                          printable(base)));
  }
  auto http = aws::http_options(environment);
  if (!http) return forward(http);
  return std::unique_ptr<ServeKeys>(new ServeKeys(loop, *std::move(http), *std::move(url)));
}

ServeKeys::ServeKeys(net::Loop& loop, net::HttpClientOptions http, aws::PlainUrl base)
    : cancel_(loop),
      http_(loop, std::move(http)),
      runtime_{.loop = loop,
               .http = http_,
               .cancel = &cancel_,
               .user_agent = fmt::format("s3migrator/{}", version)},
      base_(std::move(base)) {}

net::Task<Result<std::string>> ServeKeys::fetch(std::string id) {
  aws::PlainRequest request{.url = base_, .headers = {}, .body = {}};
  request.url.target += id;
  auto answer = co_await aws::send_plain(runtime_, std::move(request), retry);
  if (!answer) {
    answer.error().context(fmt::format("key {} at {}", printable(id), base_.host));
    co_return forward(answer);
  }
  if (answer->status == 200 && answer->body.size() <= longest_key) co_return answer->body;
  // A bucket that may not be listed says 403 of a key that it does not have.
  if (answer->status == 404 || answer->status == 403)
    co_return fail(Errc::not_found, fmt::format("{} has no key {}", base_.host, printable(id)));
  co_return fail(Errc::unavailable, fmt::format("{} answers {} where key {} is asked for",
                                                base_.host, answer->status, printable(id)));
}

void ServeKeys::interrupt() {
  cancel_.cancel();
  http_.cancel_all();
}

void ServeKeys::close() {
  http_.close();
}

}  // namespace s3m::app
