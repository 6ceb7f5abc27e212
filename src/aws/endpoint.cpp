#include "aws/endpoint.hpp"

#include <algorithm>
#include <array>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

struct Partition {
  std::string_view region_prefix, id, dns_suffix, dual_stack_suffix;
};

// Source: partitions.json of the AWS SDKs. The first entry is what any other region belongs to.
constexpr auto partitions = std::to_array<Partition>({
    {"", "aws", "amazonaws.com", "api.aws"},
    {"cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com", "api.aws"},
    {"eusc-", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"us-iso-", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov"},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
});

constexpr std::string_view default_region = "us-east-1";

const Partition& partition_for(std::string_view region) noexcept {
  const auto* const found =
      std::find_if(partitions.begin() + 1, partitions.end(),
                   [region](const Partition& p) { return region.starts_with(p.region_prefix); });
  return found == partitions.end() ? partitions.front() : *found;
}

constexpr bool is_lower_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// A bucket that TLS certificates and DNS allow as one label of a host name.
bool is_host_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 63 && is_lower_or_digit(text.front()) &&
         is_lower_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

// What may stand in a path: today's names and the older ones of us-east-1.
bool is_bucket_name(std::string_view text) noexcept {
  const auto allowed = [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
  };
  return text.size() <= 255 && text != "." && text != ".." && std::ranges::all_of(text, allowed);
}

Result<void> check(const EndpointSettings& settings, std::string_view region) {
  if (!valid_region(region)) {
    return fail(Errc::invalid_argument,
                fmt::format("\"{}\" is not the name of a region", printable(region)));
  }
  if (settings.is_aws() && settings.fips && partition_for(region).id == "aws-cn")
    return fail(Errc::invalid_argument, "the partition aws-cn has no FIPS endpoints");
  return ok;
}

bool is_ipv6_literal(std::string_view host) noexcept {
  return host.contains(':');
}

Result<Endpoint> parse_custom(const std::string& url) {
  const auto malformed = [&url](std::string_view why) {
    return fail(Errc::invalid_argument,
                fmt::format("the endpoint URL {} {}", printable(log::redact_url(url)), why));
  };
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return malformed("is not a URL");
  const bool tls = parsed->scheme() == "https";
  if (!tls && parsed->scheme() != "http") return malformed("must begin with http:// or https://");
  if (parsed->has_userinfo()) return malformed("must not carry a user name or password");
  if (parsed->has_query() || parsed->has_fragment()) return malformed("must end with its path");
  if (parsed->host().empty()) return malformed("names no host");
  const std::uint64_t standard = tls ? 443 : 80;
  const auto port = parsed->has_port() ? parse_u64(std::string_view(parsed->port())) : standard;
  if (!port || *port == 0 || *port > 65535) return malformed("has no valid port");

  Endpoint endpoint;
  endpoint.origin = {.tls = tls,
                     .host = std::string(parsed->host_address()),
                     .port = static_cast<std::uint16_t>(*port)};
  endpoint.host = parsed->encoded_host();
  if (*port != standard) endpoint.host += fmt::format(":{}", *port);
  const auto path = parsed->encoded_path();
  endpoint.base_path.assign(path.data(), path.size());
  while (endpoint.base_path.ends_with('/'))
    endpoint.base_path.pop_back();
  return endpoint;
}

Endpoint on_aws(std::string host, std::string_view region) {
  Endpoint endpoint;
  endpoint.origin.host = host;
  endpoint.host = std::move(host);
  endpoint.region = region;
  return endpoint;
}

void put_bucket_in_host(Endpoint& endpoint, std::string_view bucket) {
  const auto prefix = fmt::format("{}.", bucket);
  endpoint.origin.host.insert(0, prefix);
  endpoint.host.insert(0, prefix);
  endpoint.bucket_in_host = true;
}

Result<bool> wants_bucket_in_host(const EndpointSettings& settings, const Endpoint& endpoint,
                                  std::string_view bucket) {
  if (bucket.empty() || settings.addressing == Addressing::path) return false;
  const bool label = is_host_label(bucket);
  if (settings.addressing == Addressing::automatic) return settings.is_aws() && label;
  if (!label && (endpoint.origin.tls || bucket.contains('_'))) {
    return fail(Errc::invalid_argument,
                fmt::format("the bucket {} cannot stand in a host name; use path addressing",
                            printable(bucket)));
  }
  if (is_ipv6_literal(endpoint.origin.host))
    return fail(Errc::invalid_argument, "a bucket cannot stand before an address; use its name");
  return true;
}

// IAM has one endpoint a partition, and one region that signs for it.
struct GlobalHost {
  std::string_view partition, host, region;
};
constexpr auto iam_hosts = std::to_array<GlobalHost>({
    {"aws", "iam.amazonaws.com", "us-east-1"},
    {"aws-cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
    {"aws-us-gov", "iam.us-gov.amazonaws.com", "us-gov-west-1"},
});

std::string_view region_of(const EndpointSettings& settings) noexcept {
  return settings.region.empty() ? default_region : std::string_view(settings.region);
}

}  // namespace

bool valid_region(std::string_view region) noexcept {
  return is_host_label(region);
}

std::string_view partition_of(std::string_view region) noexcept {
  return partition_for(region).id;
}

std::string_view dns_suffix_of(std::string_view partition) noexcept {
  const auto* const found = std::ranges::find(partitions, partition, &Partition::id);
  return (found == partitions.end() ? partitions.front() : *found).dns_suffix;
}

Result<Endpoint> s3_endpoint(const EndpointSettings& settings, std::string_view bucket) {
  const auto region = region_of(settings);
  if (auto checked = check(settings, region); !checked) return forward(checked);
  if (!is_bucket_name(bucket)) {
    return fail(Errc::invalid_argument,
                fmt::format("\"{}\" is not the name of a bucket", printable(bucket)));
  }
  auto endpoint = settings.is_aws()
                      ? on_aws(fmt::format("s3{}{}.{}.{}", settings.fips ? "-fips" : "",
                                           settings.dual_stack ? ".dualstack" : "", region,
                                           partition_for(region).dns_suffix),
                               region)
                      : parse_custom(settings.url);
  if (!endpoint) return endpoint;
  endpoint->region = region;
  const auto in_host = wants_bucket_in_host(settings, *endpoint, bucket);
  if (!in_host) return fail(in_host.error().clone());
  if (*in_host) put_bucket_in_host(*endpoint, bucket);
  return endpoint;
}

Result<Endpoint> service_endpoint(const EndpointSettings& settings, std::string_view service) {
  const auto region = region_of(settings);
  if (auto checked = check(settings, region); !checked) return forward(checked);
  if (!settings.is_aws()) {
    auto endpoint = parse_custom(settings.url);
    if (endpoint) endpoint->region = region;
    return endpoint;
  }
  const auto& partition = partition_for(region);
  const auto* const global = std::ranges::find(iam_hosts, partition.id, &GlobalHost::partition);
  if (service == "iam" && global != iam_hosts.end()) {
    return on_aws(std::string(global->host), global->region);
  }
  const std::string_view prefix = service == "sso" ? "portal.sso" : service;
  // In GovCloud the plain single-stack hosts are the FIPS hosts.
  const bool fips_name = settings.fips && (settings.dual_stack || partition.id != "aws-us-gov");
  return on_aws(
      fmt::format("{}{}.{}.{}", prefix, fips_name ? "-fips" : "", region,
                  settings.dual_stack ? partition.dual_stack_suffix : partition.dns_suffix),
      region);
}

}  // namespace s3m::aws
