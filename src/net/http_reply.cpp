#include "net/http_reply.hpp"

#include <iterator>

#include <fmt/format.h>

namespace s3m::net {

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Slow Down";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

bool carries_body(const ServerReply& reply, bool head_request) noexcept {
  return !head_request && reply.status != 204 && reply.status != 304;
}

void assemble_head(std::string& head, const ServerReply& reply, const ReplyContext& context) {
  head.clear();
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", reply.status, reason_phrase(reply.status));
  // A reply that begins with a Date has a clock of its own (a service whose clock is wrong).
  if (!reply.headers.starts_with("Date: ")) fmt::format_to(out, "Date: {}\r\n", context.date);
  if ((reply.chunked || reply.stream) && carries_body(reply, context.head_request)) {
    head.append("Transfer-Encoding: chunked\r\n");
  } else if (context.head_request) {
    const std::uint64_t length =
        reply.declared_length != 0 ? reply.declared_length : reply.body.size();
    fmt::format_to(out, "Content-Length: {}\r\n", length);
  } else if (carries_body(reply, false)) {
    fmt::format_to(out, "Content-Length: {}\r\n", reply.body.size());
  }
  if (context.close) head.append("Connection: close\r\n");
  head.append(reply.headers).append("\r\n");
}

void append_chunk(std::string& wire, std::string_view data) {
  if (data.empty()) return;
  fmt::format_to(std::back_inserter(wire), "{:x}\r\n", data.size());
  wire.append(data).append("\r\n");
}

ServerReply refusal(HttpFault fault) {
  ServerReply reply;
  reply.close = true;
  reply.headers = "Content-Type: text/plain\r\n";
  reply.body.append(describe(fault)).append("\n");
  switch (fault) {
    case HttpFault::head_too_large:
      reply.status = 431;
      break;
    case HttpFault::body_too_large:
      reply.status = 413;
      break;
    case HttpFault::bad_version:
      reply.status = 505;
      break;
    case HttpFault::bad_coding:
      reply.status = 501;
      break;
    default:
      reply.status = 400;
  }
  return reply;
}

}  // namespace s3m::net
