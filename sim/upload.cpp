#include "sim/upload.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sim/access.hpp"
#include "sim/page.hpp"
#include "sim/uri.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

std::string canonical_id(const World& world, const std::string& account) {
  const Account* found = world.directory.account(account);
  return found == nullptr ? account : found->canonical_id;
}

// Who began the upload: a session or user by its ARN, as S3 shows IAM principals.
void write_people(XmlWriter& xml, const World& world, const Upload& upload) {
  xml.open("Initiator").leaf("ID", upload.initiator->arn);
  xml.leaf("DisplayName", upload.initiator->name).close();
  xml.open("Owner").leaf("ID", canonical_id(world, upload.attributes->owner)).close();
}

// The uploads of the request's prefix behind its markers. Those of one key go by age; an id-marker
// that is gone leaves out its key.
std::vector<const Upload*> uploads_behind(const Bucket& bucket, const Call& call) {
  const std::string_view prefix = call.parameter("prefix");
  const std::string_view key = call.parameter("key-marker");
  const std::string_view id = call.parameter("upload-id-marker");
  const auto uploads = bucket.uploads_in_order();
  auto next = std::find_if(uploads.begin(), uploads.end(), [&](const Upload* upload) {
    return upload->key == key && upload->id == id;
  });
  if (next != uploads.end()) {
    ++next;
  } else {
    next = std::find_if(uploads.begin(), uploads.end(),
                        [&](const Upload* upload) { return upload->key > key; });
  }
  std::vector<const Upload*> found;
  std::copy_if(next, uploads.end(), std::back_inserter(found),
               [&](const Upload* upload) { return upload->key.starts_with(prefix); });
  return found;
}

}  // namespace

std::expected<NamedUpload, ApiError> named_upload(World& world, Call& call,
                                                  std::string_view action) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  if (const auto allowed = authorize(world, call, **bucket, action, call.key); !allowed) {
    return refuse(allowed.error());
  }
  const auto upload = (*bucket)->uploads.find(call.parameter("uploadId"));
  if (upload == (*bucket)->uploads.end() || upload->second.key != call.key) {
    return refuse(
        api_error("NoSuchUpload").with("UploadId", std::string(call.parameter("uploadId"))));
  }
  return NamedUpload{*bucket, &upload->second};
}

Outcome list_parts(World& world, Call& call) {
  const auto found = named_upload(world, call, "s3:ListMultipartUploadParts");
  if (!found) return refuse(found.error());
  const auto most = page_size(world, call, "max-parts");
  if (!most) return refuse(most.error());
  const int after = static_cast<int>(parse_u64(call.parameter("part-number-marker")).value_or(0));
  const Upload& upload = *found->upload;
  XmlWriter xml("ListPartsResult");
  const bool encoded = call.parameter("encoding-type") == "url";
  xml.leaf("Bucket", call.bucket);
  xml.leaf("Key", encoded ? listing_encode(call.key) : call.key).leaf("UploadId", upload.id);
  write_people(xml, world, upload);
  xml.leaf("StorageClass", upload.attributes->storage_class);
  xml.leaf("PartNumberMarker", static_cast<std::uint64_t>(after));
  auto part = upload.parts.upper_bound(after);
  int last = after;
  for (std::size_t i = 0; i < *most && part != upload.parts.end(); ++i, ++part) {
    last = part->first;
    xml.open("Part").leaf("PartNumber", static_cast<std::uint64_t>(part->first));
    xml.leaf("LastModified", iso8601(part->second.modified));
    xml.quoted("ETag", part->second.etag.text()).leaf("Size", part->second.content.size());
    if (upload.checksum_asked && !world.switches.ignore_checksums) {
      xml.leaf(element_name(upload.checksum), base64(part->second.checksum));
    }
    xml.close();
  }
  const bool truncated = part != upload.parts.end();
  xml.leaf("NextPartNumberMarker", static_cast<std::uint64_t>(last));
  xml.leaf("MaxParts", *most).leaf("IsTruncated", truncated ? "true" : "false");
  return xml_reply(xml.finish());
}

Outcome list_multipart_uploads(World& world, Call& call) {
  const auto bucket = named_bucket(world, call);
  if (!bucket) return refuse(bucket.error());
  const auto allowed = authorize(world, call, **bucket, "s3:ListBucketMultipartUploads");
  if (!allowed) return refuse(allowed.error());
  const auto most = page_size(world, call, "max-uploads");
  if (!most) return refuse(most.error());
  auto uploads = uploads_behind(**bucket, call);
  const bool truncated = uploads.size() > *most && *most > 0;
  if (uploads.size() > *most) uploads.resize(*most);

  const PageWriter names(call);
  XmlWriter xml("ListMultipartUploadsResult");
  xml.leaf("Bucket", call.bucket).leaf("KeyMarker", names.text(call.parameter("key-marker")));
  xml.leaf("UploadIdMarker", call.parameter("upload-id-marker"));
  xml.leaf("Prefix", names.text(call.parameter("prefix"))).leaf("MaxUploads", *most);
  if (names.encoded()) xml.leaf("EncodingType", "url");
  if (truncated) {
    xml.leaf("NextKeyMarker", names.text(uploads.back()->key));
    xml.leaf("NextUploadIdMarker", uploads.back()->id);
  }
  xml.leaf("IsTruncated", truncated ? "true" : "false");
  for (const Upload* upload : uploads) {
    xml.open("Upload").leaf("Key", names.text(upload->key)).leaf("UploadId", upload->id);
    write_people(xml, world, *upload);
    xml.leaf("StorageClass", upload->attributes->storage_class);
    xml.leaf("Initiated", iso8601(upload->initiated)).close();
  }
  return xml_reply(xml.finish());
}

}  // namespace s3m::sim
