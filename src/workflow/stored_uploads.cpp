#include "workflow/stored_uploads.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "workflow/liveness.hpp"

namespace s3m::workflow {
namespace {

transfer::UploadRecord from_store(store::UploadRecord record) {
  return {.bucket = std::move(record.destination.bucket),
          .key = std::move(record.key),
          .upload_id = std::move(record.upload_id),
          .source_bucket = std::move(record.source.bucket.bucket),
          .source_key = std::move(record.source.key),
          .source_version = std::move(record.source.version),
          .source_etag = std::move(record.source.etag),
          .source_last_modified = record.source.last_modified,
          .size = record.source.size,
          .part_sizes = std::move(record.part_sizes),
          .settings = std::move(record.settings)};
}

}  // namespace

void StoredUploads::drop_others(store::Store& store,
                                std::vector<store::UploadRecord>& uploads) const {
  std::map<std::string, bool> at_work;
  std::erase_if(uploads, [&](const store::UploadRecord& upload) {
    if (upload.job_id == job_id_) return false;
    if (others_ == OthersUploads::none) return true;
    const auto [job, unknown] = at_work.try_emplace(upload.job_id, false);
    if (unknown) job->second = is_at_work(store, upload.job_id);
    return job->second;
  });
}

StoredUploads::StoredUploads(StoreThread& store, std::string job_id, std::string source_service,
                             std::string destination_service, OthersUploads others)
    : store_(store),
      job_id_(std::move(job_id)),
      source_service_(std::move(source_service)),
      destination_service_(std::move(destination_service)),
      others_(others) {}

Result<void> StoredUploads::record(const transfer::UploadRecord& upload) {
  const store::UploadRecord record{.job_id = job_id_,
                                   .destination = {destination_service_, upload.bucket},
                                   .key = upload.key,
                                   .upload_id = upload.upload_id,
                                   .source = {.bucket = {source_service_, upload.source_bucket},
                                              .key = upload.source_key,
                                              .version = upload.source_version,
                                              .etag = upload.source_etag,
                                              .last_modified = upload.source_last_modified,
                                              .size = upload.size},
                                   .part_sizes = upload.part_sizes,
                                   .settings = upload.settings,
                                   .created_at = system_clock().now()};
  return store_.run_blocking(
      [&record](store::Store& store) { return store.record_upload(record); });
}

Result<void> StoredUploads::forget(const std::string& bucket, const std::string& key,
                                   const std::string& upload_id) {
  return store_.run_blocking([&](store::Store& store) {
    return store.forget_upload({destination_service_, bucket}, key, upload_id);
  });
}

Result<std::vector<transfer::UploadRecord>> StoredUploads::recorded(const std::string& bucket,
                                                                    const std::string& prefix) {
  auto stored = store_.run_blocking([&](store::Store& store) {
    auto found = store.uploads_for({destination_service_, bucket}, prefix);
    if (found) drop_others(store, *found);
    return found;
  });
  if (!stored) return forward(stored);
  std::vector<transfer::UploadRecord> uploads;
  std::ranges::transform(*stored, std::back_inserter(uploads),
                         [](auto& record) { return from_store(std::move(record)); });
  return uploads;
}

}  // namespace s3m::workflow
