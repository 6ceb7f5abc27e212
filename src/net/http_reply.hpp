// http_reply.hpp: a ServerReply as bytes, without I/O.
//
// Layer  net; pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "net/http_parser.hpp"
#include "net/http_server.hpp"

namespace s3m::net {

// "OK"; empty for a status without a common phrase.
std::string_view reason_phrase(int status) noexcept;

struct ReplyContext {
  std::string_view date;  // as in the Date field
  bool head_request = false;
  bool close = false;  // this is the connection's last reply
};

// Writes the head of `reply` into `head` (cleared first, so that its memory is reused).
void assemble_head(std::string& head, const ServerReply& reply, const ReplyContext& context);

// A reply of this status, or to a HEAD, has no body on the wire.
bool carries_body(const ServerReply& reply, bool head_request) noexcept;

// One chunk of the chunked coding; an empty `data` appends nothing, as it would end the body.
void append_chunk(std::string& wire, std::string_view data);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

// What the server answers to a message that it could not read.
ServerReply refusal(HttpFault fault);

}  // namespace s3m::net
