// client_connection.hpp: one connection of an HttpClient, and what all connections of one origin
// share.
//
// Layer      net.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "net/http_parser.hpp"
#include "net/proxy.hpp"
#include "net/stream.hpp"

namespace s3m::net {

struct ClientConnection {
  ClientConnection(Socket socket, ParserLimits limits)
      : stream(std::move(socket)), parser(limits) {}

  Stream stream;
  ResponseParser parser;
  bool used = false;  // has carried a response
};

// Lifetime: outlives its connections.
struct OriginState {
  explicit OriginState(Origin its_origin, std::optional<Proxy> its_proxy)
      : origin(std::move(its_origin)), proxy(std::move(its_proxy)) {}

  const Origin origin;
  const std::optional<Proxy> proxy;
  TlsSessionSlot sessions;
  std::vector<std::unique_ptr<ClientConnection>> idle;  // the latest used last
};

}  // namespace s3m::net
