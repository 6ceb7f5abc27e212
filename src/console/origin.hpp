// origin.hpp: for whom this server answers: the names it goes by, and the pages that may ask it to
// change something.
//
// Layer   console; pure.
//
// A page of another site can send requests to 127.0.0.1, and by DNS rebinding even under a name of
// its own; what it cannot do is to send another Host or Origin than its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.hpp"

namespace s3m::console {

class Names {
 public:
  // 127.0.0.1, ::1 and localhost are always among them.
  explicit Names(std::vector<std::string> more);

  // Whether a Host field names this server; the port is not looked at: a proxy or a tunnel may
  // have another.
  bool knows(std::string_view host) const;

 private:
  std::vector<std::string> names_;
};

// Whether a request comes from a page of the host that it is sent to: by its Origin, and by
// Sec-Fetch-Site where the browser sends one.
bool from_own_page(const net::Headers& headers);
// Whether it certainly comes from a page of another.
bool from_foreign_page(const net::Headers& headers);

}  // namespace s3m::console
