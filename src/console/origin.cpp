#include "console/origin.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace s3m::console {
namespace {

// "[::1]:8080" -> "::1", "Host.example:80" -> "host.example"; empty where it is neither.
std::string name_in(std::string_view host) {
  std::string_view name = host, rest;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return {};
    name = host.substr(1, end - 1);
    rest = host.substr(end + 1);
  } else {
    const auto colon = std::min(host.find(':'), host.size());
    name = host.substr(0, colon);
    rest = host.substr(colon);
  }
  if (!rest.empty() && (rest.front() != ':' || !parse_u64(rest.substr(1)))) return {};
  return lower(name);
}

// The authority of an Origin; empty where it is opaque ("null") or no web page's.
std::string_view authority_of(std::string_view origin) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (origin.starts_with(scheme)) return origin.substr(scheme.size());
  return {};
}

bool same_host(const net::Headers& headers) {
  const auto authority = authority_of(headers.get("Origin"));
  return !authority.empty() && iequals(authority, headers.get("Host"));
}

}  // namespace

Names::Names(std::vector<std::string> more) : names_(std::move(more)) {
  for (auto& name : names_)
    name = lower(name);
  names_.insert(names_.end(), {"127.0.0.1", "::1", "localhost"});
}

bool Names::knows(std::string_view host) const {
  const auto name = name_in(host);
  return !name.empty() && std::ranges::find(names_, name) != names_.end();
}

bool from_own_page(const net::Headers& headers) {
  const auto site = headers.get("Sec-Fetch-Site");
  return same_host(headers) && (site.empty() || site == "same-origin");
}

bool from_foreign_page(const net::Headers& headers) {
  const auto site = headers.get("Sec-Fetch-Site");
  const bool foreign_site = site == "cross-site" || site == "same-site";
  return foreign_site || (headers.has("Origin") && !same_host(headers));
}

}  // namespace s3m::console
