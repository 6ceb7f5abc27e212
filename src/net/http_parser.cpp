#include "net/http_parser.hpp"

#include <optional>

#include "net/http_grammar.hpp"

namespace s3m::net {

namespace {

constexpr unsigned most_interim_responses = 32;

}  // namespace

// --- responses

void ResponseParser::start(bool has_body) {
  restart();
  response_ = HttpResponse{};
  has_body_ = has_body;
  interim_ = 0;
}

std::size_t ResponseParser::feed(std::string_view input) {
  const std::size_t size = input.size();
  begun_ |= size > 0;
  while (!input.empty() && (state_ == State::head || state_ == State::body)) {
    if (state_ == State::body) {
      feed_body(input, response_.body);
    } else if (collect_head(input, false)) {
      finish_head();
    }
  }
  return size - input.size();
}

void ResponseParser::end_of_input(bool orderly) {
  end_body(orderly);
}

void ResponseParser::finish_head() {
  const std::string_view head = block_;
  if (!read_status_line(head.substr(0, head.find('\n') - 1))) return;
  if (!read_fields(response_.headers)) return;
  if (response_.status / 100 == 1) {
    // 101 would be the answer to an Upgrade that nobody here asks for.
    if (response_.status == 101 || ++interim_ > most_interim_responses) {
      return fail(HttpFault::bad_start_line);
    }
    const unsigned seen = interim_;
    start(has_body_);
    interim_ = seen;
    begun_ = true;
    return;
  }
  if (framing_.other_coding) return fail(HttpFault::bad_coding);
  const BodyFraming framing = body_framing();
  // A message with both lengths may be an attack on whoever believes the other one.
  const bool ambiguous = framing_.chunked && framing_.has_length;
  keep_alive_ =
      minor_version_ >= 1 && !framing_.close && !ambiguous && framing != BodyFraming::until_close;
  if (framing == BodyFraming::length && framing_.length <= limits_.body_bytes) {
    response_.body.reserve(static_cast<std::size_t>(framing_.length));
  }
  start_body(framing, framing_.length);
}

// RFC 9112, 6.3
BodyFraming ResponseParser::body_framing() {
  if (!has_body_ || response_.status == 204 || response_.status == 304) return BodyFraming::none;
  if (framing_.chunked) return BodyFraming::chunked;
  return framing_.has_length ? BodyFraming::length : BodyFraming::until_close;
}

bool ResponseParser::read_status_line(std::string_view line) {
  const std::optional<unsigned> version = minor_version(line.substr(0, 8));
  if (!version) {
    fail(line.starts_with("HTTP/") ? HttpFault::bad_version : HttpFault::bad_start_line);
    return false;
  }
  minor_version_ = *version;
  const auto digit = [&](std::size_t at) { return line[at] >= '0' && line[at] <= '9'; };
  const bool good = line.size() >= 12 && line[8] == ' ' && digit(9) && digit(10) && digit(11) &&
                    line[9] != '0' && (line.size() == 12 || line[12] == ' ') && !has_control(line);
  if (!good) {
    fail(HttpFault::bad_start_line);
    return false;
  }
  response_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  return true;
}

// --- requests

void RequestParser::start() {
  restart();
  request_ = HttpRequest{};
}

std::size_t RequestParser::feed(std::string_view input) {
  const std::size_t size = input.size();
  begun_ |= size > 0;
  while (!input.empty() && (state_ == State::head || state_ == State::body)) {
    if (state_ == State::body) {
      feed_body(input, request_.body);
    } else if (collect_head(input, true)) {
      finish_head();
    }
  }
  return size - input.size();
}

void RequestParser::finish_head() {
  const std::string_view head = block_;
  if (!read_request_line(head.substr(0, head.find('\n') - 1))) return;
  if (!read_fields(request_.headers)) return;
  if (framing_.hosts > 1 || (framing_.hosts == 0 && minor_version_ >= 1)) {
    return fail(HttpFault::bad_field);
  }
  if (framing_.other_coding || (framing_.has_coding && minor_version_ == 0)) {
    return fail(HttpFault::bad_coding);
  }
  if (framing_.chunked && framing_.has_length) return fail(HttpFault::bad_length);
  keep_alive_ = minor_version_ >= 1 && !framing_.close;
  const BodyFraming framing = body_framing();
  if (framing == BodyFraming::length && framing_.length <= limits_.body_bytes) {
    request_.body.reserve(static_cast<std::size_t>(framing_.length));
  }
  start_body(framing, framing_.length);
}

BodyFraming RequestParser::body_framing() {
  if (framing_.chunked) return BodyFraming::chunked;
  return framing_.has_length ? BodyFraming::length : BodyFraming::none;
}

bool RequestParser::read_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first + 1) {
    fail(HttpFault::bad_start_line);
    return false;
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method) || target.find_first_of(" \t") != std::string_view::npos ||
      has_control(target)) {
    fail(HttpFault::bad_start_line);
    return false;
  }
  const std::optional<unsigned> minor = minor_version(version);
  if (!minor) {
    fail(version.starts_with("HTTP/") ? HttpFault::bad_version : HttpFault::bad_start_line);
    return false;
  }
  minor_version_ = *minor;
  request_.method = method;
  request_.target = target;
  return true;
}

}  // namespace s3m::net
