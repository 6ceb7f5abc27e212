// test_journal.hpp: an upload journal in memory, for tests.
//
// Layer      transfer; tests only.
#pragma once

#include <algorithm>
#include <atomic>
#include <iterator>
#include <string>
#include <vector>

#include "transfer/upload_journal.hpp"

namespace s3m::transfer {

class TestJournal final : public UploadJournal {
 public:
  Result<void> record(const UploadRecord& upload) override {
    if (broken) return fail(Errc::io, "the journal is broken");
    std::erase_if(uploads, [&](const auto& known) { return known.upload_id == upload.upload_id; });
    uploads.push_back(upload);
    ++recorded_in_all;
    return ok;
  }

  Result<void> forget(const std::string& bucket, const std::string& key,
                      const std::string& upload_id) override {
    if (broken) return fail(Errc::io, "the journal is broken");
    std::erase_if(uploads, [&](const auto& known) {
      return known.bucket == bucket && known.key == key && known.upload_id == upload_id;
    });
    return ok;
  }

  Result<std::vector<UploadRecord>> recorded(const std::string& bucket,
                                             const std::string& prefix) override {
    if (broken) return fail(Errc::io, "the journal is broken");
    std::vector<UploadRecord> found;
    std::ranges::copy_if(uploads, std::back_inserter(found), [&](const auto& known) {
      return known.bucket == bucket && known.key.starts_with(prefix);
    });
    return found;
  }

  std::vector<UploadRecord> uploads;
  // These two may be used from the simulator's thread, in the middle of a request.
  std::atomic<int> recorded_in_all = 0;
  std::atomic<bool> broken = false;
};

}  // namespace s3m::transfer
