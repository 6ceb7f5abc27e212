#include "sim/copy.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/body_check.hpp"
#include "sim/object_read.hpp"
#include "sim/object_write.hpp"
#include "sim/preconditions.hpp"
#include "sim/uri.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::uint64_t most_copied_bytes = 5ull << 30;

enum class Directive : std::uint8_t { copy, replace };

std::expected<Directive, ApiError> directive(const Call& call, std::string_view header,
                                             std::string_view other = "REPLACE") {
  const std::string_view value = call.header(header);
  if (value.empty() || value == "COPY") return Directive::copy;
  if (value == other) return Directive::replace;
  return refuse("InvalidArgument", fmt::format("Unknown {} value.", header));
}

std::string_view source_action(const CopySource& source, std::string_view plain,
                               std::string_view versioned) {
  return source.versioned ? versioned : plain;
}

// Tags that are there need rights on both sides; those that are not need none.
Permit carry_tags(World& world, Call& call, const Bucket& bucket, const ResolvedSource& source,
                  Attributes& attributes) {
  const auto how = directive(call, "x-amz-tagging-directive");
  if (!how) return refuse(how.error());
  if (*how == Directive::replace && !world.switches.ignore_tagging_directive) {
    return read_tags(world, call, bucket, attributes);
  }
  attributes.tags = source.version->attributes->tags;
  if (attributes.tags.empty()) return {};
  const auto action =
      source_action(source.name, "s3:GetObjectTagging", "s3:GetObjectVersionTagging");
  return all_permitted(
      {authorize(world, call, *source.bucket, action, source.name.key, *source.version),
       authorize(world, call, bucket, "s3:PutObjectTagging", call.key)});
}

Permit carry_annotations(World& world, Call& call, const Bucket& bucket,
                         const ResolvedSource& source, Attributes& attributes) {
  const auto how = directive(call, "x-amz-object-annotation-directive", "EXCLUDE");
  if (!how) return refuse(how.error());
  attributes.annotations.clear();
  if (*how == Directive::replace || source.version->attributes->annotations.empty()) return {};
  attributes.annotations = source.version->attributes->annotations;
  const auto action =
      source_action(source.name, "s3:GetObjectAnnotation", "s3:GetObjectVersionAnnotation");
  return all_permitted(
      {authorize(world, call, *source.bucket, action, source.name.key, *source.version),
       authorize(world, call, bucket, "s3:PutObjectAnnotation", call.key)});
}

Permit carry_metadata(const Call& call, const ResolvedSource& source, Attributes& attributes) {
  const auto how = directive(call, "x-amz-metadata-directive");
  if (!how) return refuse(how.error());
  if (*how == Directive::replace) return read_user_headers(call, attributes);
  attributes.headers = source.version->attributes->headers;
  attributes.metadata = source.version->attributes->metadata;
  return {};
}

bool asks_for_a_change(const Call& call) {
  return call.header("x-amz-metadata-directive") == "REPLACE" ||
         !call.header("x-amz-server-side-encryption").empty() ||
         !call.header("x-amz-storage-class").empty() ||
         !call.header("x-amz-website-redirect-location").empty();
}

ETag copied_etag(World& world, const Version& source, const Attributes& attributes) {
  if (world.switches.copy_keeps_multipart_etag) return source.etag;
  return etag_for(world, source.content, attributes);
}

std::expected<Version, ApiError> make_copy(World& world, Call& call, const Bucket& bucket,
                                           const ResolvedSource& source) {
  const Version& original = *source.version;
  Attributes attributes;
  auto prepared = all_permitted({carry_metadata(call, source, attributes),
                                 read_object_settings(world, call, bucket, attributes),
                                 carry_tags(world, call, bucket, source, attributes),
                                 carry_annotations(world, call, bucket, source, attributes)});
  if (!prepared) return refuse(prepared.error());
  if (world.switches.copy_keeps_storage_class && call.header("x-amz-storage-class").empty()) {
    attributes.storage_class = original.attributes->storage_class;
  }
  const bool onto_itself =
      source.bucket == &bucket && source.name.key == call.key && !source.name.versioned;
  if (onto_itself && !asks_for_a_change(call)) {
    return refuse("InvalidRequest",
                  "This copy request is illegal because it is trying to copy an object to itself "
                  "without changing the object's metadata, storage class, website redirect "
                  "location or encryption attributes.");
  }
  Version copy;
  copy.content = original.content;
  copy.modified = whole_seconds(call.now);
  copy.etag = copied_etag(world, original, attributes);
  copy.checksum = original.checksum == ChecksumAlgorithm::none ? ChecksumAlgorithm::crc64nvme
                                                               : original.checksum;
  if (!call.header("x-amz-checksum-algorithm").empty()) {
    const auto asked = requested_checksum(call);
    if (!asked) return refuse(asked.error());
    copy.checksum = *asked;
  }
  copy.attributes = world.share(std::move(attributes));
  return copy;
}

std::string result_xml(const World& world, const Version& copy) {
  XmlWriter xml("CopyObjectResult");
  if (world.switches.copy_etag_unquoted) {
    xml.leaf("ETag", copy.etag.text());
  } else {
    xml.quoted("ETag", copy.etag.text());
  }
  xml.leaf("LastModified", iso8601(copy.modified));
  if (copy.checksum != ChecksumAlgorithm::none) {
    xml.leaf("ChecksumType", name(copy.checksum_type));
    xml.leaf(element_name(copy.checksum), copy.checksum_text());
  }
  return xml.finish();
}

}  // namespace

std::expected<CopySource, ApiError> parse_copy_source(std::string_view header) {
  const auto malformed = [] {
    return refuse("InvalidArgument",
                  "Copy Source must mention the source bucket and key: "
                  "sourcebucket/sourcekey");
  };
  // The version is appended as it is; a question mark of the key is encoded.
  constexpr std::string_view version = "?versionId=";
  CopySource source;
  if (const std::size_t at = header.find(version); at != std::string_view::npos) {
    source.version_id = header.substr(at + version.size());
    source.versioned = true;
    header = header.substr(0, at);
    if (source.version_id.empty()) return malformed();
  }
  const auto decoded = percent_decode(header, Plus::is_space);
  if (!decoded) return malformed();
  std::string_view path = *decoded;
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::size_t slash = path.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == path.size()) {
    return malformed();
  }
  source.bucket = path.substr(0, slash);
  source.key = path.substr(slash + 1);
  return source;
}

std::expected<ResolvedSource, ApiError> resolve_source(World& world, Call& call) {
  auto name = parse_copy_source(call.header("x-amz-copy-source"));
  if (!name) return refuse(name.error());
  const Bucket* bucket = world.bucket(name->bucket);
  if (bucket == nullptr || call.true_now < bucket->visible_from) {
    return refuse(api_error("NoSuchBucket").with("BucketName", name->bucket));
  }
  const auto owner = check_owner(world, *bucket, call.header("x-amz-source-expected-bucket-owner"));
  if (!owner) return refuse(owner.error());
  const auto action = source_action(*name, "s3:GetObject", "s3:GetObjectVersion");
  const auto version = find_version(world, call, *bucket, name->key, name->version_id, action);
  if (!version) {
    if (version.error().code != "MethodNotAllowed") return refuse(version.error());
    return refuse("InvalidRequest",
                  "The source of a copy request may not specifically refer to a "
                  "delete marker by version id.");
  }
  const Version& source = **version;
  if (!world.switches.ignore_copy_source_conditions &&
      !check_read(source_conditions(call), source)) {
    return refuse("PreconditionFailed");
  }
  if (source.archived(call.true_now)) return refuse("ObjectNotInActiveTierError");
  if (source.attributes->encryption.algorithm == "sse-c") {
    return refuse("InvalidRequest",
                  "The object was stored using a form of Server Side Encryption. The correct "
                  "parameters must be provided to retrieve the object.");
  }
  const auto key = authorize_kms(world, call, source.attributes->encryption, "kms:Decrypt");
  if (!key) return refuse(key.error());
  return ResolvedSource{bucket, &source, std::move(*name)};
}

Outcome copy_object(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  if (const auto allowed = authorize_write(world, call, **bucket); !allowed) {
    return refuse(allowed.error());
  }
  if (!call.body.empty()) return refuse("UnexpectedContent");
  const auto source = resolve_source(world, call);
  if (!source) return refuse(source.error());
  if (source->version->size() > most_copied_bytes && !world.switches.no_copy_size_limit) {
    return refuse("InvalidRequest",
                  fmt::format("The specified copy source is larger than the maximum allowable "
                              "size for a copy source: {}",
                              most_copied_bytes));
  }
  if (const auto free = check_write_conditions(world, call, **bucket); !free) {
    return refuse(free.error());
  }
  auto copy = make_copy(world, call, **bucket, *source);
  if (!copy) return refuse(copy.error());
  // Placing the copy may move the source's history, if it is the same key.
  const std::string source_version = source->version->id;
  const bool source_has_versions = source->bucket->versioning != Versioning::never;

  const Version& placed = place(world, **bucket, call.key, std::move(*copy));
  net::ServerReply reply = xml_reply(result_xml(world, placed));
  reply.chunked = true;
  if (source_has_versions) add_header(reply, "x-amz-copy-source-version-id", source_version);
  add_encryption_headers(reply, placed.attributes->encryption);
  add_version_id(reply, **bucket, placed);
  return reply;
}

}  // namespace s3m::sim
