// complete.cpp: CompleteMultipartUpload.
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "sim/access.hpp"
#include "sim/body_check.hpp"
#include "sim/multipart.hpp"
#include "sim/object_read.hpp"
#include "sim/object_write.hpp"
#include "sim/upload.hpp"
#include "sim/xml_writer.hpp"

namespace s3m::sim {
namespace {

constexpr std::uint64_t least_part_bytes = 5u << 20;
constexpr std::uint64_t most_object_bytes = 50'000'000'000'000u;  // 50 TB

struct NamedPart {
  int number = 0;
  std::string etag, checksum;  // as the client has them; the checksum base64
};

std::expected<std::vector<NamedPart>, ApiError> parse_parts(const Call& call,
                                                            ChecksumAlgorithm algorithm) {
  pugi::xml_document document;
  if (!document.load_buffer(call.body.data(), call.body.size())) return refuse("MalformedXML");
  std::vector<NamedPart> parts;
  for (const auto node : document.child("CompleteMultipartUpload").children("Part")) {
    NamedPart part;
    part.number = node.child("PartNumber").text().as_int();
    part.etag = node.child_value("ETag");
    if (part.etag.size() >= 2 && part.etag.front() == '"' && part.etag.back() == '"') {
      part.etag = part.etag.substr(1, part.etag.size() - 2);
    }
    part.checksum = node.child_value(std::string(element_name(algorithm)).c_str());
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return refuse("MalformedXML");
  return parts;
}

Permit check_order(const std::vector<NamedPart>& parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].number <= parts[i - 1].number) return refuse("InvalidPartOrder");
  }
  return {};
}

Permit check_part(const Upload& upload, const NamedPart& named, bool composite_asked) {
  const auto found = upload.parts.find(named.number);
  if (found == upload.parts.end() || found->second.etag.text() != named.etag) {
    return refuse(api_error("InvalidPart")
                      .with("UploadId", upload.id)
                      .with("PartNumber", fmt::format("{}", named.number))
                      .with("ETag", named.etag));
  }
  if (named.checksum.empty() && composite_asked) {
    return refuse("InvalidRequest",
                  fmt::format("The upload was created using a {} checksum. The complete request "
                              "must include the checksum for each part. It was missing for part {} "
                              "in the request.",
                              lower(name(upload.checksum)), named.number));
  }
  if (!named.checksum.empty() && named.checksum != base64(found->second.checksum)) {
    return refuse(api_error("InvalidPart").with("PartNumber", fmt::format("{}", named.number)));
  }
  return {};
}

Permit check_sizes(const Call& call, const Upload& upload, const std::vector<NamedPart>& parts) {
  std::uint64_t size = 0;
  for (const NamedPart& part : parts) {
    const std::uint64_t bytes = upload.parts.at(part.number).content.size();
    size += bytes;
    if (bytes < least_part_bytes && &part != &parts.back()) {
      return refuse(api_error("EntityTooSmall")
                        .with("ProposedSize", fmt::format("{}", bytes))
                        .with("MinSizeAllowed", fmt::format("{}", least_part_bytes))
                        .with("PartNumber", fmt::format("{}", part.number)));
    }
  }
  if (size > most_object_bytes) return refuse("EntityTooLarge");
  const std::string_view declared = call.header("x-amz-mp-object-size");
  if (!declared.empty() && parse_u64(declared) != size) {
    return refuse("InvalidRequest", "The object size given does not match the sum of the parts");
  }
  return {};
}

// The parts of the upload as one version.
Version assemble(World& world, const Upload& upload, const std::vector<NamedPart>& named) {
  std::vector<Content> contents;
  auto records = std::make_shared<std::vector<PartRecord>>();
  std::string digests;
  std::string checksums;
  for (const NamedPart& name : named) {
    const UploadPart& part = upload.parts.at(name.number);
    contents.push_back(part.content);
    records->push_back({part.content.size(), part.checksum});
    digests.append(bytes_of(part.etag.digest));
    checksums += part.checksum;
  }
  Version version;
  version.content = Content::joined(contents);
  // S3 dates an object in parts by the upload's beginning.
  version.modified = upload.initiated;
  version.etag = {md5(digests), static_cast<std::uint32_t>(named.size())};
  version.checksum = upload.checksum;
  // What nobody asked for is CRC64NVME over the object.
  version.checksum_type = upload.checksum_type;
  if (version.checksum_type == ChecksumType::composite) {
    version.composite_checksum = checksum_of(upload.checksum, checksums);
  }
  version.parts = std::move(records);
  version.attributes = upload.attributes;
  if (world.switches.ignore_checksums) version.checksum = ChecksumAlgorithm::none;
  return version;
}

Permit check_object_checksum(const World& world, const Call& call, const Upload& upload,
                             const Version& version) {
  if (world.switches.ignore_checksums) return {};
  const std::string_view type = call.header("x-amz-checksum-type");
  if (!type.empty() && type != name(upload.checksum_type)) return refuse("BadDigest");
  const std::string_view sent = sent_checksum(call, upload.checksum);
  if (sent.empty()) return {};
  const std::string have = version.checksum_text();
  // A composite may be sent without its "-N".
  if (sent == have || have.starts_with(std::string(sent) + "-")) return {};
  return refuse("BadDigest");
}

net::ServerReply completed_reply(const World& world, const Call& call, const std::string& etag,
                                 const Version* version) {
  XmlWriter xml("CompleteMultipartUploadResult");
  xml.leaf("Location", fmt::format("http://{}{}", call.header("host"), call.raw_path));
  xml.leaf("Bucket", call.bucket).leaf("Key", call.key);
  if (world.switches.complete_etag_empty) {
    xml.leaf("ETag", "");
  } else {
    xml.quoted("ETag", etag);
  }
  if (version != nullptr && version->checksum != ChecksumAlgorithm::none) {
    xml.leaf("ChecksumType", name(version->checksum_type));
    xml.leaf(element_name(version->checksum), version->checksum_text());
  }
  net::ServerReply reply = xml_reply(xml.finish());
  reply.chunked = true;
  return reply;
}

// The same Complete again, after it was done: the same answer, as long as the object is there.
std::optional<Outcome> repeated(World& world, const Call& call) {
  const Bucket* bucket = world.bucket(call.bucket);
  if (bucket == nullptr) return std::nullopt;
  const auto done = bucket->completed.find(call.parameter("uploadId"));
  if (done == bucket->completed.end() || done->second.key != call.key) return std::nullopt;
  if (world.switches.second_complete_fails) return refuse("InternalError");
  if (const auto allowed = authorize(world, call, *bucket, "s3:PutObject", call.key); !allowed) {
    return refuse(allowed.error());
  }
  const Version* version = bucket->version(call.key, done->second.version_id);
  if (version == nullptr || version->etag.text() != done->second.etag) return std::nullopt;
  net::ServerReply reply = completed_reply(world, call, done->second.etag, version);
  add_version_id(reply, *bucket, *version);
  return reply;
}

}  // namespace

Outcome complete_multipart_upload(World& world, Call& call) {
  if (const auto again = repeated(world, call)) return *again;
  const auto found = named_upload(world, call, "s3:PutObject");
  if (!found) return refuse(found.error());
  Bucket& bucket = *found->bucket;
  const Upload& upload = *found->upload;
  const auto parts = parse_parts(call, upload.checksum);
  if (!parts) return refuse(parts.error());
  const bool composite_asked = upload.checksum_asked && !world.switches.ignore_checksums &&
                               upload.checksum_type == ChecksumType::composite;
  if (const auto order = check_order(*parts); !order) return refuse(order.error());
  for (const NamedPart& part : *parts) {
    if (const auto fits = check_part(upload, part, composite_asked); !fits) {
      return refuse(fits.error());
    }
  }
  Version version;
  const auto sizes = check_sizes(call, upload, *parts);
  if (!sizes) return refuse(sizes.error());
  version = assemble(world, upload, *parts);
  const auto passed = all_permitted({check_object_checksum(world, call, upload, version),
                                     authorize_write(world, call, bucket),
                                     check_write_conditions(world, call, bucket)});
  if (!passed) return refuse(passed.error());

  const Version& placed = place(world, bucket, call.key, std::move(version));
  const std::string id(call.parameter("uploadId"));
  bucket.completed[id] = {call.key, placed.etag.text(), placed.id};
  bucket.uploads.erase(id);
  net::ServerReply reply = completed_reply(world, call, placed.etag.text(), &placed);
  add_encryption_headers(reply, placed.attributes->encryption);
  add_version_id(reply, bucket, placed);
  return reply;
}

}  // namespace s3m::sim
