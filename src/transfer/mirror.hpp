// mirror.hpp: takes out of the destination what a copy of the source would not have put there.
//
// Layer      transfer.
// Threading  one loop.
// Source     guard G19. For a bucket that is this job's own: the temporary one, after a delta pass
//            and before anything was deleted from the source.
#pragma once

#include <vector>

#include "transfer/removal.hpp"

namespace s3m::transfer {

struct MirrorOptions {
  bool all_versions = false;
  // A source that shows nothing at all is most likely a mistake.
  bool source_may_be_empty = false;
};

struct Mirrored : Removed {
  std::uint64_t source_keys = 0;      // met by the walk under way
  std::uint64_t keys = 0;             // that lost something
  std::uint64_t other_histories = 0;  // of these: the source has the key, too
  std::uint64_t heads = 0;            // spent on comparing
};

// Walks both sides and then deletes from the destination, pinned to what was seen and signed by its
// reader: keys that the source does not have, and with all_versions also, newest first, what in a
// key's history is no beginning of the source's, so that the next copy goes on from there. Walks
// again until a walk finds nothing that it had no place to remember.
//
// Errors  refused when the source shows nothing and the destination does, unless allowed; otherwise
//         as remove_pinned() and copy().
net::Task<Result<void>> mirror(Context& context, MirrorOptions options,
                               std::vector<KeyRange> ranges, Mirrored& mirrored);

}  // namespace s3m::transfer
