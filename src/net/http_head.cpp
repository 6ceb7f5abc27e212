// http_head.cpp: what both parsers of http_parser.hpp share.
#include <optional>

#include "base/text.hpp"
#include "net/http_grammar.hpp"
#include "net/http_parser.hpp"

namespace s3m::net {

namespace {

constexpr unsigned most_skipped_lines = 4;

}  // namespace

void MessageParser::restart() noexcept {
  block_.clear();
  framing_ = {};
  state_ = State::head;
  fault_ = HttpFault::none;
  begun_ = keep_alive_ = false;
  line_start_ = 0;
  skipped_lines_ = 0;
}

void MessageParser::fail(HttpFault fault) noexcept {
  state_ = State::failed;
  fault_ = fault;
  keep_alive_ = false;
}

bool MessageParser::collect_head(std::string_view& input, bool skip_empty_lines) {
  for (std::size_t lf = input.find('\n'); lf < input.size(); lf = input.find('\n', lf + 1)) {
    if (block_.size() + lf + 1 > limits_.head_bytes) break;
    const std::size_t length = block_.size() + lf - line_start_;  // with the CR
    if (length == 0 || (lf > 0 ? input[lf - 1] : block_.back()) != '\r') {
      fail(line_start_ == 0 ? HttpFault::bad_start_line : HttpFault::bad_field);
      return false;
    }
    if (length == 1) return end_head(input, lf + 1, skip_empty_lines);
    line_start_ += length + 1;
  }
  if (block_.size() + input.size() > limits_.head_bytes) {
    fail(HttpFault::head_too_large);
    return false;
  }
  block_.append(input);
  input = {};
  return false;
}

// An empty line ends a head, unless it stands before it.
bool MessageParser::end_head(std::string_view& input, std::size_t size, bool skip_empty_lines) {
  if (line_start_ > 0) {
    block_.append(input.substr(0, size));
    input.remove_prefix(size);
    return true;
  }
  if (!skip_empty_lines || ++skipped_lines_ > most_skipped_lines) {
    fail(HttpFault::bad_start_line);
    return false;
  }
  input.remove_prefix(size);
  block_.clear();
  return collect_head(input, skip_empty_lines);
}

bool MessageParser::read_fields(Headers& headers) {
  headers.reset(std::move(block_));
  block_.clear();
  std::string_view rest = headers.block();
  rest.remove_prefix(rest.find('\n') + 1);
  for (;;) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end - 1);
    if (line.empty()) return true;
    if (!read_field(headers, line)) return false;
    rest.remove_prefix(end + 1);
  }
}

bool MessageParser::read_field(Headers& headers, std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  // A folded line begins with a blank, which is no token either.
  if (colon == std::string_view::npos || !is_token(name)) {
    fail(HttpFault::bad_field);
    return false;
  }
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (has_control(value)) {
    fail(HttpFault::bad_field);
    return false;
  }
  headers.add(name, value);
  return note_field(name, value);
}

bool MessageParser::note_field(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      framing_.hosts += iequals(name, "host") ? 1 : 0;
      break;
    case 6:
      if (iequals(name, "expect")) framing_.expects_continue |= iequals(value, "100-continue");
      break;
    case 10:
      if (iequals(name, "connection")) framing_.close |= list_has(value, "close");
      break;
    case 14:
      if (iequals(name, "content-length")) return note_length(value);
      break;
    case 17:
      if (iequals(name, "transfer-encoding")) note_coding(value);
      break;
    default:
      break;
  }
  return true;
}

bool MessageParser::note_length(std::string_view value) {
  const std::optional<std::uint64_t> length = parse_u64(value);
  if (!length || (framing_.has_length && framing_.length != *length)) {
    fail(HttpFault::bad_length);
    return false;
  }
  framing_.has_length = true;
  framing_.length = *length;
  return true;
}

void MessageParser::note_coding(std::string_view value) {
  framing_.other_coding |= framing_.has_coding || !iequals(value, "chunked");
  framing_.chunked = !framing_.other_coding;
  framing_.has_coding = true;
}

void MessageParser::start_body(BodyFraming framing, std::uint64_t length) {
  body_.start(framing, length, limits_);
  state_ = State::body;
  if (body_.fault() != HttpFault::none) return fail(body_.fault());
  if (body_.done()) state_ = State::done;
}

void MessageParser::feed_body(std::string_view& input, std::string& body) {
  input.remove_prefix(body_.feed(input, body));
  if (body_.done()) state_ = State::done;
  if (body_.fault() != HttpFault::none) fail(body_.fault());
}

void MessageParser::end_body(bool orderly) noexcept {
  if (state_ == State::head) return fail(HttpFault::truncated);
  if (state_ != State::body) return;
  body_.end_of_input(orderly);
  if (body_.done()) state_ = State::done;
  if (body_.fault() != HttpFault::none) fail(body_.fault());
}

}  // namespace s3m::net
