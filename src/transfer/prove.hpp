// prove.hpp: the proof that a copy is complete before its source is deleted: contents, attributes,
// and digests of ranges that the deletion is bound to.
//
// Layer      transfer.
// Threading  one loop.
// Source     guards G10 to G14 and G23; docs/adr/0013.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "transfer/manifest.hpp"
#include "transfer/range_digests.hpp"
#include "transfer/removal.hpp"
#include "transfer/unread.hpp"

namespace s3m::transfer {

// Which side a digest speaks of. A migration proves twice, and the temporary bucket is one side
// both times: digests made of what lies there are equal for both hops, whatever checksums a service
// adds to its copies.
enum class Anchor : std::uint8_t { destination, source };

struct ProofOptions {
  bool all_versions = false;
  bool attributes = true;  // G12; false: contents alone
  bool acl = false;        // also ACLs; where one of the buckets has them on
  std::uint64_t objects_per_range = 100'000;
  Anchor anchor = Anchor::destination;  // the first hop; source for the second
  // The destination's copy of what differs in attributes alone is deleted once the walk is over,
  // with all its versions, so that the next copy makes it anew. For a bucket that is the job's own.
  bool discard_differing = false;
  // The source was partly emptied: what only the destination has is gone from the source already,
  // and what is left of a history is its end, as empty_source() leaves it.
  bool rest = false;
  // Keys that the destination has nothing of are others' and no matter.
  bool theirs_stay = false;
};

struct Proven {
  std::uint64_t objects = 0, bytes = 0;  // of the source: objects, or versions with delete markers
  std::uint64_t delete_markers = 0;
  WallTime newest{};  // when the last of these was written, by the source's own clock
  std::uint64_t same_strong = 0, same_weak = 0;
  // Each told to on_failure, and in no digest.
  std::uint64_t mismatched = 0, missing = 0;
  std::uint64_t extra = 0;             // only in the destination
  std::uint64_t other_attributes = 0;  // of equal content
  Unread unread;                       // neither the same nor another
  std::uint64_t need_look = 0;         // of the source, by needs_look(), the same or not
  Removed discarded;                   // of these
  std::uint64_t heads = 0, looks = 0;  // requests: HEADs; tags and ACLs
  std::string digest;                  // over all ranges
  std::vector<RangeProof> ranges;      // they tile the key space

  // How many of `objects` have been looked at so far.
  std::uint64_t settled() const noexcept {
    return same_strong + same_weak + mismatched + missing + other_attributes + unread.count;
  }
  bool differs() const noexcept { return mismatched + missing + extra + other_attributes > 0; }
  bool complete() const noexcept { return !differs() && unread.count == 0; }
  // Why nothing is known, where nothing differs but something could not be read: unread_error().
  bool only_unread() const noexcept { return !differs() && unread.count > 0; }
};

// Walks both sides, looks at each object on both, and proves that they are the same.
//
// Gives   ok when the walk covered everything; what it found is in `proven`.
// Errors  as verify(); access_denied where the first twenty objects, or the attributes of a hundred
//         in a row, may not be seen (fewer are in proven.unread); what `manifest` fails with.
//         `manifest` (null: none) is told of each pair that was proven, and finished if all were.
net::Task<Result<void>> prove(Context& context, ProofOptions options, Proven& proven,
                              ManifestSink* manifest = nullptr);

// Proves one range again (G23): just before it is deleted, or on the second hop. What it finds is
// in `now`, also while it runs.
// Errors  mismatch when it is not what `expected` says; that of unread_error() where nothing
//         differs and not all could be read; otherwise as prove().
net::Task<Result<void>> check_range(Context& context, ProofOptions options, RangeProof expected,
                                    Proven& now);
net::Task<Result<void>> check_range(Context& context, ProofOptions options, RangeProof expected);

// Proves again what an emptying that was cut short has left of a range, as ProofOptions::rest says.
// What it finds is in `left`.
// Errors  mismatch when something of it is not the same in the destination, told to on_failure;
//         that of unread_error() as above; otherwise as prove().
net::Task<Result<void>> check_rest(Context& context, ProofOptions options, KeyRange range,
                                   Proven& left);
net::Task<Result<void>> check_rest(Context& context, ProofOptions options, KeyRange range);

}  // namespace s3m::transfer
