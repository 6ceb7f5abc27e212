// s3_exchange.hpp: one request and what its answer means, for the sources of S3's operations.
//
// Layer   aws.
#pragma once

#include <string>
#include <utility>

#include "aws/client.hpp"
#include "net/task.hpp"

namespace s3m::aws {

// Makes a typed result of a believed answer, which it may take apart. A plain function: it has
// nothing but the answer to go by.
template <class T>
using Reader = Result<T> (*)(net::HttpResponse& response);

// Sends `request` and gives what `read` makes of the answer. An error of `read` gets the names of
// the request and of the answer.
template <class T>
net::Task<Result<T>> exchange(Client& client, Request request, Reader<T> read) {
  const std::string_view operation = request.operation;
  const std::string bucket = request.bucket, key = request.key;
  auto response = co_await client.call(std::move(request));
  if (!response) co_return forward(response);
  auto result = read(*response);
  if (!result) {
    result.error().operation(std::string(operation)).bucket(bucket).key(key);
    result.error()
        .http_status(response->status)
        .request_id(std::string(response->headers.get("x-amz-request-id")));
  }
  co_return result;
}

inline Result<void> read_nothing(net::HttpResponse&) {
  return ok;
}

}  // namespace s3m::aws
