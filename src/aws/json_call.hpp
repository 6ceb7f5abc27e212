// json_call.hpp: requests and answers of the services that speak JSON (Logs, ECS; Scheduler's
// body).
//
// Layer   aws, for its sources alone; pure.
// Source  AWS JSON protocol 1.1 (smithy.io, "AWS JSON 1.1 protocol"): POST /, the operation in
//         X-Amz-Target, an object as body, errors as "__type" (service_error.hpp reads them).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "aws/request.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "net/http_message.hpp"

namespace s3m::aws {

// `operation` and `service` have static storage; `target` is the prefix: "Logs_20140328".
Request json_request(std::string_view operation, std::string_view service, std::string_view target,
                     const boost::json::object& parameters);

// Timeouts of a service that answers from memory.
net::HttpTimeouts brief() noexcept;

// The object that an answer is. Errors: protocol for anything else; an empty body is an object
// without members.
Result<boost::json::object> read_object(const net::HttpResponse& response);

// Members by name; what is missing or of another type is empty.
std::string text_member(const boost::json::object& object, std::string_view name);
std::optional<std::int64_t> number_member(const boost::json::object& object, std::string_view name);
// Seconds since 1970 with a fraction, as JSON 1.1 writes times.
std::optional<WallTime> time_member(const boost::json::object& object, std::string_view name);

// Calls `visit(const object&)` for each object of an array member.
template <class Visit>
void each_object(const boost::json::object& object, std::string_view name, Visit visit) {
  const auto* const member = object.if_contains(name);
  if (member == nullptr || !member->is_array()) return;
  for (const auto& element : member->get_array())
    if (element.is_object()) visit(element.get_object());
}

}  // namespace s3m::aws
