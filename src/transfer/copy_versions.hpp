// copy_versions.hpp: copy() with every version.
//
// Layer   transfer; of copy.cpp.
#pragma once

#include "transfer/recorded_uploads.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

net::Task<Result<void>> copy_versions(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Counters& counters,
                                      RecordedUploads recorded);

}  // namespace s3m::transfer
