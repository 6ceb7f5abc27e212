// test_headers.hpp: header fields for the tests of the console.
//
// Layer  tests only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "net/http_message.hpp"

namespace s3m::console::testing {

inline net::Headers headers(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string block;
  for (const auto& [name, value] : fields)
    block += name + value;
  net::Headers out;
  out.reset(block);
  std::size_t at = 0;
  for (const auto& [name, value] : fields) {
    out.add(out.block().substr(at, name.size()),
            out.block().substr(at + name.size(), value.size()));
    at += name.size() + value.size();
  }
  return out;
}

}  // namespace s3m::console::testing
