// http_request_fuzz.cpp: the request parser on any bytes, whole and in pieces.
//
// The first byte says how large the pieces are; the rest is what a client sends on one connection,
// request after request.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http_parser.hpp"

namespace {

using namespace s3m::net;

std::string show(const HttpRequest& request) {
  std::string text = request.method + " " + request.target + "\n";
  request.headers.for_each([&](std::string_view name, std::string_view value) {
    if (name.empty()) std::abort();
    text.append(name).append("=").append(value).append("\n");
  });
  return text.append(request.body).append("\n");
}

// All requests of a connection as text, and the fault that ended it.
std::string parse(std::string_view input, std::size_t piece_size) {
  RequestParser parser({.head_bytes = 1024, .body_bytes = 4096});
  parser.start();
  std::string seen;
  for (std::size_t at = 0; at < input.size(); at += piece_size) {
    // On the heap, so that reading beyond it is seen.
    std::string piece(input.substr(at, piece_size));
    while (!piece.empty() && !parser.failed()) {
      const std::size_t taken = parser.feed(piece);
      if (taken > piece.size()) std::abort();
      piece.erase(0, taken);
      if (!parser.done()) continue;
      seen.append(show(parser.take()));
      parser.start();
    }
  }
  return seen.append(describe(parser.fault()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece_size = 1 + data[0] % 16;
  if (parse(input, input.size() + 1) != parse(input, piece_size)) std::abort();
  return 0;
}
