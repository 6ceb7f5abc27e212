// walk.hpp: the merge-join of two sorted listings, the one idea that every bulk operation is.
//
// Layer      transfer.
// Threading  one loop.
#pragma once

#include <string_view>
#include <vector>

#include "transfer/flow.hpp"
#include "transfer/history.hpp"
#include "transfer/key_ranges.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

// One key as both sides have it. The visitor may move from the entries; `key` may point into one.
struct Pair {
  std::string_view key;                     // after the prefixes
  aws::ObjectEntry* source = nullptr;       // null: only in the destination
  aws::ObjectEntry* destination = nullptr;  // null: only in the source
  FlowPtr flow{};                           // of the range the key lies in
  // Beside the entries, which are the newest versions then, where versions are walked; else null.
  History* source_history = nullptr;
  History* destination_history = nullptr;
};

// What is done with each key. Visits are synchronous, so a key costs no coroutine; work that
// needs requests is queued by visit() and held back by room().
class Visitor {
 public:
  virtual ~Visitor() = default;
  // Each key of either side once, in order within its range. Not called while full(pair.flow).
  virtual void visit(const Pair& pair) = 0;
  virtual bool full(const FlowPtr& /*flow*/) const { return false; }
  // Waits until not full, or stopped.
  virtual net::Task<void> room(FlowPtr flow);
  // With WalkOptions::restart_source: all of a page of the source was visited. Waits until what was
  // made of it is done, or stopped.
  virtual net::Task<void> finish_page(FlowPtr flow);
  // A range is not walked any more: `whole`, or as far as the latest key of its flow that was
  // visited. Every range that was begun ends so; of one that was split the rest is a range itself.
  virtual void range_ended(const KeyRange& /*range*/, const FlowPtr& /*flow*/, bool /*whole*/) {}
  // The operation has failed for all: the walk ends early, and says ok.
  virtual bool stopped() const { return false; }
};

struct WalkOptions {
  int page_size = 1000;
  std::size_t lanes = 32;  // ranges walked at once
  bool versions = false;   // histories instead of current objects
  bool split = true;       // false: the ranges are walked as they were given
  // The visitor deletes from the source what it is shown: each range of the source is listed from
  // its start again, page by page, until a page is empty (guard G7). Every key must be gone when
  // finish_page() has ended.
  bool restart_source = false;
  KeyTotal* total = nullptr;  // brought up to date with each page; outlives the walk
};

// Walks both sides of `context` over each of `ranges`, which must be disjoint. A range is split
// while it is walked, as lanes are free for its parts (key_ranges.hpp), so that one flat key space
// is listed in many places at once.
//
// Gives   ok when every range was walked to its end on both sides, or the visitor stopped.
// Errors  the first failure of a listing, listing_order among them; conflict where a key stays that
//         was to be deleted; cancelled. The other lanes end at their next page.
// Left out, because it has no counterpart: the empty object that stands for the folder which is
//         one location itself ("photos/" below s3://b/photos/) where the other is a whole bucket.
//         And what is reserved (location.hpp) on either side: it is nobody's data.
net::Task<Result<void>> walk(Context& context, std::vector<KeyRange> ranges, Visitor& visitor,
                             WalkOptions options = {});

}  // namespace s3m::transfer
