// classify.hpp: the one place where an answer becomes a success or an Error.
//
// Layer   aws; pure.
// Source  S3 and STS error references; SDK retry rules ("standard" mode); what S3-compatible
//         services say instead. Above this file code branches on Errc and RetryClass alone.
#pragma once

#include <optional>
#include <string_view>

#include "aws/request.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "net/http_message.hpp"

namespace s3m::aws {

// How a request was signed, as far as it says something about a refusal.
struct SignedWith {
  std::string_view region;
  bool temporary = false;  // a session, which a service may call unknown once it is over
  WallTime time{};
};

// Nothing for an answer that can be believed; else the failure, with operation, bucket, key,
// status, service code, request id, and region, server time and delay where the service says them.
std::optional<Error> judge(const Request& request, const SignedWith& signed_with,
                           const net::HttpResponse& response);

// `error` with the operation, bucket and key of `request`, unless it names one already.
Error with_request(const Request& request, Error error);

// What is meant by a code that stands for one of many objects inside an answer.
Error judge_part(std::string service_code, std::string message);

// True for a refusal that may be an expired session but cannot say so, because a HEAD has no body.
bool may_hide_an_expired_session(const Request& request, const Error& error) noexcept;

}  // namespace s3m::aws
