#include "aws/s3_codec.hpp"

#include <fmt/format.h>

#include "aws/uri.hpp"

namespace s3m::aws {
namespace {

constexpr std::size_t most_headers = 12;  // of nearly all requests

}  // namespace

Request s3_request(std::string_view operation, Method method, RequestKind kind, std::string bucket,
                   std::string key) {
  Request request{.operation = operation,
                  .method = method,
                  .kind = kind,
                  .bucket = std::move(bucket),
                  .key = std::move(key)};
  request.headers.reserve(most_headers);
  return request;
}

Request object_request(std::string_view operation, Method method, RequestKind kind,
                       ObjectAddress object, std::string expected_owner) {
  auto request =
      s3_request(operation, method, kind, std::move(object.bucket), std::move(object.key));
  add_query(request, "versionId", std::move(object.version));
  add_owner(request, std::move(expected_owner));
  return request;
}

Request bucket_request(std::string_view operation, Method method, std::string_view subresource,
                       std::string bucket, std::string expected_owner) {
  auto request = s3_request(operation, method, RequestKind::control, std::move(bucket));
  if (!subresource.empty()) request.query.push_back({subresource, ""});
  add_owner(request, std::move(expected_owner));
  return request;
}

Request upload_request(std::string_view operation, Method method, RequestKind kind,
                       std::string bucket, std::string key, std::string upload_id,
                       std::string expected_owner) {
  auto request = s3_request(operation, method, kind, std::move(bucket), std::move(key));
  request.query.push_back({"uploadId", std::move(upload_id)});
  add_owner(request, std::move(expected_owner));
  return request;
}

void add_header(Request& request, std::string_view name, std::string value) {
  if (!value.empty()) request.headers.push_back({name, std::move(value)});
}

void add_query(Request& request, std::string_view name, std::string value) {
  if (!value.empty()) request.query.push_back({name, std::move(value)});
}

void add_owner(Request& request, std::string expected_owner) {
  add_header(request, "x-amz-expected-bucket-owner", std::move(expected_owner));
}

void add_write_options(Request& request, const WriteOptions& options) {
  add_header(request, "x-amz-acl", options.acl);
  add_owner(request, options.expected_owner);
  add_header(request, "x-amz-server-side-encryption", options.encryption);
  add_header(request, "x-amz-server-side-encryption-aws-kms-key-id", options.kms_key_id);
  add_header(request, "x-amz-storage-class", options.storage_class);
  if (options.restated) add_restated(request, *options.restated);
}

void add_conditions(Request& request, const WriteOptions& options) {
  add_header(request, "if-match", quoted_etag(options.if_match));
  if (options.if_none_match) add_header(request, "if-none-match", "*");
}

void add_copy_source(Request& request, const ObjectAddress& source, const std::string& etag,
                     std::string expected_owner) {
  std::string text;
  text.reserve(source.bucket.size() + source.key.size() + source.version.size() + 32);
  append_copy_source(text, source.bucket, source.key, source.version);
  add_header(request, "x-amz-copy-source", std::move(text));
  add_header(request, "x-amz-copy-source-if-match", quoted_etag(etag));
  add_header(request, "x-amz-source-expected-bucket-owner", std::move(expected_owner));
}

std::string quoted_etag(std::string_view etag) {
  return etag.empty() ? std::string() : fmt::format("\"{}\"", etag);
}

std::string unquoted_etag(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
    etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

}  // namespace s3m::aws
