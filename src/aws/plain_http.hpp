// plain_http.hpp: HTTP requests that carry no signature: metadata endpoints, IAM Identity Center.
//
// Layer      aws; net below.
// Threading  one loop.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/client.hpp"
#include "aws/endpoint.hpp"
#include "net/http_client.hpp"

namespace s3m::aws {

// An http or https URL taken apart.
struct PlainUrl {
  net::Origin origin;
  std::string host;    // Host header
  std::string target;  // path and query, "/" at least
};

// Errors: config unless `url` is http(s)://HOST[:PORT][/PATH][?QUERY] without user info. The
//         message does not show the URL: a path can be a secret.
Result<PlainUrl> parse_plain_url(std::string_view url);
// `target` below the base path of a service's endpoint.
PlainUrl at(const Endpoint& endpoint, std::string_view target);

struct PlainRequest {
  std::string_view method = "GET";  // static storage
  PlainUrl url;
  std::vector<std::pair<std::string_view, std::string>> headers;  // names in static storage
  std::string body;
  net::HttpTimeouts timeouts{};
};

// How often a request is sent again after a failure of the way there, a 429 or a 5xx.
struct PlainRetry {
  int attempts = 3;
  std::chrono::milliseconds pause{1'000};
};

// Gives    the answer, of any status.
// Errors   those of HttpClient::send; invalid_argument for a header value with a control
//          character, which could smuggle in another header; cancelled.
net::Task<Result<net::HttpResponse>> send_plain(Runtime& runtime, PlainRequest request,
                                                PlainRetry retry);

// What a JSON service says of a failure, for messages: its "message" and its code, made printable
// and short; empty when the body has neither. The body itself is never shown: it may hold keys.
std::string json_complaint(std::string_view body);

}  // namespace s3m::aws
