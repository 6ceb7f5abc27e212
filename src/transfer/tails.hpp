// tails.hpp: takes away what an emptying that was cut short has left of histories.
//
// Layer      transfer.
// Threading  one loop.
// Source     guard G24. An emptying deletes a history oldest first, so what it leaves is the end of
//            it, and nothing can be put before an end: it goes, and the whole is copied anew.
#pragma once

#include <vector>

#include "transfer/removal.hpp"

namespace s3m::transfer {

struct TailOptions {
  bool accept_weak = false;  // what is the same by weak proof alone goes, too
  bool acl = false;          // ACLs are compared, too; where one of the buckets has them on
};

struct Tails : Removed {
  std::uint64_t keys = 0;   // that lost what they had
  std::uint64_t heads = 0;  // spent on proving
  std::uint64_t looks = 0;  // at tags and ACLs, for the same
};

// Walks the histories of both sides. Where the destination has fewer versions of a key than the
// source, all of them are deleted there, once they are proven to be the source's last ones, with
// their metadata and tags (an equal ETag does not tell of them): oldest first, pinned, signed by
// the destination's reader. Keys that only one side has, or of which the destination has as many
// versions or more, are left alone.
//
// For a destination that was emptied and has not been copied to since: what a copy has begun is a
// beginning, and must not come here.
//
// Errors  mismatch for the first key whose versions are not proven to be the end of the source's;
//         nothing is deleted by that walk. Otherwise as remove_pinned() and copy().
net::Task<Result<void>> clear_tails(Context& context, TailOptions options,
                                    std::vector<KeyRange> ranges, Tails& tails);

}  // namespace s3m::transfer
