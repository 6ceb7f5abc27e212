// object.hpp: one version of an object, and what S3 knows of it.
//
// Layer  sim; values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "sim/checksum.hpp"
#include "sim/content.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {

struct ETag {
  Md5 digest{};
  std::uint32_t parts = 0;  // 0: not uploaded in parts

  std::string text() const;  // hexadecimal, with "-N" for parts; no quotes
};

struct Encryption {
  std::string algorithm = "AES256";  // "AES256", "aws:kms", "aws:kms:dsse", "sse-c"
  std::string key;                   // KMS key ARN
  bool bucket_key = false;

  bool is_kms() const noexcept { return algorithm.starts_with("aws:kms"); }
  friend bool operator==(const Encryption&, const Encryption&) = default;
};

struct Lock {
  std::string mode;  // "GOVERNANCE", "COMPLIANCE" or empty
  std::optional<WallTime> until;
  bool hold = false;
  friend bool operator==(const Lock&, const Lock&) = default;
};

// Everything about a version but its bytes. Shared between versions that are alike, so it is
// replaced, never changed.
struct Attributes {
  Pairs metadata;  // names in lower case, without x-amz-meta-
  Pairs headers;   // Content-Type and its kin, with S3's spelling
  Pairs tags;
  Pairs annotations;
  std::string storage_class = "STANDARD";
  std::string website_redirect;
  Encryption encryption;
  std::string owner;  // account id
  std::string acl = "private";
  Pairs grants;  // instead of a canned ACL: permission and grantee, "id=..." or "uri=..."
  Lock lock;
  std::string archive_tier;  // of INTELLIGENT_TIERING: "ARCHIVE_ACCESS"... until it is restored
  std::optional<WallTime> restored_from, restored_until;  // of the last restore
  friend bool operator==(const Attributes&, const Attributes&) = default;
};
using AttributesPtr = std::shared_ptr<const Attributes>;

struct PartRecord {
  std::uint64_t size = 0;
  std::string checksum;  // raw bytes of the object's algorithm; empty without
};

struct Version {
  std::string id = "null";
  bool delete_marker = false;
  WallTime modified;  // whole seconds, as S3 keeps them
  Content content;
  ETag etag;
  ChecksumAlgorithm checksum = ChecksumAlgorithm::crc64nvme;
  ChecksumType checksum_type = ChecksumType::full_object;
  std::string composite_checksum;                        // raw bytes; composite alone
  std::shared_ptr<const std::vector<PartRecord>> parts;  // null unless uploaded in parts
  AttributesPtr attributes;                              // null for delete markers

  std::uint64_t size() const noexcept { return content.size(); }
  // Whether it must be restored before it can be read.
  bool archived(WallTime now) const;
  // base64, with "-N" when composite; empty when the object has none.
  std::string checksum_text() const;
};

// All versions of a key, oldest first; never empty. Most keys have one, which then needs no
// memory of its own.
using History = boost::container::small_vector<Version, 1>;

WallTime whole_seconds(WallTime time);

}  // namespace s3m::sim
