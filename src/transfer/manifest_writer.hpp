// manifest_writer.hpp: the manifest as objects beside the record of a temporary bucket.
//
// Layer      transfer.
// Threading  one loop.
// Memory     flat: one part that fills, one that is being written.
// Source     guard G23. The format is docs/adr/0013: NDJSON, compressed with zstd, in parts
//            000001.ndjson.zst and so on in no order, and ranges.json once all is proven.
#pragma once

#include <string>

#include "aws/s3.hpp"
#include "net/signal.hpp"
#include "transfer/manifest.hpp"
#include "transfer/zstd_stream.hpp"

namespace s3m::transfer {

// Where the manifest goes: a folder of this job, below the reserved prefix. What an earlier proof
// has left there is overwritten; parts beyond the number that ranges.json names are no part of it.
struct ManifestPlace {
  std::string bucket;
  std::string folder;  // ends with '/'
  std::string expected_owner;
};

class ManifestWriter final : public ManifestSink {
 public:
  // A part is written when so much of it is compressed. `s3` outlives the writer.
  ManifestWriter(net::Loop& loop, aws::S3& s3, ManifestPlace place,
                 std::size_t part_bytes = 4u << 20);

  net::Task<Result<void>> add(ManifestEntry entry) override;
  net::Task<Result<void>> finish(ManifestSummary summary) override;

  std::uint64_t parts() const noexcept { return parts_; }

 private:
  net::Task<Result<void>> write_part();
  net::Task<Result<void>> put(std::string name, std::string body, std::string type);

  aws::S3& s3_;
  ManifestPlace place_;
  std::size_t part_bytes_;
  ZstdStream lines_;
  bool any_ = false;      // lines in the part that fills
  bool writing_ = false;  // the part before it
  std::uint64_t parts_ = 0;
  net::Signal written_;
};

// ".s3migrator/JOB/manifest/": the folder of a job's manifest.
std::string manifest_folder(std::string_view job_id);
// The key of its ranges.json, the last that is written of it.
std::string manifest_summary(std::string_view job_id);

}  // namespace s3m::transfer
