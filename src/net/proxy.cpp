#include "net/proxy.hpp"

#include <limits>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"

namespace s3m::net {

namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> address_of(std::string_view text) {
  boost::system::error_code error;
  ip::address address = ip::make_address(text, error);
  if (error) return std::nullopt;
  return address;
}

// Both literals of one address, "::1" and "0:0:0:0:0:0:0:1", are that address.
bool same_address(std::string_view entry, const ip::address& address) {
  const auto listed = address_of(entry);
  return listed && *listed == address;
}

bool in_network(std::string_view entry, const ip::address& address) {
  boost::system::error_code error;
  if (address.is_v4()) {
    const auto network = ip::make_network_v4(entry, error);
    if (error) return false;
    return network.canonical() ==
           ip::network_v4(address.to_v4(), network.prefix_length()).canonical();
  }
  const auto network = ip::make_network_v6(entry, error);
  if (error) return false;
  return network.canonical() ==
         ip::network_v6(address.to_v6(), network.prefix_length()).canonical();
}

bool in_domain(std::string_view entry, std::string_view host) {
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || host.size() < entry.size()) return false;
  const std::size_t above = host.size() - entry.size();
  return iequals(host.substr(above), entry) && (above == 0 || host[above - 1] == '.');
}

// Takes ":port" off an entry; false if it names another port.
bool port_agrees(std::string_view& entry, std::uint16_t port) {
  const std::size_t colon = entry.rfind(':');
  if (colon == std::string_view::npos || entry.find('/') != std::string_view::npos) return true;
  const bool bracketed = entry.starts_with('[');
  const bool bare_v6 = !bracketed && entry.find(':') != colon;
  if (bare_v6 || (bracketed && entry[colon - 1] != ']')) return true;
  const auto listed = parse_u64(entry.substr(colon + 1));
  entry = entry.substr(0, colon);
  return listed && *listed == port;
}

bool entry_matches(std::string_view entry, const Origin& origin) {
  if (entry == "*") return true;
  if (!port_agrees(entry, origin.port)) return false;
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  if (const auto address = address_of(origin.host)) {
    return same_address(entry, *address) || in_network(entry, *address);
  }
  return in_domain(entry, origin.host);
}

std::string authorization_line(const Proxy& proxy) {
  if (proxy.authorization.empty()) return {};
  return "Proxy-Authorization: " + proxy.authorization + "\r\n";
}

}  // namespace

Result<Proxy> Proxy::parse(std::string_view url) {
  const std::string whole =
      url.find("://") == std::string_view::npos ? fmt::format("http://{}", url) : std::string(url);
  const auto parsed = boost::urls::parse_uri(whole);
  if (!parsed || parsed->host().empty()) {
    return fail(Errc::config, "the proxy is not a URL: " + log::redact_url(url));
  }
  if (!iequals(parsed->scheme(), "http")) {
    return fail(Errc::config, "only http:// proxies are supported: " + log::redact_url(url));
  }
  Proxy proxy;
  proxy.host = parsed->host_address();
  if (parsed->has_port()) {
    const auto port = parse_u64(std::string_view(parsed->port()));
    if (!port || *port == 0 || *port > std::numeric_limits<std::uint16_t>::max()) {
      return fail(Errc::config, "the proxy's port is not one: " + log::redact_url(url));
    }
    proxy.port = static_cast<std::uint16_t>(*port);
  }
  if (parsed->has_userinfo()) {
    proxy.authorization = "Basic " + base64(parsed->user() + ":" + parsed->password());
  }
  return proxy;
}

bool bypasses_proxy(std::string_view list, const Origin& origin) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view entry = trim(list.substr(0, comma));
    if (!entry.empty() && entry_matches(entry, origin)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

Result<std::optional<Proxy>> proxy_for(const HttpClientOptions& options, const Origin& origin) {
  const std::optional<std::string>& url = origin.tls ? options.https_proxy : options.http_proxy;
  if (!url || url->empty() || bypasses_proxy(options.no_proxy, origin)) {
    return std::optional<Proxy>();
  }
  Result<Proxy> proxy = Proxy::parse(*url);
  if (!proxy) return forward(proxy);
  return std::optional<Proxy>(std::move(*proxy));
}

std::string authority_of(const Origin& origin) {
  const bool v6 = origin.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", origin.host, origin.port)
            : fmt::format("{}:{}", origin.host, origin.port);
}

std::string connect_request(const Proxy& proxy, const Origin& origin) {
  const std::string authority = authority_of(origin);
  return fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n{1}\r\n", authority,
                     authorization_line(proxy));
}

std::string absolute_form(std::string_view head, const Proxy& proxy, const Origin& origin) {
  const std::size_t target = head.find(' ') + 1;
  const std::size_t line_end = head.find("\r\n") + 2;
  std::string rewritten(head.substr(0, target));
  rewritten.append("http://").append(authority_of(origin));
  rewritten.append(head.substr(target, line_end - target)).append(authorization_line(proxy));
  return rewritten.append(head.substr(line_end));
}

}  // namespace s3m::net
