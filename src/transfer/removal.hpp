// removal.hpp: takes objects and versions away for good, each pinned to what was seen of it.
//
// Layer      transfer.
// Threading  one loop.
// Source     guards G5, G6 and G7.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "transfer/transfer.hpp"

namespace s3m::transfer {

// An object or a version, and by what it is pinned.
struct Removable {
  std::string key;  // full
  std::string version, etag;
  std::uint64_t size = 0;
  bool delete_marker = false;
};

// What is to go of one key, in this order: each is sent only when the one before is gone, so what
// is left of a history after a crash is its end or its beginning, and never has a hole.
using KeyRemoval = std::vector<Removable>;

// Brought up to date while it runs.
struct Removed {
  std::uint64_t deleted = 0;  // objects and versions
  std::uint64_t deleted_markers = 0, bytes = 0;
};

struct RemovalOptions {
  bool batches = true;  // false: one by one; where DeleteObjects does not honour pins
  aws::Admission* admission = nullptr;  // of the batches; outlives the removal
};

// The object, pinned by its ETag.
Removable removable(std::string key, const aws::ObjectEntry& object);
// The version of the key, pinned by its id. A version "null" that is the newest could be replaced
// under its id, so it is pinned by its ETag as well; without an id it is the object.
Removable removable(std::string key, const aws::ObjectVersion& version, bool newest);

// Deletes from `side`, with its own reader. Keys that XML cannot carry go one by one (G6), the
// others by the thousand. What is gone already is as good as deleted.
//
// Errors  precondition_failed for an object that is not what was seen; refused for one that nothing
//         pins; protocol for an answer about something else (G6); whatever else the first of them
//         fails with. Nothing more is sent after it; what is on its way is waited for.
net::Task<Result<void>> remove_pinned(Context& context, const Side& side,
                                      std::vector<KeyRemoval> keys, RemovalOptions options,
                                      Removed& removed);

}  // namespace s3m::transfer
