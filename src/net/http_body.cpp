// http_body.cpp: the body half of http_parser.hpp.
#include <algorithm>

#include "net/http_parser.hpp"

namespace s3m::net {

namespace {

int hex_digit(char byte) noexcept {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

bool is_control(char byte) noexcept {
  return (static_cast<unsigned char>(byte) < 0x20 && byte != '\t') || byte == 0x7F;
}

}  // namespace

std::string_view describe(HttpFault fault) noexcept {
  switch (fault) {
    case HttpFault::none:
      return "no fault";
    case HttpFault::bad_start_line:
      return "malformed first line";
    case HttpFault::bad_version:
      return "not HTTP/1.x";
    case HttpFault::bad_field:
      return "malformed header field";
    case HttpFault::bad_length:
      return "unusable Content-Length";
    case HttpFault::bad_coding:
      return "unknown transfer coding";
    case HttpFault::bad_chunk:
      return "malformed chunk";
    case HttpFault::head_too_large:
      return "header too large";
    case HttpFault::body_too_large:
      return "body too large";
    case HttpFault::truncated:
      return "closed before the end of the message";
  }
  return "unknown fault";
}

void BodyReader::start(BodyFraming framing, std::uint64_t length, const ParserLimits& limits) {
  limits_ = limits;
  fault_ = HttpFault::none;
  room_ = limits.body_bytes;
  left_ = 0;
  digits_ = 0;
  line_room_ = limits.head_bytes;
  switch (framing) {
    case BodyFraming::none:
      state_ = State::done;
      break;
    case BodyFraming::until_close:
      state_ = State::open_data;
      break;
    case BodyFraming::chunked:
      state_ = State::chunk_size;
      break;
    case BodyFraming::length:
      if (length > room_) return fail(HttpFault::body_too_large);
      left_ = length;
      state_ = length == 0 ? State::done : State::sized_data;
      break;
  }
}

std::size_t BodyReader::feed(std::string_view input, std::string& body) {
  std::size_t taken = 0;
  while (taken < input.size()) {
    switch (state_) {
      case State::done:
      case State::failed:
        return taken;
      case State::sized_data:
      case State::open_data:
      case State::chunk_data:
        taken += take_data(input.substr(taken), body);
        break;
      default:
        take_chunk_byte(input[taken++]);
    }
  }
  return taken;
}

std::size_t BodyReader::take_data(std::string_view input, std::string& body) {
  if (state_ == State::open_data) {
    if (input.size() > room_) {
      fail(HttpFault::body_too_large);
      return 0;
    }
    room_ -= input.size();
    body.append(input);
    return input.size();
  }
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
  body.append(input.substr(0, count));
  left_ -= count;
  if (left_ == 0) state_ = state_ == State::sized_data ? State::done : State::chunk_data_cr;
  return count;
}

void BodyReader::take_chunk_byte(char byte) {
  const auto expect = [&](char wanted, State next) {
    if (byte != wanted) return fail(HttpFault::bad_chunk);
    state_ = next;
  };
  switch (state_) {
    case State::chunk_size:
      return take_size_byte(byte);
    case State::chunk_extension:
      if (byte == '\r') {
        state_ = State::chunk_size_lf;
      } else if (is_control(byte) || line_room_-- == 0) {
        fail(HttpFault::bad_chunk);
      }
      return;
    case State::chunk_size_lf:
      expect('\n', left_ == 0 ? State::trailer_start : State::chunk_data);
      line_room_ = limits_.head_bytes;
      return;
    case State::chunk_data_cr:
      return expect('\r', State::chunk_data_lf);
    case State::chunk_data_lf:
      digits_ = 0;
      return expect('\n', State::chunk_size);
    case State::trailer_start:
    case State::trailer_line:
      return take_trailer_byte(byte);
    case State::trailer_lf:
      return expect('\n', State::trailer_start);
    case State::last_lf:
      return expect('\n', State::done);
    default:
      return fail(HttpFault::bad_chunk);
  }
}

void BodyReader::take_size_byte(char byte) {
  if (const int digit = hex_digit(byte); digit >= 0) {
    if (left_ >> 60 != 0) return fail(HttpFault::bad_chunk);
    left_ = left_ << 4 | static_cast<unsigned>(digit);
    ++digits_;
    return;
  }
  if (digits_ == 0) return fail(HttpFault::bad_chunk);
  if (left_ > room_) return fail(HttpFault::body_too_large);
  if (byte == '\r') {
    state_ = State::chunk_size_lf;
  } else if (byte == ';' || byte == ' ' || byte == '\t') {
    state_ = State::chunk_extension;
  } else {
    return fail(HttpFault::bad_chunk);
  }
  room_ -= static_cast<std::size_t>(left_);
}

// Trailers are read past: nothing that S3 says in them is needed here.
void BodyReader::take_trailer_byte(char byte) {
  if (byte == '\r') {
    state_ = state_ == State::trailer_start ? State::last_lf : State::trailer_lf;
    return;
  }
  if (is_control(byte) || line_room_-- == 0) return fail(HttpFault::bad_chunk);
  state_ = State::trailer_line;
}

void BodyReader::end_of_input(bool orderly) noexcept {
  if (state_ == State::done || state_ == State::failed) return;
  if (state_ == State::open_data && orderly) {
    state_ = State::done;
  } else {
    fail(HttpFault::truncated);
  }
}

void BodyReader::fail(HttpFault fault) noexcept {
  state_ = State::failed;
  fault_ = fault;
}

}  // namespace s3m::net
