// serve_arguments.hpp: what `s3migrator serve` was asked for.
//
// Layer   app; a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace s3m::app {

struct ServeArguments {
  std::string address = "127.0.0.1";  // a literal
  std::uint16_t port = 8080;
  std::string web_root;                       // empty: beside the installed program
  std::string token_file, viewer_token_file;  // empty: none
  std::vector<std::string> hosts;             // other names of the server
  std::string tls_certificate, tls_key;       // PEM files
  bool insecure_listen = false;
  bool watch_only = false;  // runs no jobs
  std::vector<std::string> allowed_roles, allowed_profiles, allowed_endpoints;
  std::size_t most_jobs = 4;
  std::optional<std::uint32_t> concurrency, max_requests_per_second;  // of all jobs together
  // A load balancer that signs people in; none without `proxies`.
  std::vector<std::string> proxies;  // addresses and networks
  std::string oidc_signer, oidc_issuer, oidc_client, oidc_keys;
  std::vector<std::pair<std::string, std::string>> oidc_operators;  // claim, value
};

}  // namespace s3m::app
