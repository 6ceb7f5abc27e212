#include "workflow/permissions.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "aws/sub_resource.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;
using Actions = std::span<const std::string_view>;

constexpr auto list_bucket =
    std::to_array<std::string_view>({"s3:ListBucket", "s3:ListBucketMultipartUploads"});
// Grant and freeze, silence, the end.
constexpr auto end_bucket = std::to_array<std::string_view>({
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketNotification",
    "s3:PutReplicationConfiguration",
    "s3:DeleteBucket",
});
constexpr auto read_objects = std::to_array<std::string_view>(
    {"s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectAnnotation", "s3:GetObjectAttributes"});
constexpr auto read_versions =
    std::to_array<std::string_view>({"s3:GetObjectVersion", "s3:GetObjectVersionTagging"});
// The write is for the proof that the freeze lets this job through.
constexpr auto end_objects =
    std::to_array<std::string_view>({"s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"});
constexpr auto copy_into = std::to_array<std::string_view>(
    {"s3:PutObject", "s3:GetObject", "s3:PutObjectTagging", "s3:PutObjectAnnotation",
     "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"});
constexpr auto make_bucket = std::to_array<std::string_view>({
    "s3:CreateBucket",
    "s3:TagResource",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:GetBucketTagging",
    "s3:PutBucketTagging",
    "s3:PutBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
});
constexpr auto discard_objects =
    std::to_array<std::string_view>({"s3:DeleteObject", "s3:GetObjectTagging"});

class Needs {
 public:
  explicit Needs(const PermissionTerms& terms) : terms_(terms) {}

  std::vector<Permission> run() {
    of_source();
    of_destination();
    keys();
    const auto forward = all_.size();
    way_back();
    for (auto i = forward; i < all_.size(); ++i)
      all_[i].how = "used by undo alone, once objects are deleted from the source";
    return std::move(all_);
  }

 private:
  std::string bucket(std::string_view name) const {
    return fmt::format("arn:{}:s3:::{}", terms_.partition, name);
  }
  std::string objects(std::string_view name) const { return bucket(name) + "/*"; }

  void add(std::string_view side, const std::string& resource, Actions actions) {
    for (const auto action : actions)
      add(side, resource, action);
  }
  void add(std::string_view side, const std::string& resource, std::string_view action) {
    const bool known = std::ranges::any_of(all_, [&](const Permission& one) {
      return one.side == side && one.resource == resource && one.action == action;
    });
    if (known) return;
    all_.push_back({.side = std::string(side),
                    .action = std::string(action),
                    .resource = resource,
                    .state = PermissionState::unproven,
                    .how = {}});
  }

  void reading(std::string_view side) {
    const auto live = objects(terms_.bucket);
    add(side, live, read_objects);
    if (terms_.all_versions) add(side, live, read_versions);
    if (terms_.acls) add(side, live, "s3:GetObjectAcl");
    if (terms_.locks) {
      add(side, live, "s3:GetObjectRetention");
      add(side, live, "s3:GetObjectLegalHold");
    }
  }

  void of_source() {
    const auto live = bucket(terms_.bucket);
    add("source", live, list_bucket);
    for (const auto& kind : aws::sub_resource_kinds())
      add("source", live, kind.read_permission);
    if (terms_.all_versions) add("source", live, "s3:ListBucketVersions");
    add("source", live, end_bucket);
    reading("source");
    add("source", live + "/*", end_objects);
    if (terms_.all_versions) add("source", live + "/*", "s3:DeleteObjectVersion");
    if (terms_.grant == GrantMode::source_policy) return;
    add("source", objects(terms_.temporary), copy_into);
  }

  void of_destination() {
    const auto live = bucket(terms_.bucket), temporary = bucket(terms_.temporary);
    if (terms_.grant == GrantMode::source_policy) reading("destination");
    for (const auto& one : {temporary, live}) {
      add("destination", one, make_bucket);
      if (terms_.all_versions) {
        add("destination", one, "s3:PutBucketVersioning");
        add("destination", one, "s3:ListBucketVersions");
      }
      add("destination", one + "/*", copy_into);
      if (terms_.all_versions) add("destination", one + "/*", read_versions);
      if (terms_.acls) {
        add("destination", one + "/*", "s3:GetObjectAcl");
        add("destination", one + "/*", "s3:PutObjectAcl");
      }
    }
    for (const auto& kind : aws::sub_resource_kinds())
      if (!kind.put.empty()) add("destination", live, kind.write_permission);
    add("destination", temporary, "s3:DeleteBucket");
    add("destination", temporary + "/*", discard_objects);
    if (terms_.all_versions) add("destination", temporary + "/*", "s3:DeleteObjectVersion");
  }

  void keys() {
    if (!terms_.source_key.empty()) add("source", terms_.source_key, "kms:Decrypt");
    if (terms_.destination_key.empty()) return;
    for (const auto* side : {"source", "destination"}) {
      add(side, terms_.destination_key, "kms:GenerateDataKey");
      add(side, terms_.destination_key, "kms:Decrypt");
    }
  }

  // Undo copies back with the source's identity, whichever way the grant goes.
  void way_back() {
    const auto live = objects(terms_.bucket), temporary = objects(terms_.temporary);
    add("source", bucket(terms_.temporary), "s3:ListBucket");
    add("source", temporary, read_objects);
    add("source", live, copy_into);
    if (terms_.all_versions) {
      add("source", bucket(terms_.temporary), "s3:ListBucketVersions");
      add("source", temporary, read_versions);
    }
    if (terms_.acls) add("source", live, "s3:PutObjectAcl");
    if (!terms_.source_key.empty()) add("source", terms_.source_key, "kms:GenerateDataKey");
  }

  const PermissionTerms& terms_;
  std::vector<Permission> all_;
};

std::string document(const std::map<std::string, json::array>& actions_by_resource) {
  json::array statements;
  for (const auto& [resource, actions] : actions_by_resource) {
    statements.push_back(
        json::object{{"Effect", "Allow"}, {"Action", actions}, {"Resource", resource}});
  }
  if (statements.empty()) return {};
  return json::serialize(
      json::object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

bool is_sure(PermissionState state) {
  return state == PermissionState::proven || state == PermissionState::inferred;
}

}  // namespace

std::string_view name(PermissionState state) noexcept {
  constexpr std::array names =
      std::to_array<std::string_view>({"proven", "inferred", "unproven", "denied"});
  return names.at(static_cast<std::size_t>(state));
}

std::vector<Permission> needed_permissions(const PermissionTerms& terms) {
  return Needs(terms).run();
}

std::string policy_to_add(const std::vector<Permission>& permissions, std::string_view side) {
  std::map<std::string, json::array> missing;
  for (const auto& one : permissions) {
    if (one.side == side && !is_sure(one.state)) missing[one.resource].emplace_back(one.action);
  }
  return document(missing);
}

std::string policy_for(const Permission& permission) {
  return document({{permission.resource, json::array{permission.action}}});
}

}  // namespace s3m::workflow
