// http_server.hpp: a small HTTP/1.1 server for the simulator and the console.
//
// Layer      net.
// Threading  one loop: handlers run on it. `port()` may be read from any thread once started.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http_message.hpp"
#include "net/task.hpp"
#include "net/tls.hpp"

namespace s3m::net {

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;           // 0: chosen by the system
  std::shared_ptr<TlsContext> tls;  // null: plain
  std::size_t max_head_bytes = 64u << 10;
  std::size_t max_body_bytes = 64u << 20;
  std::size_t max_connections = 16384;
  std::uint32_t max_requests_per_connection = 0;  // 0: no limit; S3 answers close after ~100
  std::chrono::milliseconds idle_timeout{60'000};
  // A whole request must have come so long after its first byte, the first one of a connection
  // (TLS's handshake included) after it was opened; 0: no limit.
  std::chrono::milliseconds request_timeout{0};
};

// Where a reply goes that is made while it is sent.
class ReplyBody {
 public:
  virtual ~ReplyBody() = default;
  // Sends `text` and waits while the client is slow. False once the client is gone, or was so slow
  // that it was given up (`idle_timeout`): nothing more can be sent.
  virtual Task<bool> send(std::string text) = 0;
};

// What a handler answers. The server writes Content-Length, Connection and, unless `headers` begin
// with one, Date; the handler writes the rest. The odd members exist to play a service that
// misbehaves.
struct ServerReply {
  int status = 200;
  std::string headers;  // "Name: value\r\n" lines, already valid
  std::string body;
  std::uint64_t declared_length = 0;  // HEAD answers: the Content-Length of the body not sent
  bool close = false;                 // Connection: close after this reply
  bool chunked = false;               // send the body with Transfer-Encoding: chunked
  std::string trickle;                // sent first, a one-byte chunk each `trickle_gap` (chunked)
  std::chrono::milliseconds trickle_gap{0};
  // Set: sends the body, chunked, in place of `body`; the reply ends when it returns. It is
  // cancelled as a handler is.
  std::function<Task<void>(ReplyBody& body)> stream;
  enum class Cut : std::uint8_t {
    none,
    before_head,
    mid_head,
    mid_body
  } cut = Cut::none;  // then RST
};

struct ServerRequest : HttpRequest {
  std::string peer;  // the address it came from, without the port
};

using HttpHandler = std::function<Task<ServerReply>(ServerRequest request)>;

class HttpServer {
 public:
  HttpServer(Loop& loop, HttpServerOptions options, HttpHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and begins to accept. Errors: io when the address cannot be bound.
  Result<void> start();
  std::uint16_t port() const noexcept;
  // Stops accepting and closes all connections, and waits until their handlers have ended: a
  // handler that sleeps or waits for a socket leaves by the exception operation_aborted, one that
  // waits for a Signal goes on. Not to be called by a handler.
  Task<void> stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace s3m::net
