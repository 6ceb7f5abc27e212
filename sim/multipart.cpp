#include "sim/multipart.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/body_check.hpp"
#include "sim/copy.hpp"
#include "sim/object_read.hpp"
#include "sim/object_write.hpp"
#include "sim/upload.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::uint64_t most_part_bytes = 5ull << 30;
constexpr std::uint64_t ranges_from_bytes = 5u << 20;

Permit read_checksum_choice(const Call& call, Upload& upload) {
  const auto algorithm = requested_checksum(call);
  if (!algorithm) return refuse(algorithm.error());
  upload.checksum = *algorithm;
  upload.checksum_asked = !call.header("x-amz-checksum-algorithm").empty();
  const std::string_view type = call.header("x-amz-checksum-type");
  if (!type.empty() && type != "FULL_OBJECT" && type != "COMPOSITE") {
    return refuse("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
  }
  upload.checksum_type =
      type == "FULL_OBJECT" || (type.empty() && upload.checksum == ChecksumAlgorithm::crc64nvme)
          ? ChecksumType::full_object
          : ChecksumType::composite;
  if (!can_be(upload.checksum, upload.checksum_type)) {
    return refuse("InvalidRequest",
                  fmt::format("The {} checksum type cannot be used with the {} checksum algorithm.",
                              name(upload.checksum_type), lower(name(upload.checksum))));
  }
  return {};
}

std::expected<int, ApiError> part_number(const Call& call) {
  const auto number = parse_u64(call.parameter("partNumber"));
  if (!number || *number < 1 || *number > 10'000) {
    return refuse("InvalidArgument",
                  "Part number must be an integer between 1 and 10000, inclusive");
  }
  return static_cast<int>(*number);
}

// The part in its place, the one before it of that number gone.
UploadPart& store_part(World& world, Upload& upload, int number, Content content, WallTime now) {
  UploadPart part;
  part.etag = etag_for(world, content, *upload.attributes);
  part.checksum = content.checksum(upload.checksum);
  part.content = std::move(content);
  part.modified = whole_seconds(now);
  return upload.parts[number] = std::move(part);
}

bool shows_part_checksum(const World& world, const Upload& upload) {
  return upload.checksum_asked && !world.switches.ignore_checksums;
}

std::expected<ByteRange, ApiError> copied_range(const Call& call, std::uint64_t size) {
  constexpr std::string_view form =
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last "
      "are the zero-based offsets of the first and last bytes to copy";
  std::string_view header = call.header("x-amz-copy-source-range");
  if (header.empty()) return ByteRange{0, size};
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit)) return refuse("InvalidArgument", std::string(form));
  header.remove_prefix(unit.size());
  const std::size_t dash = header.find('-');
  const auto first = parse_u64(header.substr(0, dash));
  const auto last = dash == std::string_view::npos ? std::optional<std::uint64_t>()
                                                   : parse_u64(header.substr(dash + 1));
  if (!first || !last || *last < *first) return refuse("InvalidArgument", std::string(form));
  if (*last >= size) {
    return refuse("InvalidArgument",
                  fmt::format("Range specified is not valid for source object of size: {}", size));
  }
  if (size <= ranges_from_bytes) {
    return refuse("InvalidRequest",
                  "The specified copy source is not supported as a byte-range copy source");
  }
  return ByteRange{*first, *last - *first + 1};
}

std::string copy_part_xml(const World& world, const Upload& upload, const UploadPart& part) {
  XmlWriter xml("CopyPartResult");
  xml.quoted("ETag", part.etag.text()).leaf("LastModified", iso8601(part.modified));
  if (shows_part_checksum(world, upload)) {
    xml.leaf(element_name(upload.checksum), base64(part.checksum));
  }
  return xml.finish();
}

}  // namespace

Outcome create_multipart_upload(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  if (const auto allowed = authorize_write(world, call, **bucket); !allowed) {
    return refuse(allowed.error());
  }
  Upload upload;
  Attributes attributes;
  const auto prepared = all_permitted(
      {read_user_headers(call, attributes), read_object_settings(world, call, **bucket, attributes),
       read_tags(world, call, **bucket, attributes), read_checksum_choice(call, upload)});
  if (!prepared) return refuse(prepared.error());
  upload.id = world.new_token() + world.new_token();
  upload.key = call.key;
  upload.initiator = call.principal;
  upload.initiated = whole_seconds(call.now);
  upload.attributes = world.share(std::move(attributes));

  XmlWriter xml("InitiateMultipartUploadResult");
  xml.leaf("Bucket", call.bucket).leaf("Key", call.key).leaf("UploadId", upload.id);
  net::ServerReply reply = xml_reply(xml.finish());
  add_encryption_headers(reply, upload.attributes->encryption);
  if (shows_part_checksum(world, upload)) {
    add_header(reply, "x-amz-checksum-algorithm", name(upload.checksum));
    add_header(reply, "x-amz-checksum-type", name(upload.checksum_type));
  }
  std::string id = upload.id;
  (*bucket)->uploads.emplace(std::move(id), std::move(upload));
  return reply;
}

Outcome upload_part(World& world, Call& call) {
  const auto found = named_upload(world, call, "s3:PutObject");
  if (!found) return refuse(found.error());
  const auto number = part_number(call);
  if (!number) return refuse(number.error());
  if (call.body.size() > most_part_bytes) return refuse("EntityTooLarge");
  const auto checked = check_body(world, call);
  if (!checked) return refuse(checked.error());
  Upload& upload = *found->upload;
  if (const auto key = authorize_kms(world, call, upload.attributes->encryption, "kms:Decrypt");
      !key) {
    return refuse(key.error());
  }
  const UploadPart& part =
      store_part(world, upload, *number, Content::bytes(std::string(call.body)), call.now);
  net::ServerReply reply;
  add_header(reply, "ETag", "\"" + part.etag.text() + "\"");
  add_encryption_headers(reply, upload.attributes->encryption);
  if (!world.switches.ignore_checksums) {
    add_header(reply, header_name(upload.checksum), base64(part.checksum));
  }
  return reply;
}

Outcome upload_part_copy(World& world, Call& call) {
  const auto found = named_upload(world, call, "s3:PutObject");
  if (!found) return refuse(found.error());
  const auto number = part_number(call);
  if (!number) return refuse(number.error());
  const auto source = resolve_source(world, call);
  if (!source) return refuse(source.error());
  const auto range = copied_range(call, source->version->size());
  if (!range) return refuse(range.error());
  if (range->length > most_part_bytes) {
    return refuse("InvalidRequest",
                  fmt::format("The specified copy source is larger than the maximum allowable "
                              "size for a copy source: {}",
                              most_part_bytes));
  }
  Upload& upload = *found->upload;
  const UploadPart& part =
      store_part(world, upload, *number,
                 source->version->content.slice(range->offset, range->length), call.now);
  net::ServerReply reply = xml_reply(copy_part_xml(world, upload, part));
  reply.chunked = true;
  if (source->bucket->versioning != Versioning::never) {
    add_header(reply, "x-amz-copy-source-version-id", source->version->id);
  }
  add_encryption_headers(reply, upload.attributes->encryption);
  return reply;
}

Outcome abort_multipart_upload(World& world, Call& call) {
  const auto found = named_upload(world, call, "s3:AbortMultipartUpload");
  if (!found) return refuse(found.error());
  found->bucket->uploads.erase(std::string(call.parameter("uploadId")));
  net::ServerReply reply;
  reply.status = 204;
  return reply;
}

}  // namespace s3m::sim
