// aws_chunked.hpp: bodies that a client sent in signed or unsigned chunks with a trailer
// (Content-Encoding: aws-chunked).
//
// Layer  sim.
// Source Amazon S3 API reference, "Transferring payload in multiple chunks" and "Including
//        trailing headers".
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "net/http_message.hpp"
#include "sim/api_error.hpp"
#include "sim/sigv4_check.hpp"

namespace s3m::sim {

struct DecodedBody {
  std::string bytes;
  Pairs trailer;  // lower-case names: x-amz-checksum-crc32...
};

// True if x-amz-content-sha256 says that the body is in chunks.
bool is_aws_chunked(const net::Headers& headers);

// Errors  IncompleteBody for a broken frame or another length than x-amz-decoded-content-length,
//         SignatureDoesNotMatch for a chunk or trailer whose signature is wrong.
std::expected<DecodedBody, ApiError> decode_aws_chunked(const net::HttpRequest& request,
                                                        const Authenticated& signer);

}  // namespace s3m::sim
