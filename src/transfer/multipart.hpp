// multipart.hpp: copies one large object part by part.
//
// Layer      transfer.
// Threading  one loop.
// Source     Amazon S3 user guide, "Copying objects using multipart upload": the upload carries
//            nothing of the source by itself, so metadata, Content-*, tags, lock and checksum type
//            are read first and stated again. Guards G15 (every part pinned, Complete
//            conditional) and G17 (uploads recorded while in flight, and adopted).
#pragma once

#include <string>

#include "transfer/attribute_carrier.hpp"
#include "transfer/failures.hpp"
#include "transfer/recorded_uploads.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

// What all multipart copies of one operation share; all outlive them.
struct MultipartContext {
  Context& context;
  const CopyOptions& options;
  Counters& counters;
  RecordedUploads& recorded;
  const Failures& failures;  // once stopped, no further part is begun
  AttributeCarrier& attributes;
};

// Copies `source` (its full key) to `destination_key`, on the conditions of `write`.
//
// Gives   the copy's ETag and what else the service told. The source was the same from the first
//         part to the last, also where the service ignores the pins of the parts.
// Errors  precondition_failed or no_such_key when either side is not what it was; io from the
//         journal; what else a request fails with. The upload is aborted then, and forgotten once
//         it is gone. cancelled: it stays recorded, for the next run to go on with.
net::Task<Result<aws::CopyResult>> copy_multipart(MultipartContext shared, aws::ObjectEntry source,
                                                  std::string destination_key,
                                                  aws::WriteOptions write);

// Aborts an upload until the service knows it no more: parts in flight survive a single abort.
// Errors: what the calls fail with; conflict if it will not go.
net::Task<Result<void>> abort_until_gone(aws::S3& writer, net::CancelToken& cancel,
                                         std::string bucket, std::string key, std::string upload_id,
                                         std::string expected_owner);

}  // namespace s3m::transfer
