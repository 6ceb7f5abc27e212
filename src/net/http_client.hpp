// http_client.hpp: HTTP/1.1 requests over a pool of kept-alive connections.
//
// Layer      net.
// Threading  one loop: call every member on it. A program with several loops has one client each.
// Lifetime   the client outlives its requests; `close()` then ends its idle connections and its
//            sweep, so that the loop can run out of work.
//
// What an S3 endpoint does to a connection is ordinary here: `Connection: close` after about a
// hundred requests, an idle close after a few seconds, white space before a late error. A kept
// connection that turns out to be dead before the first response byte is replaced once, silently,
// by a fresh one: the server closed it while idle, so it has not seen the request (a request that
// says `once` does not rely on that). Everything else that goes wrong is an Error for the layer
// above, which owns retrying.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.hpp"
#include "net/task.hpp"
#include "net/tls.hpp"

namespace s3m::net {

// Where requests go. Connections are pooled by equal Origins.
struct Origin {
  bool tls = true;
  std::string host;  // name or address literal without brackets; also the name TLS verifies
  std::uint16_t port = 443;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct HttpTimeouts {
  std::chrono::milliseconds connect{5'000};    // per address, handshake included
  std::chrono::milliseconds response{60'000};  // no byte sent or received for so long
  std::chrono::milliseconds total{900'000};    // CopyObject of 5 GiB may take minutes
};

struct HttpClientOptions {
  std::shared_ptr<TlsContext> tls;            // required for origins with tls = true
  std::size_t max_connections = 4096;         // a request waits for one in arrival order
  std::chrono::milliseconds max_idle{4'000};  // S3 closes at about 5 s
  // For a request that says `once`: the end of a connection that the server closes meanwhile would
  // leave open whether the request was seen.
  std::chrono::milliseconds max_idle_once{500};
  std::chrono::seconds address_ttl{30};  // resolved again after this; all addresses are used
  std::size_t max_response_bytes = 64u << 20;
  // HTTPS_PROXY / HTTP_PROXY / NO_PROXY, already read from the environment by the caller.
  // https origins go through CONNECT, http origins through absolute-form requests.
  std::optional<std::string> https_proxy, http_proxy;  // URLs, user info allowed
  std::string no_proxy;  // comma separated: host, .suffix, address, *, CIDR
  // How often deadlines and idle connections are looked at; both may be late by so much.
  std::chrono::milliseconds sweep_interval{500};
  // Stands in for the system's resolver when set (tests). Gives address literals, none for an
  // unknown host.
  std::function<std::vector<std::string>(const std::string& host)> lookup;
};

// One request, its bytes already assembled by the caller: the signature covers them as they are.
struct WireRequest {
  std::string_view head;          // request line, header fields, empty line
  std::string_view body;          // Content-Length in the head says its size
  bool response_has_body = true;  // false for HEAD
  HttpTimeouts timeouts{};
  // A kept connection that ends without an answer is an Error too: the server may have acted on the
  // request before it went away, and doing it twice would do harm. It goes by a connection that is
  // new, or was in use a moment ago and has not ended.
  bool once = false;
};

struct HttpClientStats {
  std::uint64_t requests = 0, connections_opened = 0, stale_replaced = 0, bytes_in = 0,
                bytes_out = 0;
  std::uint64_t tls_handshakes = 0, tls_resumed = 0;  // the latter are among the former
  std::uint32_t connections = 0, idle = 0;
};

class HttpClient {
 public:
  HttpClient(Loop& loop, HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sends and reads the whole response, of any status.
  //
  // Gives     the response; 1xx interim responses are skipped; a body that ends by close counts
  //           as complete only without a declared length.
  // Errors    config: the proxy cannot be used. resolve, connect, tls: nothing was sent. reset,
  //           timeout, protocol, too_large: the request may have been processed. Transient are
  //           resolve, connect (unless a proxy refused for good), reset and timeout.
  // Lifetime  head and body must stay until the Task ends.
  // Cancel    `cancel_all()` ends requests in flight with `cancelled`.
  Task<Result<HttpResponse>> send(Origin origin, WireRequest request);

  // Ends all requests in flight with Errc::cancelled.
  void cancel_all();
  // Closes idle connections and stops the sweep. No request may be in flight.
  void close();
  HttpClientStats stats() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // requests in flight hold it as well
};

}  // namespace s3m::net
