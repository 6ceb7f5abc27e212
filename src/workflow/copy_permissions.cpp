#include "workflow/copy_permissions.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>

namespace s3m::workflow {
namespace {

using Actions = std::initializer_list<std::string_view>;

class Needs {
 public:
  explicit Needs(const CopyPermissionTerms& terms)
      : terms_(terms),
        source_(fmt::format("arn:{}:s3:::{}", terms.partition, terms.source)),
        destination_(fmt::format("arn:{}:s3:::{}", terms.partition, terms.destination)) {}

  std::vector<Permission> run() {
    listings();
    reading("source");
    if (terms_.writer == Writer::destination) reading("destination");
    writing(terms_.writer == Writer::source ? "source" : "destination");
    of_destination();
    if (terms_.grant == GrantMode::destination_policy) granting("destination", destination_);
    if (terms_.grant == GrantMode::source_policy) granting("source", source_);
    keys();
    return std::move(all_);
  }

 private:
  void add(std::string_view side, const std::string& resource, Actions actions) {
    for (const auto action : actions) {
      const bool known = std::ranges::any_of(all_, [&](const Permission& one) {
        return one.side == side && one.resource == resource && one.action == action;
      });
      if (known) continue;
      all_.push_back({.side = std::string(side),
                      .action = std::string(action),
                      .resource = resource,
                      .state = PermissionState::unproven,
                      .how = {}});
    }
  }

  void listings() {
    add("source", source_, {"s3:ListBucket"});
    add("destination", destination_, {"s3:ListBucket", "s3:ListBucketMultipartUploads"});
    if (!terms_.all_versions) return;
    add("source", source_, {"s3:ListBucketVersions"});
    add("destination", destination_,
        {"s3:ListBucketVersions", "s3:GetBucketVersioning", "s3:PutBucketVersioning"});
  }

  void reading(std::string_view side) {
    const auto objects = source_ + "/*";
    add(side, objects, {"s3:GetObject", "s3:GetObjectTagging"});
    if (terms_.all_versions)
      add(side, objects, {"s3:GetObjectVersion", "s3:GetObjectVersionTagging"});
    if (terms_.acls) add(side, objects, {"s3:GetObjectAcl"});
    if (terms_.locks) add(side, objects, {"s3:GetObjectRetention", "s3:GetObjectLegalHold"});
  }

  void writing(std::string_view side) {
    const auto objects = destination_ + "/*";
    add(side, objects,
        {"s3:PutObject", "s3:GetObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload",
         "s3:ListMultipartUploadParts"});
    if (terms_.acls) add(side, objects, {"s3:PutObjectAcl"});
    if (terms_.locks) add(side, objects, {"s3:PutObjectRetention", "s3:PutObjectLegalHold"});
  }

  void of_destination() {
    if (terms_.make_destination) add("destination", destination_, {"s3:CreateBucket"});
    if (terms_.writer == Writer::source)
      add("destination", destination_, {"s3:GetBucketOwnershipControls"});
    add("destination", destination_ + "/*", {"s3:GetObject"});
    if (terms_.all_versions) add("destination", destination_ + "/*", {"s3:GetObjectVersion"});
    if (terms_.deletes) add("destination", destination_ + "/*", {"s3:DeleteObject"});
  }

  void granting(std::string_view side, const std::string& bucket) {
    add(side, bucket, {"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"});
  }

  void keys() {
    const std::string_view writer = terms_.writer == Writer::source ? "source" : "destination";
    if (!terms_.source_key.empty()) add(writer, terms_.source_key, {"kms:Decrypt"});
    if (!terms_.destination_key.empty())
      add(writer, terms_.destination_key, {"kms:GenerateDataKey", "kms:Decrypt"});
  }

  const CopyPermissionTerms& terms_;
  std::string source_, destination_;
  std::vector<Permission> all_;
};

}  // namespace

std::vector<Permission> needed_for_copy(const CopyPermissionTerms& terms) {
  return Needs(terms).run();
}

}  // namespace s3m::workflow
