// endpoint.hpp: which host serves a request, and how it is named in it.
//
// Layer   aws; pure.
// Source  aws-s3 endpoint rules: virtual-hosted names on AWS, path style where a bucket name has
//         dots or upper case and on custom endpoints; FIPS and dual-stack host forms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/http_client.hpp"

namespace s3m::aws {

enum class Addressing : std::uint8_t { automatic, path, virtual_hosted };

struct EndpointSettings {
  std::string url;     // custom endpoint ("http://127.0.0.1:9000/base"); empty: AWS
  std::string region;  // empty: us-east-1 for AWS
  bool fips = false;
  bool dual_stack = false;
  Addressing addressing = Addressing::automatic;

  bool is_aws() const noexcept { return url.empty(); }
};

struct Endpoint {
  net::Origin origin;
  std::string host;       // Host header, with the port unless it is the scheme's default
  std::string base_path;  // "" or "/base", never ending in '/'
  std::string region;     // signing region
  bool bucket_in_host = false;
};

// `bucket` empty: the service itself.
//
// Errors: invalid_argument for a malformed url, a region that is no host label (it may come from
// a server's answer), a bucket that is no bucket name, FIPS where the partition has none.
Result<Endpoint> s3_endpoint(const EndpointSettings& settings, std::string_view bucket);
// `service` is the host prefix and signing name: "sts", "sso" (portal), "logs", "iam", "ecs",
// "monitoring" (CloudWatch), "scheduler".
Result<Endpoint> service_endpoint(const EndpointSettings& settings, std::string_view service);

// True if `region` can stand in a host name: 1-63 of [a-z0-9-], no '-' at either end. What a server
// says its region is must pass this before a host is built from it.
bool valid_region(std::string_view region) noexcept;

// "aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso"...: by the region's prefix.
std::string_view partition_of(std::string_view region) noexcept;
std::string_view dns_suffix_of(std::string_view partition) noexcept;

}  // namespace s3m::aws
