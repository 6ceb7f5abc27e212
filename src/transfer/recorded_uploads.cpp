#include "transfer/recorded_uploads.hpp"

#include <utility>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace s3m::transfer {
namespace {

void append(std::string& text, std::string_view field) {
  text.append(std::to_string(field.size())).append(":").append(field);
}

}  // namespace

bool same_upload(const UploadRecord& recorded, const UploadRecord& wanted) {
  auto other = wanted;
  other.upload_id = recorded.upload_id;
  return recorded == other;
}

std::vector<aws::PartResult> usable_parts(std::vector<aws::PartResult> listed,
                                          const UploadRecord& record) {
  std::vector<aws::PartResult> parts(record.part_sizes.size());
  for (auto& part : listed) {
    const auto index = static_cast<std::size_t>(part.part_number) - 1;
    const bool planned = part.part_number >= 1 && index < parts.size() &&
                         part.size == record.part_sizes[index] && !part.etag.empty();
    if (planned) parts[index] = std::move(part);
  }
  return parts;
}

std::string settings_of(const aws::CreateUploadRequest& request) {
  const auto& head = request.head;
  const auto& write = request.write;
  std::string text;
  for (const auto& field :
       {write.storage_class, write.encryption, write.kms_key_id, write.acl, head.content_type,
        head.content_encoding, head.content_disposition, head.content_language, head.cache_control,
        head.expires, request.checksum_algorithm}) {
    append(text, field);
  }
  if (write.restated) {
    const auto& restated = *write.restated;
    for (const auto& field : {restated.website_redirect, restated.lock_mode,
                              restated.lock_retain_until, restated.legal_hold}) {
      append(text, field);
    }
    for (const auto& grant : restated.grants) {
      append(text, grant.id);
      append(text, grant.uri);
      append(text, grant.permission);
    }
  }
  text += request.full_object_checksum ? "full" : "composite";
  for (const auto* pairs : {&head.metadata, &request.tags}) {
    append(text, std::to_string(pairs->size()));
    for (const auto& [name, value] : *pairs) {
      append(text, name);
      append(text, value);
    }
  }
  return hex(bytes_of(sha256(text)));
}

Result<RecordedUploads> RecordedUploads::load(UploadJournal& journal, const Location& destination) {
  auto recorded = journal.recorded(destination.bucket, destination.prefix);
  if (!recorded) return forward(recorded);
  RecordedUploads uploads;
  for (auto& upload : *recorded) {
    auto key = upload.key;
    uploads.uploads_.emplace(std::move(key), std::move(upload));
  }
  return uploads;
}

std::optional<UploadRecord> RecordedUploads::take(const UploadRecord& wanted) {
  const auto [first, last] = uploads_.equal_range(wanted.key);
  for (auto at = first; at != last; ++at) {
    if (!same_upload(at->second, wanted)) continue;
    auto upload = std::move(at->second);
    uploads_.erase(at);
    return upload;
  }
  return std::nullopt;
}

}  // namespace s3m::transfer
