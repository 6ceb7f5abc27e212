// recorded_uploads.hpp: uploads of earlier runs, and which of them may be gone on with.
//
// Layer   transfer.
// Source  guard G17.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/s3.hpp"
#include "transfer/location.hpp"
#include "transfer/upload_journal.hpp"

namespace s3m::transfer {

// True if the parts of `recorded` are parts of what `wanted` is about to copy: destination, source,
// its ETag, version, date and size, the part layout and the settings all agree. Upload ids are not
// compared: `wanted` has none yet.
bool same_upload(const UploadRecord& recorded, const UploadRecord& wanted);

// Of the parts that a service lists for an upload, those that `record` planned: by number, each at
// its index, empty where it has to be copied still.
std::vector<aws::PartResult> usable_parts(std::vector<aws::PartResult> listed,
                                          const UploadRecord& record);

// A fingerprint of what an upload is created with beside its content.
std::string settings_of(const aws::CreateUploadRequest& request);

class RecordedUploads {
 public:
  // Errors: io from the journal.
  static Result<RecordedUploads> load(UploadJournal& journal, const Location& destination);

  // An upload that may be gone on with as `wanted`; each is given once.
  std::optional<UploadRecord> take(const UploadRecord& wanted);

  bool empty() const noexcept { return uploads_.empty(); }
  // Whether an upload to the key was not seen to its end: the object there may lack what follows
  // Complete.
  bool left_unfinished(const std::string& key) const { return uploads_.contains(key); }

 private:
  std::multimap<std::string, UploadRecord> uploads_;  // by destination key
};

}  // namespace s3m::transfer
