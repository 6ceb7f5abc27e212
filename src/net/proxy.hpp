// proxy.hpp: which proxy a request goes through, and what it is told.
//
// Layer  net; pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/http_client.hpp"

namespace s3m::net {

struct Proxy {
  std::string host;
  std::uint16_t port = 80;
  std::string authorization;  // value of Proxy-Authorization; empty: none

  // "http://user:pass@host:port", the scheme and the user info optional.
  // Errors  config: not a URL, or a scheme other than http (TLS to the proxy itself is not spoken).
  static Result<Proxy> parse(std::string_view url);
};

// The request goes to the origin itself. `list` is comma separated: "*"; an address; a CIDR
// network; "name" and ".name", which both stand for the name and all below it; each with an
// optional port.
bool bypasses_proxy(std::string_view list, const Origin& origin);

// The proxy for `origin`; nullopt when there is none for it.
Result<std::optional<Proxy>> proxy_for(const HttpClientOptions& options, const Origin& origin);

// "host:port", an IPv6 literal in brackets.
std::string authority_of(const Origin& origin);

// The request that asks the proxy for a tunnel to `origin`.
std::string connect_request(const Proxy& proxy, const Origin& origin);

// `head` with its origin-form target made absolute, and the authorization added (RFC 9112, 3.2.2).
std::string absolute_form(std::string_view head, const Proxy& proxy, const Origin& origin);

}  // namespace s3m::net
