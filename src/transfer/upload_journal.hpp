// upload_journal.hpp: what transfer needs remembered about multipart uploads in flight (G17).
//
// Layer      transfer declares it; workflow gives one that writes to the store, tests one in
// memory. Threading  called on the loop; may block for one small transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

namespace s3m::transfer {

struct UploadRecord {
  std::string bucket, key, upload_id;  // destination
  std::string source_bucket, source_key, source_version, source_etag;
  WallTime source_last_modified{};
  std::uint64_t size = 0;
  std::vector<std::uint64_t> part_sizes;  // run-length friendly: see the store
  // What the upload was created with that the user may choose otherwise the next time (storage
  // class, encryption, ACL); such an upload is not adopted.
  std::string settings;
  friend bool operator==(const UploadRecord&, const UploadRecord&) = default;
};

class UploadJournal {
 public:
  virtual ~UploadJournal() = default;
  virtual Result<void> record(const UploadRecord& upload) = 0;
  virtual Result<void> forget(const std::string& bucket, const std::string& key,
                              const std::string& upload_id) = 0;
  // Uploads recorded for the destination, by this or an earlier run.
  virtual Result<std::vector<UploadRecord>> recorded(const std::string& bucket,
                                                     const std::string& prefix) = 0;
};

}  // namespace s3m::transfer
