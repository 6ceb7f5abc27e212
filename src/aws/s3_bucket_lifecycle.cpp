// CreateBucket, DeleteBucket and the tags of buckets (Amazon S3 API reference).
#include <fmt/format.h>

#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

constexpr std::string_view xml_namespace = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";

void append_tags(std::string& xml, const Pairs& tags) {
  for (const auto& [key, value] : tags) {
    xml += "<Tag><Key>";
    append_xml_text(xml, key);
    xml += "</Key><Value>";
    append_xml_text(xml, value);
    xml += "</Value></Tag>";
  }
}

// Empty where there is nothing to say: us-east-1 refuses a LocationConstraint of its own name.
std::string create_body(const CreateBucketRequest& create) {
  const bool elsewhere = !create.region.empty() && create.region != "us-east-1";
  if (!elsewhere && create.tags.empty()) return {};
  std::string xml = "<CreateBucketConfiguration";
  xml += xml_namespace;
  if (elsewhere) {
    xml += "<LocationConstraint>";
    append_xml_text(xml, create.region);
    xml += "</LocationConstraint>";
  }
  if (!create.tags.empty()) {
    xml += "<Tags>";
    append_tags(xml, create.tags);
    xml += "</Tags>";
  }
  return xml + "</CreateBucketConfiguration>";
}

// After these the request may have been done. Throttling, a refusal and a connection that was never
// made say that it was not.
bool leaves_doubt(const Error& error) {
  switch (error.code()) {
    case Errc::reset:
    case Errc::timeout:
    case Errc::protocol:
    case Errc::too_large:
    case Errc::unavailable:
      return true;
    default:
      return false;
  }
}

}  // namespace

Request create_bucket_request(CreateBucketRequest create) {
  auto request = s3_request("CreateBucket", Method::put, RequestKind::control, create.bucket);
  request.body = create_body(create);
  if (!request.body.empty()) add_header(request, "content-type", "application/xml");
  add_header(request, "x-amz-object-ownership", std::move(create.ownership));
  if (create.object_lock) add_header(request, "x-amz-bucket-object-lock-enabled", "true");
  if (create.account_regional) {
    add_header(request, "x-amz-bucket-namespace", "account-regional");
  }
  return request;
}

Request delete_bucket_request(std::string bucket, std::string expected_owner) {
  auto request =
      bucket_request("DeleteBucket", Method::del, {}, std::move(bucket), std::move(expected_owner));
  request.retry = false;
  return request;
}

Request put_bucket_tagging_request(std::string bucket, const Pairs& tags,
                                   std::string expected_owner) {
  auto request = bucket_request("PutBucketTagging", Method::put, "tagging", std::move(bucket),
                                std::move(expected_owner));
  request.body = "<Tagging";
  request.body += xml_namespace;
  request.body += "<TagSet>";
  append_tags(request.body, tags);
  request.body += "</TagSet></Tagging>";
  // S3 demands a checksum of this body; of all kinds every service knows this one.
  add_header(request, "content-md5", base64(bytes_of(md5(request.body))));
  add_header(request, "content-type", "application/xml");
  return request;
}

Error settled_or_lost(Error error) {
  if (!leaves_doubt(error)) return error;
  Error lost(Errc::unavailable,
             fmt::format(
                 "the answer was lost ({}), so the bucket may be deleted or not",
                 error.message().empty() ? name(error.code()) : std::string_view(error.message())));
  lost.http_status(error.http_status())
      .service_code(error.service_code())
      .request_id(error.request_id())
      .operation(error.operation())
      .bucket(error.bucket());
  return lost;
}

net::Task<Result<void>> S3::create_bucket(CreateBucketRequest create) {
  return exchange<void>(client_, create_bucket_request(std::move(create)), read_nothing);
}

net::Task<Result<void>> S3::delete_bucket(std::string bucket, std::string expected_owner) {
  auto deleted = co_await exchange<void>(
      client_, delete_bucket_request(std::move(bucket), std::move(expected_owner)), read_nothing);
  if (deleted) co_return ok;
  co_return fail(settled_or_lost(std::move(deleted.error())));
}

net::Task<Result<Pairs>> S3::get_bucket_tagging(std::string bucket, std::string expected_owner) {
  auto request = bucket_request("GetBucketTagging", Method::get, "tagging", std::move(bucket),
                                std::move(expected_owner));
  request.answer = Answer::xml;
  auto tags = co_await exchange<Pairs>(
      client_, std::move(request),
      [](net::HttpResponse& response) { return parse_tagging(std::move(response.body)); });
  // NoSuchTagSet, and what other services call it.
  if (!tags && tags.error().code() == Errc::not_found) co_return Pairs();
  co_return tags;
}

net::Task<Result<void>> S3::put_bucket_tagging(std::string bucket, Pairs tags,
                                               std::string expected_owner) {
  if (tags.empty()) {
    Error error(Errc::invalid_argument, "an empty set of tags");
    error.operation("PutBucketTagging").bucket(std::move(bucket));
    co_return fail(std::move(error));
  }
  auto request = put_bucket_tagging_request(std::move(bucket), tags, std::move(expected_owner));
  co_return co_await exchange<void>(client_, std::move(request), read_nothing);
}

net::Task<Result<void>> S3::delete_bucket_tagging(std::string bucket, std::string expected_owner) {
  return exchange<void>(client_,
                        bucket_request("DeleteBucketTagging", Method::del, "tagging",
                                       std::move(bucket), std::move(expected_owner)),
                        read_nothing);
}

}  // namespace s3m::aws
