// http_response_fuzz.cpp: the response parser on any bytes, whole and in pieces.
//
// The first byte says whether the response may have a body and how large the pieces are; the rest
// is what the server sends before it closes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http_parser.hpp"

namespace {

using namespace s3m::net;

struct Outcome {
  HttpFault fault = HttpFault::none;
  bool done = false, keep_alive = false;
  std::size_t taken = 0;
  int status = 0;
  std::string fields, body;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome parse(std::string_view input, bool has_body, std::size_t piece_size) {
  ResponseParser parser({.head_bytes = 1024, .body_bytes = 4096});
  parser.start(has_body);
  Outcome outcome;
  for (std::size_t at = 0; at < input.size(); at += piece_size) {
    // On the heap, so that reading beyond it is seen.
    const std::string piece(input.substr(at, piece_size));
    const std::size_t taken = parser.feed(piece);
    if (taken > piece.size()) std::abort();
    outcome.taken += taken;
  }
  parser.end_of_input(true);
  if (parser.done() == parser.failed()) std::abort();
  outcome.fault = parser.fault();
  outcome.done = parser.done();
  outcome.keep_alive = parser.keep_alive();
  if (!outcome.done) {
    outcome.taken = 0;  // what a refused message took is of no meaning
    return outcome;
  }
  const HttpResponse response = parser.take();
  if (response.body.size() > 4096) std::abort();
  outcome.status = response.status;
  outcome.body = response.body;
  response.headers.for_each([&](std::string_view name, std::string_view value) {
    outcome.fields.append(name).append("=").append(value).append("\n");
  });
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool has_body = (data[0] & 1) == 0;
  const std::size_t piece_size = 1 + (data[0] >> 1) % 16;
  const Outcome whole = parse(input, has_body, input.size() + 1);
  if (whole != parse(input, has_body, piece_size)) std::abort();
  return 0;
}
