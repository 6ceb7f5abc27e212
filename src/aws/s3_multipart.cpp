// Multipart uploads (Amazon S3 API reference): everything that belongs to the object goes with the
// creation, since nothing is copied from the source but bytes.
#include <fmt/format.h>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/s3_xml.hpp"

namespace s3m::aws {
namespace {

constexpr std::string_view s3_namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

std::string tagging_header(const Pairs& tags) {
  std::string out;
  for (const auto& [key, value] : tags) {
    if (!out.empty()) out += '&';
    append_uri_encoded(out, key, Slash::encode);
    out += '=';
    append_uri_encoded(out, value, Slash::encode);
  }
  return out;
}

void add_metadata(Request& request, const Pairs& metadata, std::vector<std::string>& names) {
  names.clear();
  names.reserve(metadata.size());
  for (const auto& [name, value] : metadata) {
    names.push_back("x-amz-meta-" + lower(name));
    request.headers.push_back({names.back(), value});  // an empty value is a value
  }
}

void restate(Request& request, ObjectHead head) {
  add_header(request, "content-type", std::move(head.content_type));
  add_header(request, "content-encoding", std::move(head.content_encoding));
  add_header(request, "content-disposition", std::move(head.content_disposition));
  add_header(request, "content-language", std::move(head.content_language));
  add_header(request, "cache-control", std::move(head.cache_control));
  add_header(request, "expires", std::move(head.expires));
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format("<{}>", name);
  append_xml_text(out, text);
  out += fmt::format("</{}>", name);
}

std::string complete_document(const CompleteRequest& request) {
  std::string out = fmt::format("<CompleteMultipartUpload xmlns=\"{}\">", s3_namespace);
  for (const auto& part : request.parts) {
    out += "<Part>";
    append_element(out, "PartNumber", std::to_string(part.part_number));
    append_element(out, "ETag", quoted_etag(part.etag));
    if (request.with_checksums && !part.checksum.value.empty())
      append_element(out, "Checksum" + part.checksum.algorithm, part.checksum.value);
    out += "</Part>";
  }
  out += "</CompleteMultipartUpload>";
  return out;
}

}  // namespace

Request create_upload_request(CreateUploadRequest create, std::vector<std::string>& names) {
  auto request = s3_request("CreateMultipartUpload", Method::post, RequestKind::write,
                            std::move(create.bucket), std::move(create.key));
  request.answer = Answer::xml;
  request.retry = false;  // each makes another upload
  request.query.push_back({"uploads", ""});
  add_metadata(request, create.head.metadata, names);
  restate(request, std::move(create.head));
  add_header(request, "x-amz-tagging", tagging_header(create.tags));
  if (!create.checksum_algorithm.empty()) {
    add_header(request, "x-amz-checksum-algorithm", std::move(create.checksum_algorithm));
    add_header(request, "x-amz-checksum-type",
               create.full_object_checksum ? "FULL_OBJECT" : "COMPOSITE");
  }
  add_write_options(request, create.write);
  return request;
}

Result<std::string> parse_upload_id(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "InitiateMultipartUploadResult");
  if (!root) return forward(root);
  std::string id(text_of(*root, "UploadId"));
  if (id.empty()) return fail(Errc::protocol, "an upload without an id");
  return id;
}

Request part_copy_request(PartCopyRequest part) {
  auto request = upload_request("UploadPartCopy", Method::put, RequestKind::copy,
                                std::move(part.bucket), std::move(part.key),
                                std::move(part.upload_id), std::move(part.expected_owner));
  request.answer = Answer::xml;
  request.timeouts = patient;
  request.admission = part.admission;
  request.query.push_back({"partNumber", std::to_string(part.part_number)});
  add_copy_source(request, part.source, part.source_etag, std::move(part.source_expected_owner));
  add_header(request, "x-amz-copy-source-range",
             fmt::format("bytes={}-{}", part.first_byte, part.last_byte));
  return request;
}

Result<PartResult> parse_part_copy(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "CopyPartResult");
  if (!root) return forward(root);
  PartResult part{.etag = unquoted_etag(text_of(*root, "ETag")), .checksum = checksum_in(*root)};
  if (part.etag.empty()) return fail(Errc::protocol, "a copied part without an ETag");
  return part;
}

Request complete_request(CompleteRequest complete) {
  auto request =
      upload_request("CompleteMultipartUpload", Method::post, RequestKind::write, complete.bucket,
                     complete.key, complete.upload_id, complete.write.expected_owner);
  request.answer = Answer::xml;
  request.timeouts = patient;
  add_header(request, "content-type", "application/xml");
  add_conditions(request, complete.write);
  request.body = complete_document(complete);
  return request;
}

Result<CopyResult> parse_complete(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "CompleteMultipartUploadResult");
  if (!root) return forward(root);
  return CopyResult{.etag = unquoted_etag(text_of(*root, "ETag"))};
}

net::Task<Result<std::string>> S3::create_multipart_upload(CreateUploadRequest create) {
  std::vector<std::string> names;
  auto request = create_upload_request(std::move(create), names);
  auto id = co_await exchange<std::string>(
      client_, std::move(request),
      [](net::HttpResponse& response) { return parse_upload_id(std::move(response.body)); });
  co_return id;
}

net::Task<Result<PartResult>> S3::upload_part_copy(PartCopyRequest part) {
  const int number = part.part_number;
  auto result = co_await exchange<PartResult>(
      client_, part_copy_request(std::move(part)),
      [](net::HttpResponse& response) { return parse_part_copy(std::move(response.body)); });
  if (result) result->part_number = number;
  co_return result;
}

net::Task<Result<CopyResult>> S3::complete_multipart_upload(CompleteRequest complete) {
  return exchange<CopyResult>(client_, complete_request(std::move(complete)),
                              [](net::HttpResponse& response) {
                                auto result = parse_complete(std::move(response.body));
                                if (result)
                                  result->version = response.headers.get("x-amz-version-id");
                                return result;
                              });
}

net::Task<Result<void>> S3::abort_multipart_upload(std::string bucket, std::string key,
                                                   std::string upload_id,
                                                   std::string expected_owner) {
  auto response = co_await client_.call(
      upload_request("AbortMultipartUpload", Method::del, RequestKind::remove, std::move(bucket),
                     std::move(key), std::move(upload_id), std::move(expected_owner)));
  if (response || response.error().code() == Errc::no_such_upload) co_return ok;
  co_return forward(response);
}

}  // namespace s3m::aws
