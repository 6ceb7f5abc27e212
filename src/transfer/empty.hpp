// empty.hpp: the emptying walk: deletes from the source what the destination is proven to have.
//
// Layer      transfer.
// Threading  one loop.
// Source     guards G4 to G7. Whoever calls this holds a freeze of the source that is proven (G4),
//            and has its notifications and replication off (G8): nothing here sees to that.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "transfer/removal.hpp"

namespace s3m::transfer {

struct EmptyOptions {
  bool all_versions = false;  // histories: each version and delete marker, by its id
  bool accept_weak = false;   // what is the same by weak proof alone goes, too
  // The source is a copy that may not be finished: its histories are beginnings of the
  // destination's, as mirror() leaves them, and no ends.
  bool beginnings = false;
  // Objects go although the service was seen to ignore the ETag that pins them.
  bool accept_unpinned = false;
  // What was last written before it, by the service's own clock, goes whatever the destination has
  // by now: an earlier walk has proven that it was there then, and others have changed it since.
  std::optional<WallTime> proven_before{};
  // What was written after it, by the service's own clock, was written since it was proven, and
  // stops the emptying however equal it looks: ETags do not tell of metadata.
  std::optional<WallTime> proven_until{};
  // Asked before each page's deletions; its error ends the emptying. ETags do not pin metadata and
  // tags, so whoever relies on a freeze looks here whether it stands. Null: nothing is asked.
  std::function<net::Task<Result<void>>()> before_delete{};
};

struct Emptying : Removed {
  std::uint64_t weak = 0;    // of what was proven so that it may go
  std::uint64_t heads = 0;   // spent on proving
  std::string unproven_key;  // full, of the source: the one that stopped it; empty: none did
};

// Walks both sides over `ranges` and deletes from the source what is the same in the destination;
// what only the destination has is left alone. A range of the source is listed from its start until
// it shows nothing (G7). The reader of the source signs the deletions. The temporary bucket is
// emptied the same way: it is the source then, and the living bucket the destination. What is
// below the reserved prefix stays (scratch.hpp).
//
// Without all_versions each object is pinned by its ETag, and a scratch object shows first that the
// service heeds that (delete_pins.hpp). With them a history must be the end of the destination's,
// since an emptying that was cut short has deleted the oldest; it goes oldest first.
//
// Gives   ok when the ranges show nothing any more.
// Errors  mismatch for the first key that is not proven to be in the destination: nothing more of
//         it or of others is deleted, but for requests on their way; precondition_failed for one
//         that changed since; conflict for one that came back; refused where both sides are one
//         bucket (G26), where the service does not heed pins, or the bucket keeps versions that
//         were not asked for; otherwise as copy().
net::Task<Result<void>> empty_source(Context& context, EmptyOptions options,
                                     std::vector<KeyRange> ranges, Emptying& emptying);

}  // namespace s3m::transfer
