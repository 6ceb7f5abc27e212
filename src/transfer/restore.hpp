// restore.hpp: archived objects: which there are, and how they become readable for a while.
//
// Layer      transfer.
// Threading  one loop.
// Source     Amazon S3 user guide, "Restoring an archived object"; docs/adr/0008.
// Memory     flat: what is being restored is known by the listings, not here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "aws/s3.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

// True for an object that cannot be read before it is restored, as far as a listing tells.
bool needs_restore(const aws::ObjectEntry& entry) noexcept;

// Asks for one object of the source to be restored. DEEP_ARCHIVE knows no Expedited: Standard then.
net::Task<Result<aws::RestoreAnswer>> begin_restore(Context& context,
                                                    const aws::ObjectEntry& object,
                                                    RestoreOptions options);

// What of the source is archived and not in the destination yet.
struct Archived {
  std::uint64_t objects = 0, bytes = 0;              // that cannot be read now
  std::map<std::string, std::uint64_t> classes;      // of these
  std::uint64_t in_progress = 0;                     // of these: a restore is under way
  std::uint64_t requested = 0, requested_bytes = 0;  // of these: by this walk
  std::uint64_t ready = 0;                           // archived, and restored
  std::uint64_t failed = 0;                          // objects that could not be asked of or for
  std::string first_failure;                         // why; the copy reports each
  std::uint64_t examined = 0;                        // objects of the source, all classes
};

// Walks both sides and counts; with options.restore it also requests what is not under way. Objects
// of INTELLIGENT_TIERING are looked at one by one, and only where options.attributes.may_tier.
// Errors: as copy().
net::Task<Result<void>> find_archived(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Archived& result);

}  // namespace s3m::transfer
