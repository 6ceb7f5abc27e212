// stored_uploads.hpp: transfer's memory of multipart uploads in flight, kept in the store (G17).
//
// Layer      workflow.
// Threading  one loop; each call waits for one small transaction of the store.
#pragma once

#include <string>

#include "transfer/upload_journal.hpp"
#include "workflow/store_thread.hpp"

namespace s3m::workflow {

// Uploads of another job that runs beside this one are its own: recorded() leaves them out, so that
// they are neither adopted nor aborted.
class StoredUploads final : public transfer::UploadJournal {
 public:
  // The services are those of the two buckets (service_name()). `store` outlives this.
  StoredUploads(StoreThread& store, std::string job_id, std::string source_service,
                std::string destination_service);

  Result<void> record(const transfer::UploadRecord& upload) override;
  Result<void> forget(const std::string& bucket, const std::string& key,
                      const std::string& upload_id) override;
  Result<std::vector<transfer::UploadRecord>> recorded(const std::string& bucket,
                                                       const std::string& prefix) override;

 private:
  void drop_those_at_work(store::Store& store, std::vector<store::UploadRecord>& uploads) const;

  StoreThread& store_;
  std::string job_id_, source_service_, destination_service_;
};

}  // namespace s3m::workflow
