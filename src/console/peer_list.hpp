// peer_list.hpp: addresses and networks from which something is believed.
//
// Layer   console; pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace s3m::console {

class PeerList {
 public:
  // "10.0.1.17", "10.0.1.0/24", "fd00::/8". Errors: config, naming what is none.
  static Result<PeerList> make(const std::vector<std::string>& names);

  // An address as the server tells it; one of IPv4 that came in by IPv6 is the same.
  bool has(const std::string& address) const;

 private:
  struct Network {
    std::vector<unsigned char> bytes;  // 4 or 16
    unsigned bits = 0;
  };
  std::vector<Network> networks_;
};

}  // namespace s3m::console
