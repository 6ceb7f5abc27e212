// stored_uploads.hpp: transfer's memory of multipart uploads in flight, kept in the store (G17).
//
// Layer      workflow.
// Threading  one loop; each call waits for one small transaction of the store.
#pragma once

#include <cstdint>
#include <string>

#include "transfer/upload_journal.hpp"
#include "workflow/store_thread.hpp"

namespace s3m::workflow {

// Whose uploads recorded() knows, beside this job's own.
enum class OthersUploads : std::uint8_t {
  of_dead_jobs,  // those of a job that runs beside this one are neither adopted nor aborted
  none,
};

class StoredUploads final : public transfer::UploadJournal {
 public:
  // The services are those of the two buckets (service_name()). `store` outlives this.
  StoredUploads(StoreThread& store, std::string job_id, std::string source_service,
                std::string destination_service,
                OthersUploads others = OthersUploads::of_dead_jobs);

  Result<void> record(const transfer::UploadRecord& upload) override;
  Result<void> forget(const std::string& bucket, const std::string& key,
                      const std::string& upload_id) override;
  Result<std::vector<transfer::UploadRecord>> recorded(const std::string& bucket,
                                                       const std::string& prefix) override;

 private:
  void drop_others(store::Store& store, std::vector<store::UploadRecord>& uploads) const;

  StoreThread& store_;
  std::string job_id_, source_service_, destination_service_;
  OthersUploads others_;
};

}  // namespace s3m::workflow
