// CopyObject (Amazon S3 API reference): the request this program sends most.
//
// The directives for metadata, tags and annotations are left at their default, which is COPY.
#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"

namespace s3m::aws {

Request copy_object_request(CopyRequest copy) {
  auto request = s3_request("CopyObject", Method::put, RequestKind::copy, std::move(copy.bucket),
                            std::move(copy.key));
  request.answer = Answer::xml;
  request.timeouts = patient;
  request.admission = copy.write.admission;
  request.retry = !copy.write.once;
  add_conditions(request, copy.write);
  add_copy_source(request, copy.source, copy.source_etag, std::move(copy.source_expected_owner));
  add_write_options(request, copy.write);
  return request;
}

Result<CopyResult> parse_copy_result(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body), "CopyObjectResult");
  if (!root) return forward(root);
  return CopyResult{
      .etag = unquoted_etag(text_of(*root, "ETag")),
      .last_modified = parse_iso8601(text_of(*root, "LastModified")).value_or(WallTime{})};
}

net::Task<Result<CopyResult>> S3::copy_object(CopyRequest copy) {
  return exchange<CopyResult>(client_, copy_object_request(std::move(copy)),
                              [](net::HttpResponse& response) {
                                auto result = parse_copy_result(std::move(response.body));
                                if (result)
                                  result->version = response.headers.get("x-amz-version-id");
                                return result;
                              });
}

}  // namespace s3m::aws
