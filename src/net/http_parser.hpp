// http_parser.hpp: HTTP/1.1 messages out of bytes, without I/O (RFC 9112).
//
// Layer      net.
// Threading  a parser belongs to one connection.
//
// Strict where a guess could put two messages into one another: lines end in CRLF, no folded
// fields, no white space before a colon, no control characters, one meaning for the length of a
// body. Feeding a message whole or a byte at a time gives the same result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "net/http_message.hpp"

namespace s3m::net {

struct ParserLimits {
  std::size_t head_bytes = 64u << 10;  // trailers of a chunked body have the same limit
  std::size_t body_bytes = 64u << 20;
};

// Why a message was refused.
enum class HttpFault : std::uint8_t {
  none,
  bad_start_line,
  bad_version,  // not HTTP/1.x
  bad_field,    // a field line that breaks the grammar, or no Host in a request
  bad_length,   // Content-Length unusable, contradictory, or beside Transfer-Encoding
  bad_coding,   // a transfer coding other than chunked
  bad_chunk,
  head_too_large,
  body_too_large,
  truncated,  // the peer closed before the end
};

// A word for messages and logs ("malformed header field").
std::string_view describe(HttpFault fault) noexcept;

// How the end of a body is found.
enum class BodyFraming : std::uint8_t { none, length, chunked, until_close };

// Takes a body's bytes apart, for either side.
class BodyReader {
 public:
  void start(BodyFraming framing, std::uint64_t length, const ParserLimits& limits);

  // Appends to `body`; gives the bytes taken, which are all unless the body ended or failed.
  std::size_t feed(std::string_view input, std::string& body);
  // The peer closed. `orderly`: it said so itself (a TLS close_notify; always for plain TCP).
  void end_of_input(bool orderly) noexcept;

  bool done() const noexcept { return state_ == State::done; }
  HttpFault fault() const noexcept { return fault_; }

 private:
  enum class State : std::uint8_t {
    done,
    sized_data,
    open_data,
    chunk_size,
    chunk_extension,
    chunk_size_lf,
    chunk_data,
    chunk_data_cr,
    chunk_data_lf,
    trailer_start,
    trailer_line,
    trailer_lf,
    last_lf,
    failed,
  };
  std::size_t take_data(std::string_view input, std::string& body);
  void take_chunk_byte(char byte);
  void take_size_byte(char byte);
  void take_trailer_byte(char byte);
  void fail(HttpFault fault) noexcept;

  State state_ = State::done;
  HttpFault fault_ = HttpFault::none;
  std::uint64_t left_ = 0;     // of the body or of the chunk
  std::size_t room_ = 0;       // what the body may still grow by
  std::size_t line_room_ = 0;  // of extensions and trailers
  unsigned digits_ = 0;        // of the chunk's size
  ParserLimits limits_;
};

// What both parsers share: collecting a head, reading its fields, driving the body.
class MessageParser {
 public:
  bool head_done() const noexcept { return state_ == State::body || state_ == State::done; }
  bool done() const noexcept { return state_ == State::done; }
  bool failed() const noexcept { return state_ == State::failed; }
  HttpFault fault() const noexcept { return fault_; }
  // Any byte of the present message has arrived.
  bool begun() const noexcept { return begun_; }
  // The connection may carry another message after this one. Meaningful once head_done().
  bool keep_alive() const noexcept { return keep_alive_; }

 protected:
  enum class State : std::uint8_t { head, body, done, failed };

  // What the fields say about the message as a whole.
  struct Framing {
    std::uint64_t length = 0;
    bool has_length = false, chunked = false, has_coding = false, other_coding = false;
    bool close = false, expects_continue = false;
    unsigned hosts = 0;
  };

  explicit MessageParser(ParserLimits limits) : limits_(limits) {}
  ~MessageParser() = default;

  void restart() noexcept;
  // Takes bytes of a head. True once block_ holds the whole of it, its empty line included.
  bool collect_head(std::string_view& input, bool skip_empty_lines);
  // Gives block_ to `headers` and reads its field lines. False after fail().
  bool read_fields(Headers& headers);
  void start_body(BodyFraming framing, std::uint64_t length);
  void feed_body(std::string_view& input, std::string& body);
  void end_body(bool orderly) noexcept;
  void fail(HttpFault fault) noexcept;

  std::string block_;  // the head so far
  ParserLimits limits_;
  Framing framing_;
  BodyReader body_;
  State state_ = State::head;
  HttpFault fault_ = HttpFault::none;
  bool begun_ = false;
  bool keep_alive_ = false;
  unsigned minor_version_ = 1;

 private:
  bool end_head(std::string_view& input, std::size_t size, bool skip_empty_lines);
  bool read_field(Headers& headers, std::string_view line);
  bool note_field(std::string_view name, std::string_view value);
  bool note_length(std::string_view value);
  void note_coding(std::string_view value);

  std::size_t line_start_ = 0;  // in block_, of the line being collected
  unsigned skipped_lines_ = 0;
};

class ResponseParser : public MessageParser {
 public:
  explicit ResponseParser(ParserLimits limits = {}) : MessageParser(limits) {}

  // Before each response. `has_body` is false for the answer to a HEAD.
  void start(bool has_body);
  // Gives the bytes taken, which are all until done() or failed(). Interim responses (1xx) are
  // skipped.
  std::size_t feed(std::string_view input);
  // The peer closed; `orderly` as in BodyReader.
  void end_of_input(bool orderly);
  // Once done().
  HttpResponse take() { return std::move(response_); }

 private:
  bool read_status_line(std::string_view line);
  void finish_head();
  BodyFraming body_framing();

  HttpResponse response_;
  bool has_body_ = true;
  unsigned interim_ = 0;
};

class RequestParser : public MessageParser {
 public:
  explicit RequestParser(ParserLimits limits = {}) : MessageParser(limits) {}

  void start();
  std::size_t feed(std::string_view input);
  // The sender waits for a 100 before it sends the body. Meaningful once head_done().
  bool expects_continue() const noexcept { return framing_.expects_continue && !done(); }
  HttpRequest take() { return std::move(request_); }

 private:
  bool read_request_line(std::string_view line);
  void finish_head();
  BodyFraming body_framing();

  HttpRequest request_;
};

}  // namespace s3m::net
