// server_connection.hpp: one connection of an HttpServer.
//
// Layer      net.
// Threading  the server's loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/intrusive/list.hpp>

#include "net/http_parser.hpp"
#include "net/http_server.hpp"
#include "net/stream.hpp"

namespace s3m::net {

// What a connection needs of its server.
// Lifetime: outlives the connection.
class ServerContext {
 public:
  ServerContext(HttpServerOptions options, HttpHandler handler)
      : options_(std::move(options)), handler_(std::move(handler)) {}

  const HttpServerOptions& options() const noexcept { return options_; }
  const HttpHandler& handler() const noexcept { return handler_; }
  std::string_view date();  // of now, as in the Date field

 private:
  HttpServerOptions options_;
  HttpHandler handler_;
  std::string date_;
  SteadyTime date_until_{};
};

class ServerConnection : public boost::intrusive::list_base_hook<
                             boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  ServerConnection(ServerContext& server, Socket socket);

  // Serves requests until one side has enough of it.
  Task<void> run();

  // Ends the connection at once; a handler in progress is cancelled.
  void abort();
  // Ends the connection if it waits for its client longer than it may.
  void close_if_idle(SteadyTime now);
  // What abort() signals.
  asio::cancellation_signal& cancellation() noexcept { return cancellation_; }

 private:
  enum class Wait : std::uint8_t { client, handler, last_bytes };
  class Chunks;

  Task<bool> accept_tls();
  Task<bool> read_request();
  Task<bool> answer();
  Task<bool> send(ServerReply reply);
  Task<bool> send_simple(const ServerReply& reply);
  Task<bool> send_chunked(const ServerReply& reply);
  Task<bool> send_stream(const ServerReply& reply);
  Task<void> send_cut(const ServerReply& reply);
  Task<bool> write(std::string_view head, std::string_view body);
  Task<void> linger();
  void take(std::string_view text);
  void start_request();
  bool takes_too_long(SteadyTime now) const noexcept;

  ServerContext& server_;
  Stream stream_;
  RequestParser parser_;
  asio::cancellation_signal cancellation_;
  std::string peer_;
  // When the request that is being read began; none between two.
  std::optional<SteadyTime> request_began_;
  std::string pending_;  // text of the next request, come with the present one
  std::string head_;     // of the present reply
  std::uint32_t served_ = 0;
  bool head_request_ = false;
  bool last_reply_ = false;
  Wait wait_ = Wait::client;
};

}  // namespace s3m::net
