// request.hpp: one AWS request before it is signed.
//
// Layer  aws.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/admission.hpp"
#include "net/http_client.hpp"

namespace s3m::aws {

enum class Method : std::uint8_t { get, head, put, post, del };
std::string_view name(Method method) noexcept;  // "GET"

struct Field {
  std::string_view name;  // a literal, or outlives the call; headers in lower case
  std::string value;      // raw: encoded when the request is assembled
};

// What a 200 answer must look like to be believed.
enum class Answer : std::uint8_t {
  any,  // the body is the operation's own (GetObject, HEAD, policy)
  xml,  // a complete XML document; an <Error> counts as what its code says, all else `unavailable`
};

struct Request {
  std::string_view operation;  // static storage: "CopyObject"
  std::string_view service = "s3";
  Method method = Method::get;
  RequestKind kind = RequestKind::control;
  Answer answer = Answer::any;
  std::string bucket;  // empty: a request to the service
  std::string key;     // raw bytes; empty: a request to the bucket
  // On the heap: a request is moved through several frames on its way, its fields stay.
  std::vector<Field> query;
  std::vector<Field> headers;
  std::string body;
  bool sign = true;  // false: AssumeRoleWithWebIdentity, SSO portal
  // False: an ambiguous failure must be settled by looking (DeleteBucket, a new version). It is
  // sent again only if it certainly was not done: nothing of it was sent, or the service refused it
  // (throttled, the session over).
  bool retry = true;
  net::HttpTimeouts timeouts{};
  Admission* admission = nullptr;  // admits each attempt instead of the client's; outlives the call
};

}  // namespace s3m::aws
