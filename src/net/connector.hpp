// connector.hpp: from an origin to a connection that is ready for a request.
//
// Layer      net.
// Threading  one loop.
#pragma once

#include <memory>
#include <string>

#include "net/client_connection.hpp"
#include "net/flight.hpp"
#include "net/resolver.hpp"

namespace s3m::net {

class Connector {
 public:
  // `options` and `stats` outlive the connector.
  Connector(Loop& loop, const HttpClientOptions& options, HttpClientStats& stats);

  // Tries the addresses of the origin (or of its proxy) in turn.
  // Errors  resolve, connect: transient. tls: the peer is not trusted or does not speak TLS; the
  //         other addresses are not tried. What flight.stop() says.
  Task<Result<std::unique_ptr<ClientConnection>>> open(OriginState& origin, Flight& flight);

  void close() { resolver_->close(); }

 private:
  Task<Result<void>> prepare(ClientConnection& connection, OriginState& origin);
  Task<Result<void>> open_tunnel(ClientConnection& connection, const OriginState& origin);
  Task<Result<void>> start_tls(ClientConnection& connection, OriginState& origin);

  Loop& loop_;
  const HttpClientOptions& options_;
  HttpClientStats& stats_;
  std::shared_ptr<Resolver> resolver_;
};

}  // namespace s3m::net
