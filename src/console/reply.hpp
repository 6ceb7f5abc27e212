// reply.hpp: answers of the console: JSON, problem documents (RFC 9457), and the header fields that
// every answer has.
//
// Layer   console; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/error.hpp"
#include "net/http_server.hpp"
#include "workflow/job_json.hpp"

namespace s3m::console {

// Why a request was refused. `code` is stable; `detail` is a sentence for a person.
struct Problem {
  int status = 400;
  std::string code, detail;
  struct Field {
    std::string field, message;  // "options.part-size"
  };
  std::vector<Field> fields{};
  std::optional<int> retry_after_seconds{};
};

// The problem that a failure is for who asked: not_found 404, refused 409, a bad value 422, a store
// that cannot be used 503, anything else 502 (a service's answer).
Problem problem_of(const Error& error);

template <class T>
using Answer = std::expected<T, Problem>;
using Reply = Answer<net::ServerReply>;

inline std::unexpected<Problem> refuse(Problem problem) {
  return std::unexpected<Problem>(std::move(problem));
}
inline std::unexpected<Problem> refuse(const Error& error) {
  return refuse(problem_of(error));
}

// Adds a field; control characters in the value are left out, so that no value can begin another
// field.
void add_header(net::ServerReply& reply, std::string_view name, std::string_view value);

net::ServerReply json_reply(int status, const boost::json::value& body);
net::ServerReply text_reply(int status, std::string_view type, std::string body);
net::ServerReply empty_reply(int status);
// As a download under `file_name`, which holds letters, digits, dots and dashes.
net::ServerReply file_reply(std::string_view type, std::string_view file_name, std::string body);
net::ServerReply problem_reply(const Problem& problem, std::string_view request_id);

// Adds what protects the page to any reply. `tls`: the connection is one of TLS.
void protect(net::ServerReply& reply, std::string_view request_id, bool tls);

using workflow::fields_of;
using workflow::parsed_or_null;

}  // namespace s3m::console
