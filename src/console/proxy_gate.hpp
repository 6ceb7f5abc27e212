// proxy_gate.hpp: people whom a load balancer has signed in.
//
// Layer      console.
// Threading  one loop.
// Source     docs/adr/0021-people-behind-a-load-balancer.md
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "console/oidc_token.hpp"
#include "console/peer_list.hpp"
#include "console/reply.hpp"
#include "net/http_server.hpp"
#include "net/task.hpp"

namespace s3m::console {

struct ProxyOptions {
  PeerList peers;  // the load balancer's addresses
  OidcRules rules;
  // The public key of that id, in PEM. Errors: not_found: there is none; what the way there says.
  std::function<net::Task<Result<std::string>>(std::string key_id)> key;
};

class ProxyGate {
 public:
  // `clock` outlives it.
  ProxyGate(ProxyOptions options, const Clock& clock);

  // Whether the request has been through the load balancer. From any other peer the header means
  // nothing.
  bool speaks(const net::ServerRequest& request) const;

  // Who it is. Problems: 401 for a token that does not hold; 503 where its key cannot be fetched.
  net::Task<Answer<Known>> identify(std::string token);

  static constexpr std::string_view header = "x-amzn-oidc-data";

 private:
  struct Key {
    Result<std::string> pem;
    WallTime fetched;
  };
  net::Task<Result<std::string>> key(std::string id);

  ProxyOptions options_;
  const Clock& clock_;
  std::map<std::string, Key> keys_;
};

}  // namespace s3m::console
