// bucket.hpp: a bucket: its objects, uploads and configuration.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sim/directory.hpp"
#include "sim/object.hpp"
#include "sim/policy.hpp"

namespace s3m::sim {

enum class Versioning : std::uint8_t { never, enabled, suspended };

struct StoredPolicy {
  std::string text;  // as it was put
  PolicyDocument document;
};

// A policy put a moment ago may not yet be in force.
struct BucketPolicy {
  std::shared_ptr<const StoredPolicy> stored;  // null: none
  std::shared_ptr<const StoredPolicy> in_force_before;
  WallTime in_force_from{};

  const PolicyDocument* in_force(WallTime now) const noexcept {
    const auto& which = now >= in_force_from ? stored : in_force_before;
    return which ? &which->document : nullptr;
  }
};

struct UploadPart {
  Content content;
  ETag etag;
  std::string checksum;  // raw bytes of the upload's algorithm
  WallTime modified;
};

struct Upload {
  std::string id, key;
  PrincipalPtr initiator;
  WallTime initiated;
  AttributesPtr attributes;
  ChecksumAlgorithm checksum = ChecksumAlgorithm::crc64nvme;
  ChecksumType checksum_type = ChecksumType::full_object;
  bool checksum_asked = false;  // by the client; else S3's default
  std::map<int, UploadPart> parts;
};

// A Complete that was done: the same request again gets the same answer.
struct CompletedUpload {
  std::string key, etag, version_id;
};

struct PublicAccessBlock {
  bool acls = false, ignore_acls = false, policy = false, restrict_buckets = false;
};

struct Bucket {
  std::string name, region, owner;
  std::string location;  // what GetBucketLocation says: "" for us-east-1, "EU" for some
  WallTime created, visible_from;
  Versioning versioning = Versioning::never;
  std::string ownership = "BucketOwnerEnforced";
  PublicAccessBlock public_access_block;
  Encryption encryption;  // of objects that name none
  bool requester_pays = false;
  bool object_lock = false;
  BucketPolicy policy;
  std::map<std::string, std::string, std::less<>> configuration;  // sub-resource -> XML, as put
  // x-amz-transition-default-minimum-object-size, which goes with the lifecycle rules.
  std::string smallest_transition = "all_storage_classes_128K";

  std::map<std::string, History, std::less<>> objects;
  std::map<std::string, Upload, std::less<>> uploads;  // by id
  std::map<std::string, CompletedUpload, std::less<>> completed;

  bool acls_off() const noexcept { return ownership == "BucketOwnerEnforced"; }

  // The newest version; null when there is none or it is a delete marker.
  const Version* current(std::string_view key) const;
  // The version of that id, delete markers included; the newest for an empty id.
  const Version* version(std::string_view key, std::string_view id) const;
  Version* version(std::string_view key, std::string_view id);

  // Makes `version` the newest of its key. Where versioning is not on, it takes the place of the
  // version "null".
  const Version& add(std::string_view key, Version version);
  // Takes one version away for ever. False when there is none.
  bool erase(std::string_view key, std::string_view id);
  // Uploads by (key, id).
  std::vector<const Upload*> uploads_in_order() const;
};

}  // namespace s3m::sim
