// Where buckets are, their policy, ownership and versioning (Amazon S3 API reference).
#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::aws {
namespace {

Result<std::string> body_of(net::HttpResponse& response) {
  return std::move(response.body);
}

}  // namespace

Request put_policy_request(std::string bucket, std::string policy, std::string expected_owner) {
  auto request = bucket_request("PutBucketPolicy", Method::put, "policy", std::move(bucket),
                                std::move(expected_owner));
  // S3 demands a checksum of this body; of all kinds every service knows this one.
  add_header(request, "content-md5", base64(bytes_of(md5(policy))));
  add_header(request, "content-type", "application/json");
  request.body = std::move(policy);
  return request;
}

Result<std::string> parse_ownership(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body));
  if (!root) return forward(root);
  // A service that does not know the sub-resource answers with a listing.
  if (std::string_view(root->name()) != "OwnershipControls") return std::string();
  return std::string(text_of(root->child("Rule"), "ObjectOwnership"));
}

Result<BucketVersioning> parse_versioning_rules(std::string body) {
  XmlDocument document;
  // The second is moto's.
  auto root =
      document.parse(std::move(body), {"VersioningConfiguration", "GetBucketVersioningResponse"});
  if (!root) return forward(root);
  return BucketVersioning{.status = std::string(text_of(*root, "Status")),
                          .mfa_delete = text_of(*root, "MfaDelete") == "Enabled"};
}

net::Task<Result<BucketHead>> S3::head_bucket(std::string bucket, std::string expected_owner) {
  return exchange<BucketHead>(
      client_,
      bucket_request("HeadBucket", Method::head, {}, std::move(bucket), std::move(expected_owner)),
      [](net::HttpResponse& response) {
        const auto region = response.headers.get("x-amz-bucket-region");
        return Result<BucketHead>({.region = std::string(valid_region(region) ? region : "")});
      });
}

net::Task<Result<std::string>> S3::locate_bucket(std::string bucket) {
  auto head = co_await head_bucket(std::move(bucket), {});
  if (head) co_return std::move(head->region);
  const auto& error = head.error();
  const int status = error.http_status();
  const bool answered = status == 301 || status == 307 || status == 400 || status == 403;
  if (!answered) co_return forward(head);
  co_return error.region();
}

net::Task<Result<std::optional<std::string>>> S3::get_bucket_policy(std::string bucket,
                                                                    std::string expected_owner) {
  auto policy =
      co_await exchange<std::string>(client_,
                                     bucket_request("GetBucketPolicy", Method::get, "policy",
                                                    std::move(bucket), std::move(expected_owner)),
                                     body_of);
  if (policy) co_return policy->empty() ? std::nullopt : std::optional(std::move(*policy));
  if (policy.error().service_code() == "NoSuchBucketPolicy") co_return std::nullopt;
  co_return forward(policy);
}

net::Task<Result<void>> S3::put_bucket_policy(std::string bucket, std::string policy,
                                              std::string expected_owner) {
  return exchange<void>(
      client_, put_policy_request(std::move(bucket), std::move(policy), std::move(expected_owner)),
      read_nothing);
}

net::Task<Result<void>> S3::delete_bucket_policy(std::string bucket, std::string expected_owner) {
  return exchange<void>(client_,
                        bucket_request("DeleteBucketPolicy", Method::del, "policy",
                                       std::move(bucket), std::move(expected_owner)),
                        read_nothing);
}

net::Task<Result<std::string>> S3::get_object_ownership(std::string bucket,
                                                        std::string expected_owner) {
  auto request = bucket_request("GetBucketOwnershipControls", Method::get, "ownershipControls",
                                std::move(bucket), std::move(expected_owner));
  request.answer = Answer::xml;
  auto ownership = co_await exchange<std::string>(
      client_, std::move(request),
      [](net::HttpResponse& response) { return parse_ownership(std::move(response.body)); });
  if (ownership) co_return ownership;
  const auto code = ownership.error().code();
  // A service without ownership controls says any of these (radosgw: 400); whoever may not know,
  // is told so.
  if (code == Errc::not_found || code == Errc::not_supported || code == Errc::invalid_request)
    co_return std::string();
  co_return ownership;
}

net::Task<Result<BucketVersioning>> S3::get_versioning_rules(std::string bucket,
                                                             std::string expected_owner) {
  auto request = bucket_request("GetBucketVersioning", Method::get, "versioning", std::move(bucket),
                                std::move(expected_owner));
  request.answer = Answer::xml;
  auto rules = co_await exchange<BucketVersioning>(
      client_, std::move(request),
      [](net::HttpResponse& response) { return parse_versioning_rules(std::move(response.body)); });
  if (!rules && rules.error().code() == Errc::not_supported) co_return BucketVersioning{};
  co_return rules;
}

net::Task<Result<std::string>> S3::get_bucket_versioning(std::string bucket,
                                                         std::string expected_owner) {
  auto rules = co_await get_versioning_rules(std::move(bucket), std::move(expected_owner));
  if (!rules) co_return forward(rules);
  co_return std::move(rules->status);
}

}  // namespace s3m::aws
