#include "sim/object_write.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/key.hpp"
#include "base/text.hpp"
#include "sim/access.hpp"
#include "sim/acl.hpp"
#include "sim/body_check.hpp"
#include "sim/object_read.hpp"
#include "sim/preconditions.hpp"
#include "sim/tagging.hpp"

namespace s3m::sim {
namespace {

constexpr std::size_t most_metadata_bytes = 2048;
constexpr std::uint64_t most_put_bytes = 5ull << 30;

constexpr std::array<std::string_view, 6> system_headers{"Cache-Control",    "Content-Disposition",
                                                         "Content-Encoding", "Content-Language",
                                                         "Content-Type",     "Expires"};

constexpr std::array<std::string_view, 9> storage_classes{
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA",     "INTELLIGENT_TIERING",
    "GLACIER",  "DEEP_ARCHIVE",       "GLACIER_IR",  "EXPRESS_ONEZONE"};

// aws-chunked is how the body came, not what the object is.
std::string stored_encoding(std::string_view value) {
  std::string kept;
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    const std::string_view one = trim(value.substr(0, comma));
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    if (one.empty() || one == "aws-chunked") continue;
    kept.append(kept.empty() ? "" : ",").append(one);
  }
  return kept;
}

Permit read_encryption(const World& world, const Call& call, const Bucket& bucket,
                       Encryption& encryption) {
  if (!call.header("x-amz-server-side-encryption-customer-algorithm").empty()) {
    return refuse("AccessDenied", "SSE-C is blocked for this bucket");
  }
  encryption = bucket.encryption;
  const std::string_view algorithm = call.header("x-amz-server-side-encryption");
  if (!algorithm.empty()) {
    if (algorithm != "AES256" && algorithm != "aws:kms" && algorithm != "aws:kms:dsse") {
      return refuse("InvalidArgument", "The encryption method specified is not supported");
    }
    encryption = {std::string(algorithm),
                  std::string(call.header("x-amz-server-side-encryption-aws-kms-key-id")),
                  call.header("x-amz-server-side-encryption-bucket-key-enabled") == "true"};
  }
  if (encryption.is_kms() && encryption.key.empty()) {
    encryption.key = fmt::format("arn:{}:kms:{}:{}:key/aws-s3", world.directory.partition(),
                                 bucket.region, call.principal->account);
  } else if (encryption.is_kms() && !encryption.key.starts_with("arn:")) {
    encryption.key = fmt::format("arn:{}:kms:{}:{}:key/{}", world.directory.partition(),
                                 bucket.region, call.principal->account, encryption.key);
  }
  return authorize_kms(world, call, encryption, "kms:GenerateDataKey");
}

Permit read_lock(const World& world, const Call& call, const Bucket& bucket, Lock& lock) {
  lock = {};
  const std::string_view mode = call.header("x-amz-object-lock-mode");
  const std::string_view until = call.header("x-amz-object-lock-retain-until-date");
  const std::string_view hold = call.header("x-amz-object-lock-legal-hold");
  if (mode.empty() && until.empty() && hold.empty()) return {};
  if (!bucket.object_lock) {
    return refuse("InvalidRequest", "Bucket is missing Object Lock Configuration");
  }
  if (mode.empty() != until.empty()) {
    return refuse("InvalidArgument",
                  "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be "
                  "supplied");
  }
  if (!mode.empty()) {
    const auto allowed = authorize(world, call, bucket, "s3:PutObjectRetention", call.key);
    if (!allowed) return allowed;
    lock.mode = mode;
    lock.until = parse_iso8601(until);
    if (!lock.until) return refuse("InvalidArgument", "The retain until date is malformed");
    if (*lock.until <= call.now) {
      return refuse("InvalidArgument", "The retain until date must be in the future!");
    }
  }
  if (!hold.empty()) {
    const auto allowed = authorize(world, call, bucket, "s3:PutObjectLegalHold", call.key);
    if (!allowed) return allowed;
    lock.hold = hold == "ON";
  }
  return {};
}

std::string writer_owns(const Call& call, const Bucket& bucket, const Attributes& attributes) {
  const bool bucket_owner =
      bucket.acls_off() || call.principal->account.empty() ||
      (bucket.ownership == "BucketOwnerPreferred" && attributes.acl == "bucket-owner-full-control");
  return bucket_owner ? bucket.owner : call.principal->account;
}

}  // namespace

Permit read_user_headers(const Call& call, Attributes& attributes) {
  attributes.headers.clear();
  attributes.metadata.clear();
  for (const std::string_view name : system_headers) {
    std::string value(call.header(name));
    if (name == "Content-Encoding") value = stored_encoding(value);
    if (name == "Content-Type" && value.empty()) value = "binary/octet-stream";
    if (!value.empty()) attributes.headers.emplace_back(name, std::move(value));
  }
  std::size_t bytes = 0;
  call.http.headers.for_each([&](std::string_view name, std::string_view value) {
    constexpr std::string_view prefix = "x-amz-meta-";
    if (name.size() <= prefix.size() || !iequals(name.substr(0, prefix.size()), prefix)) return;
    bytes += name.size() - prefix.size() + value.size();
    attributes.metadata.emplace_back(lower(name.substr(prefix.size())), value);
  });
  if (bytes > most_metadata_bytes) {
    return refuse(api_error("MetadataTooLarge")
                      .with("Size", fmt::format("{}", bytes))
                      .with("MaxSizeAllowed", fmt::format("{}", most_metadata_bytes)));
  }
  return {};
}

Permit read_object_settings(const World& world, const Call& call, const Bucket& bucket,
                            Attributes& attributes) {
  const std::string_view storage_class = call.header("x-amz-storage-class");
  attributes.storage_class = storage_class.empty() ? "STANDARD" : storage_class;
  if (std::find(storage_classes.begin(), storage_classes.end(), attributes.storage_class) ==
      storage_classes.end()) {
    return refuse("InvalidStorageClass", "The storage class you specified is not valid");
  }
  attributes.website_redirect = call.header("x-amz-website-redirect-location");
  auto acl = requested_acl(world, call, bucket);
  if (!acl) return refuse(acl.error());
  attributes.acl = std::move(acl->canned);
  attributes.grants = std::move(acl->grants);
  attributes.owner = writer_owns(call, bucket, attributes);
  if (const auto lock = read_lock(world, call, bucket, attributes.lock); !lock) return lock;
  return read_encryption(world, call, bucket, attributes.encryption);
}

Permit read_tags(const World& world, const Call& call, const Bucket& bucket,
                 Attributes& attributes) {
  attributes.tags.clear();
  const std::string_view header = call.header("x-amz-tagging");
  if (header.empty()) return {};
  auto parsed = parse_tagging_header(header);
  if (!parsed)
    return refuse("InvalidArgument",
                  "The header 'x-amz-tagging' shall be encoded as "
                  "UTF-8 then URLEncoded URL query parameters");
  auto tags = checked_tags(std::move(*parsed), 10);
  if (!tags) return refuse(tags.error());
  attributes.tags = std::move(*tags);
  if (attributes.tags.empty()) return {};
  return authorize(world, call, bucket, "s3:PutObjectTagging", call.key);
}

Permit authorize_write(const World& world, const Call& call, const Bucket& bucket) {
  if (call.key.size() > max_key_bytes) {
    return refuse(api_error("KeyTooLongError")
                      .with("Size", fmt::format("{}", call.key.size()))
                      .with("MaxSizeAllowed", fmt::format("{}", max_key_bytes)));
  }
  if (const auto put = authorize(world, call, bucket, "s3:PutObject", call.key); !put) return put;
  if (call.header("if-match").empty()) return {};
  return authorize(world, call, bucket, "s3:GetObject", call.key);
}

Permit check_write_conditions(const World& world, const Call& call, const Bucket& bucket) {
  return check_write(world, call, bucket.current(call.key));
}

ETag etag_for(World& world, const Content& content, const Attributes& attributes) {
  if (attributes.encryption.algorithm == "AES256") return {content.md5(), 0};
  return {md5("kms " + world.new_token()), 0};
}

const Version& place(World& world, Bucket& bucket, std::string_view key, Version version) {
  version.id = bucket.versioning == Versioning::enabled ? world.new_token() : "null";
  if (world.switches.ignore_checksums) version.checksum = ChecksumAlgorithm::none;
  return bucket.add(key, std::move(version));
}

void add_version_id(net::ServerReply& reply, const Bucket& bucket, const Version& version) {
  if (bucket.versioning == Versioning::enabled) add_header(reply, "x-amz-version-id", version.id);
}

Outcome put_object(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  if (const auto allowed = authorize_write(world, call, **bucket); !allowed) {
    return refuse(allowed.error());
  }
  if (call.body.size() > most_put_bytes) return refuse("EntityTooLarge");
  auto checksum = check_body(world, call);
  if (!checksum) return refuse(checksum.error());
  Attributes attributes;
  const auto prepared = all_permitted({read_user_headers(call, attributes),
                                       read_object_settings(world, call, **bucket, attributes),
                                       read_tags(world, call, **bucket, attributes),
                                       check_write_conditions(world, call, **bucket)});
  if (!prepared) return refuse(prepared.error());
  Version version;
  version.content = Content::bytes(std::string(call.body));
  version.modified = whole_seconds(call.now);
  version.etag = etag_for(world, version.content, attributes);
  version.checksum = *checksum;
  version.attributes = world.share(std::move(attributes));

  const Version& placed = place(world, **bucket, call.key, std::move(version));
  net::ServerReply reply;
  add_header(reply, "ETag", "\"" + placed.etag.text() + "\"");
  if (placed.checksum != ChecksumAlgorithm::none) {
    add_header(reply, header_name(placed.checksum), placed.checksum_text());
    add_header(reply, "x-amz-checksum-type", name(placed.checksum_type));
  }
  add_encryption_headers(reply, placed.attributes->encryption);
  add_version_id(reply, **bucket, placed);
  return reply;
}

}  // namespace s3m::sim
