// What a bucket's configuration says of the objects in it (Amazon S3 API reference).
//
// A service that does not know a sub-resource answers with an error, or with a listing as if it had
// not been asked for: both mean that there is no such configuration.
#include "aws/s3.hpp"
#include "aws/s3_codec.hpp"
#include "aws/s3_exchange.hpp"
#include "aws/xml.hpp"

namespace s3m::aws {
namespace {

bool is_absent(const Error& error) noexcept {
  return error.code() == Errc::not_found || error.code() == Errc::invalid_request ||
         error.code() == Errc::not_supported;
}

bool is_archive(std::string_view storage_class) noexcept {
  return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

template <class T>
using Says = T (*)(std::string body);

template <class T>
net::Task<Result<T>> ask(Client& client, Request request, Says<T> says) {
  auto body = co_await exchange<std::string>(
      client, std::move(request),
      [](net::HttpResponse& response) { return Result<std::string>(std::move(response.body)); });
  if (body) co_return says(std::move(*body));
  if (is_absent(body.error())) co_return T{};
  co_return forward(body);
}

}  // namespace

bool says_object_lock(std::string body) {
  XmlDocument document;
  const auto root = document.parse(std::move(body), "ObjectLockConfiguration");
  return root && text_of(*root, "ObjectLockEnabled") == "Enabled";
}

BucketLock parse_bucket_lock(std::string body) {
  XmlDocument document;
  const auto root = document.parse(std::move(body), "ObjectLockConfiguration");
  if (!root || text_of(*root, "ObjectLockEnabled") != "Enabled") return {};
  const auto retention = root->child("Rule").child("DefaultRetention");
  return {.enabled = true, .default_mode = std::string(text_of(retention, "Mode"))};
}

bool says_website(std::string body) {
  XmlDocument document;
  return document.parse(std::move(body), "WebsiteConfiguration").has_value();
}

bool says_archive_transition(std::string body) {
  XmlDocument document;
  const auto root = document.parse(std::move(body), "LifecycleConfiguration");
  if (!root) return false;
  for (const auto rule : root->children("Rule")) {
    if (text_of(rule, "Status") != "Enabled") continue;
    for (const auto transition : rule.children("Transition"))
      if (is_archive(text_of(transition, "StorageClass"))) return true;
  }
  return false;
}

bool says_archive_tier(std::string body) {
  XmlDocument document;
  const auto root = document.parse(std::move(body));
  if (!root) return false;
  for (const auto configuration : root->children("IntelligentTieringConfiguration")) {
    const bool enabled = text_of(configuration, "Status") != "Disabled";
    if (enabled && configuration.child("Tiering")) return true;
  }
  return false;
}

Result<BucketEncryption> parse_bucket_encryption(std::string body) {
  XmlDocument document;
  auto root = document.parse(std::move(body));
  if (!root) return forward(root);
  const auto chosen = root->child("Rule").child("ApplyServerSideEncryptionByDefault");
  return BucketEncryption{.algorithm = std::string(text_of(chosen, "SSEAlgorithm")),
                          .kms_key_id = std::string(text_of(chosen, "KMSMasterKeyID"))};
}

net::Task<Result<bool>> S3::has_object_lock(std::string bucket, std::string expected_owner) {
  return ask(client_,
             bucket_request("GetObjectLockConfiguration", Method::get, "object-lock",
                            std::move(bucket), std::move(expected_owner)),
             says_object_lock);
}

net::Task<Result<BucketLock>> S3::get_bucket_lock(std::string bucket, std::string expected_owner) {
  return ask(client_,
             bucket_request("GetObjectLockConfiguration", Method::get, "object-lock",
                            std::move(bucket), std::move(expected_owner)),
             parse_bucket_lock);
}

net::Task<Result<bool>> S3::has_website(std::string bucket, std::string expected_owner) {
  return ask(client_,
             bucket_request("GetBucketWebsite", Method::get, "website", std::move(bucket),
                            std::move(expected_owner)),
             says_website);
}

net::Task<Result<bool>> S3::lifecycle_archives(std::string bucket, std::string expected_owner) {
  return ask(client_,
             bucket_request("GetBucketLifecycleConfiguration", Method::get, "lifecycle",
                            std::move(bucket), std::move(expected_owner)),
             says_archive_transition);
}

net::Task<Result<bool>> S3::tiering_archives(std::string bucket, std::string expected_owner) {
  return ask(client_,
             bucket_request("ListBucketIntelligentTieringConfigurations", Method::get,
                            "intelligent-tiering", std::move(bucket), std::move(expected_owner)),
             says_archive_tier);
}

net::Task<Result<BucketEncryption>> S3::get_bucket_encryption(std::string bucket,
                                                              std::string expected_owner) {
  auto encryption = co_await exchange<BucketEncryption>(
      client_,
      bucket_request("GetBucketEncryption", Method::get, "encryption", std::move(bucket),
                     std::move(expected_owner)),
      [](net::HttpResponse& response) {
        return parse_bucket_encryption(std::move(response.body));
      });
  if (!encryption && is_absent(encryption.error())) co_return BucketEncryption{};
  co_return encryption;
}

}  // namespace s3m::aws
