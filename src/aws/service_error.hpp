// service_error.hpp: what a service says about a failure, in whichever dialect.
//
// Layer   aws; pure.
// Source  S3: <Error>; query protocol (STS): <ErrorResponse><Error>, which radosgw leaves out; JSON
//         protocols: "__type" and x-amzn-ErrorType. A HEAD and some proxies say nothing at all.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "net/http_message.hpp"

namespace s3m::aws {

struct ServiceError {
  std::string code;     // "NoSuchKey"; empty when the answer carries none
  std::string message;  // for people only
  std::string request_id;
  std::string region;  // where the bucket is; only if it can stand in a host name
  std::optional<std::chrono::sys_seconds> server_time;
  std::optional<std::chrono::milliseconds> retry_after;
};

// Never fails: what cannot be read is empty.
ServiceError read_service_error(const net::HttpResponse& response);

}  // namespace s3m::aws
