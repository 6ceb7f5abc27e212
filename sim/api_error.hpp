// api_error.hpp: the errors that S3 and STS answer with.
//
// Layer  sim; pure.
#pragma once

#include <string>
#include <string_view>

#include "net/http_server.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {

// x-amz-id-2 of every answer.
inline constexpr std::string_view host_id = "c2ltdWxhdG9yL2hvc3QtaWQvdGhhdC1pcy1sb25nLWVub3VnaA==";

struct ApiError {
  int status = 400;
  std::string code;
  std::string message;
  Pairs fields;         // further elements of <Error>
  std::string headers;  // header lines to go with it

  ApiError&& with(std::string name, std::string text) && {
    fields.emplace_back(std::move(name), std::move(text));
    return std::move(*this);
  }
};

// The error of that code with S3's status for it (400 when the code is not known here), and S3's
// sentence unless `message` is given.
ApiError api_error(std::string_view code, std::string message = {});

std::string s3_error_xml(const ApiError& error, std::string_view resource,
                         std::string_view request_id);
// `wrapped`: inside ErrorResponse, as AWS does.
std::string sts_error_xml(const ApiError& error, std::string_view request_id, bool wrapped);

// "Name: value\r\n" appended. Line ends in the value are replaced, so a value from a client
// cannot make a header of its own.
void add_header(net::ServerReply& reply, std::string_view name, std::string_view value);

}  // namespace s3m::sim
