#include "sim/object_read.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/preconditions.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

// A reply's body is one string; nobody tests by streaming more than this through one.
constexpr std::uint64_t most_sent_bytes = 256u << 20;

// What of the object a read is about: all of it, a range, or a part.
struct Section {
  ByteRange range;
  bool partial = false;
  std::optional<std::size_t> parts;  // told where a part number was asked for
};

std::expected<Section, ApiError> part_section(const Version& version, std::string_view number) {
  const auto wanted = parse_u64(number);
  if (!wanted || *wanted < 1 || *wanted > 10'000) {
    return refuse("InvalidArgument",
                  "Part number must be an integer between 1 and 10000, inclusive");
  }
  Section section{.range = {0, version.size()}, .partial = true, .parts = {}};
  if (!version.parts) {
    if (*wanted != 1) return refuse("InvalidPartNumber");
    return section;
  }
  if (*wanted > version.parts->size()) return refuse("InvalidPartNumber");
  for (std::size_t i = 0; i + 1 < *wanted; ++i)
    section.range.offset += (*version.parts)[i].size;
  section.range.length = (*version.parts)[*wanted - 1].size;
  section.parts = version.parts->size();
  return section;
}

std::expected<Section, ApiError> section_of(const Call& call, const Version& version) {
  const std::string* part = call.query.find("partNumber");
  const std::string_view header = call.header("range");
  if (part != nullptr) {
    if (!header.empty()) {
      return refuse("InvalidRequest",
                    "Cannot specify both Range header and partNumber query "
                    "parameter");
    }
    return part_section(version, *part);
  }
  const auto range = parse_range(header, version.size());
  if (!range) return refuse(range.error());
  if (!*range) return Section{.range = {0, version.size()}, .partial = false, .parts = {}};
  return Section{.range = **range, .partial = true, .parts = {}};
}

// The version a read is about, with all that can speak against giving it out.
std::expected<std::pair<Bucket*, const Version*>, ApiError> readable(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const std::string_view id = call.parameter("versionId");
  const auto version = find_version(world, call, **bucket, call.key, id,
                                    id.empty() ? "s3:GetObject" : "s3:GetObjectVersion");
  if (!version) return refuse(version.error());
  const Encryption& encryption = (*version)->attributes->encryption;
  if (encryption.algorithm == "sse-c") {
    return refuse("InvalidRequest",
                  "The object was stored using a form of Server Side Encryption. The correct "
                  "parameters must be provided to retrieve the object.");
  }
  if (auto passed = check_read(read_conditions(call), **version); !passed) {
    ApiError error = std::move(passed.error());
    if (error.code == "NotModified") {
      error.headers = "ETag: \"" + (*version)->etag.text() + "\"\r\n";
    }
    return refuse(std::move(error));
  }
  return std::pair(*bucket, *version);
}

// What an answer leaves out where the caller has no right to see it.
struct Visible {
  bool retention, hold, tags;
};

Visible visible_to(const World& world, Call& call, const Bucket& bucket, const Version& version) {
  const auto may = [&](std::string_view action) {
    return authorize(world, call, bucket, action, call.key, version).has_value();
  };
  const Attributes& attributes = *version.attributes;
  return {.retention = attributes.lock.mode.empty() || may("s3:GetObjectRetention"),
          .hold = !attributes.lock.hold || may("s3:GetObjectLegalHold"),
          .tags = attributes.tags.empty() || may("s3:GetObjectTagging")};
}

void add_lock_headers(net::ServerReply& reply, const Lock& lock, const Visible& visible) {
  if (!lock.mode.empty() && visible.retention) {
    add_header(reply, "x-amz-object-lock-mode", lock.mode);
    add_header(reply, "x-amz-object-lock-retain-until-date",
               iso8601(lock.until.value_or(WallTime{})));
  }
  if (lock.hold && visible.hold) add_header(reply, "x-amz-object-lock-legal-hold", "ON");
}

void add_restore_headers(net::ServerReply& reply, const Attributes& attributes, WallTime now) {
  const bool going_on = attributes.restored_from && now < *attributes.restored_from;
  const bool restored = attributes.restored_from && !going_on;
  if (going_on) add_header(reply, "x-amz-restore", "ongoing-request=\"true\"");
  if (restored && attributes.restored_until && now < *attributes.restored_until) {
    add_header(reply, "x-amz-restore",
               fmt::format("ongoing-request=\"false\", expiry-date=\"{}\"",
                           http_date(*attributes.restored_until)));
  }
  if (!attributes.archive_tier.empty() && !restored) {
    add_header(reply, "x-amz-archive-status", attributes.archive_tier);
  }
}

net::ServerReply head_of(const World& world, Call& call, const Bucket& bucket,
                         const Version& version, const Section& section) {
  net::ServerReply reply;
  const Visible visible = visible_to(world, call, bucket, version);
  const bool whole = !section.partial || section.range.length == version.size();
  const bool checksum = call.header("x-amz-checksum-mode") == "ENABLED" && whole;
  add_version_headers(reply, bucket, version, checksum);
  add_lock_headers(reply, version.attributes->lock, visible);
  add_restore_headers(reply, *version.attributes, call.true_now);
  if (section.partial) {
    reply.status = 206;
    if (section.range.length > 0) {
      add_header(reply, "Content-Range",
                 fmt::format("bytes {}-{}/{}", section.range.offset,
                             section.range.offset + section.range.length - 1, version.size()));
    }
  }
  if (section.parts) add_header(reply, "x-amz-mp-parts-count", fmt::format("{}", *section.parts));
  if (!version.attributes->tags.empty() && visible.tags) {
    add_header(reply, "x-amz-tagging-count", fmt::format("{}", version.attributes->tags.size()));
  }
  return reply;
}

void write_parts(XmlWriter& xml, const Call& call, const Version& version) {
  const std::size_t most =
      std::min<std::size_t>(parse_u64(call.header("x-amz-max-parts")).value_or(1000), 1000);
  const std::size_t after = parse_u64(call.header("x-amz-part-number-marker")).value_or(0);
  const std::size_t count = version.parts->size();
  xml.open("ObjectParts").leaf("PartsCount", count);
  // S3 tells the parts one by one only where each has a checksum.
  if (version.checksum_type == ChecksumType::composite ||
      version.checksum == ChecksumAlgorithm::crc64nvme) {
    const std::size_t end = std::min(count, after + most);
    xml.leaf("PartNumberMarker", after).leaf("NextPartNumberMarker", end).leaf("MaxParts", most);
    xml.leaf("IsTruncated", end < count ? "true" : "false");
    for (std::size_t i = after; i < end; ++i) {
      const PartRecord& part = (*version.parts)[i];
      xml.open("Part");
      if (!part.checksum.empty()) xml.leaf(element_name(version.checksum), base64(part.checksum));
      xml.leaf("PartNumber", i + 1).leaf("Size", part.size).close();
    }
  }
  xml.close();
}

bool asks_for(const Call& call, std::string_view attribute) {
  std::string_view list = call.header("x-amz-object-attributes");
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (trim(list.substr(0, comma)) == attribute) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

}  // namespace

std::expected<const Version*, ApiError> find_version(const World& world, Call& call,
                                                     const Bucket& bucket, std::string_view key,
                                                     std::string_view id, std::string_view action) {
  const Version* version = bucket.version(key, id);
  const bool is_object = version != nullptr && !version->delete_marker;
  const auto allowed = is_object ? authorize(world, call, bucket, action, key, *version)
                                 : authorize(world, call, bucket, action, key);
  if (!allowed) return refuse(allowed.error());
  if (is_object) return version;
  if (version == nullptr && !id.empty()) {
    return refuse(api_error("NoSuchVersion").with("Key", std::string(key)));
  }
  ApiError error = id.empty() ? missing_key(world, call, bucket, key)
                              : api_error("MethodNotAllowed").with("ResourceType", "DeleteMarker");
  if (version != nullptr && error.code != "AccessDenied") {
    error.headers = "x-amz-delete-marker: true\r\nx-amz-version-id: " + version->id + "\r\n";
  }
  return refuse(std::move(error));
}

std::expected<std::optional<ByteRange>, ApiError> parse_range(std::string_view header,
                                                              std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  std::optional<ByteRange> whole;
  if (!header.starts_with(unit) || header.find(',') != header.npos) return whole;
  header.remove_prefix(unit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first = parse_u64(header.substr(0, dash));
  const auto last = parse_u64(header.substr(dash + 1));
  const auto unsatisfiable = [&] {
    return refuse(api_error("InvalidRange").with("ActualObjectSize", fmt::format("{}", size)));
  };
  if (dash == 0) {  // the last bytes
    if (!last) return whole;
    if (*last == 0 || size == 0) return unsatisfiable();
    const std::uint64_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  if (!first || (!last && dash + 1 != header.size()) || (last && *last < *first)) return whole;
  if (*first >= size) return unsatisfiable();
  return ByteRange{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

void add_encryption_headers(net::ServerReply& reply, const Encryption& encryption) {
  if (encryption.algorithm == "sse-c") {
    add_header(reply, "x-amz-server-side-encryption-customer-algorithm", "AES256");
    return;
  }
  add_header(reply, "x-amz-server-side-encryption", encryption.algorithm);
  if (!encryption.key.empty()) {
    add_header(reply, "x-amz-server-side-encryption-aws-kms-key-id", encryption.key);
  }
  if (encryption.bucket_key) {
    add_header(reply, "x-amz-server-side-encryption-bucket-key-enabled", "true");
  }
}

void add_version_headers(net::ServerReply& reply, const Bucket& bucket, const Version& version,
                         bool with_checksum) {
  const Attributes& attributes = *version.attributes;
  add_header(reply, "Last-Modified", http_date(version.modified));
  add_header(reply, "ETag", "\"" + version.etag.text() + "\"");
  add_header(reply, "Accept-Ranges", "bytes");
  for (const auto& [name, value] : attributes.headers)
    add_header(reply, name, value);
  for (const auto& [name, value] : attributes.metadata) {
    add_header(reply, "x-amz-meta-" + name, value);
  }
  if (bucket.versioning != Versioning::never) add_header(reply, "x-amz-version-id", version.id);
  if (attributes.storage_class != "STANDARD") {
    add_header(reply, "x-amz-storage-class", attributes.storage_class);
  }
  if (!attributes.website_redirect.empty()) {
    add_header(reply, "x-amz-website-redirect-location", attributes.website_redirect);
  }
  add_encryption_headers(reply, attributes.encryption);
  if (with_checksum && version.checksum != ChecksumAlgorithm::none) {
    add_header(reply, header_name(version.checksum), version.checksum_text());
    add_header(reply, "x-amz-checksum-type", name(version.checksum_type));
  }
}

Outcome head_object(World& world, Call& call) {
  const auto found = readable(world, call);
  if (!found) return refuse(found.error());
  const auto& [bucket, version] = *found;
  const auto section = section_of(call, *version);
  if (!section) return refuse(section.error());
  if (call.header("x-amz-checksum-mode") == "ENABLED") {
    const auto key = authorize_kms(world, call, version->attributes->encryption, "kms:Decrypt");
    if (!key) return refuse(key.error());
  }
  net::ServerReply reply = head_of(world, call, *bucket, *version, *section);
  reply.declared_length = section->range.length;
  return reply;
}

Outcome get_object(World& world, Call& call) {
  const auto found = readable(world, call);
  if (!found) return refuse(found.error());
  const auto& [bucket, version] = *found;
  if (version->archived(call.true_now)) {
    return refuse(
        api_error("InvalidObjectState").with("StorageClass", version->attributes->storage_class));
  }
  const auto key = authorize_kms(world, call, version->attributes->encryption, "kms:Decrypt");
  if (!key) return refuse(key.error());
  const auto section = section_of(call, *version);
  if (!section) return refuse(section.error());
  if (section->range.length > most_sent_bytes) {
    return refuse("NotImplemented", "The simulator sends at most 256 MiB in one answer");
  }
  net::ServerReply reply = head_of(world, call, *bucket, *version, *section);
  reply.body = version->content.read(section->range.offset, section->range.length);
  return reply;
}

Outcome get_object_attributes(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const std::string_view id = call.parameter("versionId");
  for (const std::string_view action : {"s3:GetObject", "s3:GetObjectAttributes"}) {
    const std::string_view versioned =
        action == "s3:GetObject" ? "s3:GetObjectVersion" : "s3:GetObjectVersionAttributes";
    const auto version =
        find_version(world, call, **bucket, call.key, id, id.empty() ? action : versioned);
    if (!version) return refuse(version.error());
  }
  const Version& version = *(*bucket)->version(call.key, id);
  XmlWriter xml("GetObjectAttributesResponse");
  if (asks_for(call, "ETag")) xml.leaf("ETag", version.etag.text());
  if (asks_for(call, "Checksum") && version.checksum != ChecksumAlgorithm::none) {
    xml.open("Checksum");
    xml.leaf(element_name(version.checksum), version.checksum_text());
    xml.leaf("ChecksumType", name(version.checksum_type)).close();
  }
  if (asks_for(call, "ObjectParts") && version.parts) write_parts(xml, call, version);
  if (asks_for(call, "StorageClass")) xml.leaf("StorageClass", version.attributes->storage_class);
  if (asks_for(call, "ObjectSize")) xml.leaf("ObjectSize", version.size());
  net::ServerReply reply = xml_reply(xml.finish());
  add_header(reply, "Last-Modified", http_date(version.modified));
  if ((*bucket)->versioning != Versioning::never) {
    add_header(reply, "x-amz-version-id", version.id);
  }
  return reply;
}

}  // namespace s3m::sim
