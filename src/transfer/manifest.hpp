// manifest.hpp: the list of all that a walk has proven, as the walk tells it.
//
// Layer      transfer.
// Threading  one loop.
// Source     guard G23.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "net/task.hpp"
#include "transfer/range_digests.hpp"

namespace s3m::transfer {

// One proven pair. Views live for the call and the Task that it gives.
struct ManifestEntry {
  std::string_view key;      // after the prefixes
  std::string_view version;  // the source's id; empty where objects are walked
  std::uint64_t ordinal = 0;
  bool delete_marker = false;
  std::uint64_t size = 0;
  std::string_view kind, value;  // as in the digest (G14)
  std::string_view attributes;   // their hash; empty: not looked at
  bool weak = false;             // the pair is the same by weak proof
};

// What the digest of the whole says, and of each range.
struct ManifestSummary {
  std::string_view digest;
  std::uint64_t objects = 0;
  std::span<const RangeProof> ranges;
};

class ManifestSink {
 public:
  virtual ~ManifestSink() = default;
  // In no order; may be called again before an earlier Task has ended.
  // Errors: the list cannot be kept; the walk then ends.
  virtual net::Task<Result<void>> add(ManifestEntry entry) = 0;
  // After the last entry: all of them are kept once this has ended well.
  virtual net::Task<Result<void>> finish(ManifestSummary summary) = 0;
};

}  // namespace s3m::transfer
