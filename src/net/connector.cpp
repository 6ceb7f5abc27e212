#include "net/connector.hpp"

#include <boost/asio/error.hpp>
#include <fmt/format.h>

namespace s3m::net {

namespace {

std::unexpected<Error> cannot_connect(std::string why) {
  return fail(Errc::connect, std::move(why), RetryClass::transient);
}

}  // namespace

Connector::Connector(Loop& loop, const HttpClientOptions& options, HttpClientStats& stats)
    : loop_(loop),
      options_(options),
      stats_(stats),
      resolver_(std::make_shared<Resolver>(loop, options.address_ttl, options.lookup)) {}

Task<Result<std::unique_ptr<ClientConnection>>> Connector::open(OriginState& origin,
                                                                Flight& flight) {
  const std::string host = origin.proxy ? origin.proxy->host : origin.origin.host;
  const std::uint16_t port = origin.proxy ? origin.proxy->port : origin.origin.port;
  auto addresses = co_await resolver_->addresses(host, flight);
  if (!addresses) co_return forward(addresses);

  Result<void> last = cannot_connect("no address");
  for (const asio::ip::address& address : *addresses) {
    auto connection = std::make_unique<ClientConnection>(
        Socket(loop_), ParserLimits{.body_bytes = options_.max_response_bytes});
    Socket& socket = connection->stream.socket();
    flight.opens(connection->stream);
    const auto [error] =
        co_await socket.async_connect({address, port}, asio::as_tuple(asio::deferred));
    if (error || !socket.is_open()) {
      last = cannot_connect(error.message());
    } else {
      last = co_await prepare(*connection, origin);
    }
    const bool late = flight.late();
    flight.rests();
    if (flight.stopped()) co_return flight.stop_error();
    if (last) co_return std::move(connection);
    if (late) last = cannot_connect("timed out");
    last.error().context(fmt::format("{}:{}", address.to_string(), port));
    if (last.error().code() != Errc::connect) break;
    resolver_->mark_failed(host, address);
  }
  last.error().context(authority_of(origin.origin));
  co_return forward(last);
}

// What follows the TCP handshake.
Task<Result<void>> Connector::prepare(ClientConnection& connection, OriginState& origin) {
  ++stats_.connections_opened;
  boost::system::error_code ignored;
  connection.stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  connection.stream.touch();
  if (!origin.origin.tls) co_return ok;
  if (origin.proxy) {
    auto tunnel = co_await open_tunnel(connection, origin);
    if (!tunnel) co_return forward(tunnel);
  }
  co_return co_await start_tls(connection, origin);
}

Task<Result<void>> Connector::open_tunnel(ClientConnection& connection, const OriginState& origin) {
  const std::string request = connect_request(*origin.proxy, origin.origin);
  std::size_t sent = 0;
  const Stream::Status written = co_await connection.stream.write_all(request, {}, sent);
  if (written != Stream::Status::ok) co_return cannot_connect("the proxy closed the connection");
  ResponseParser& parser = connection.parser;
  bool surplus = false;
  parser.start(false);
  while (!parser.done() && !parser.failed()) {
    const auto [error, bytes] = co_await connection.stream.receive();
    const Stream::Status status = connection.stream.received(
        error, bytes, [&](std::string_view text) { surplus |= parser.feed(text) < text.size(); });
    if (status != Stream::Status::ok) parser.end_of_input(false);
  }
  if (parser.failed()) {
    co_return cannot_connect(fmt::format("the proxy's answer: {}", describe(parser.fault())));
  }
  const int answer = parser.take().status;
  if (answer / 100 == 2 && !surplus) co_return ok;
  const RetryClass retry = answer / 100 == 5 ? RetryClass::transient : RetryClass::never;
  Error refused(Errc::connect, fmt::format("the proxy refused the tunnel with {}", answer), retry);
  refused.http_status(answer);
  co_return fail(std::move(refused));
}

Task<Result<void>> Connector::start_tls(ClientConnection& connection, OriginState& origin) {
  if (!options_.tls) co_return fail(Errc::tls, "this client has no TLS settings");
  Stream& stream = connection.stream;
  stream.set_tls(TlsChannel::client(*options_.tls, stream.socket().native_handle(),
                                    origin.origin.host, origin.sessions));
  const TlsChannel::Status status = co_await stream.handshake();
  if (status == TlsChannel::Status::failed) {
    co_return fail(Errc::tls, "TLS: " + stream.tls()->problem());
  }
  if (status != TlsChannel::Status::ok) {
    co_return cannot_connect("the connection ended in the TLS handshake");
  }
  // Takes tickets that came along; text before the request would answer nothing.
  bool surplus = false;
  const Stream::Status rest = stream.decrypt([&](std::string_view) { surplus = true; });
  if (rest != Stream::Status::ok || surplus) {
    co_return cannot_connect("the connection ended after the TLS handshake");
  }
  ++stats_.tls_handshakes;
  if (stream.tls()->resumed()) ++stats_.tls_resumed;
  co_return ok;
}

}  // namespace s3m::net
