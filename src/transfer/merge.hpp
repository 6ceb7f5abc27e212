// merge.hpp: the walk over one range.
//
// Layer      transfer; of walk.cpp.
// Threading  one loop.
// Lifetime   run() must be awaited to its end before the merge goes.
#pragma once

#include <functional>

#include "transfer/key_ranges.hpp"
#include "transfer/listing.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {

class Merge {
 public:
  // What the merges of one walk share; outlives them.
  struct Shared {
    Context& context;
    Visitor& visitor;
    KeyRanges& ranges;
    PagesOptions pages;
    bool restart_source;
    std::function<void()> on_page;  // a range may be splittable now
    std::function<bool()> over;     // the walk ends early
  };

  // `range` outlives the merge, and may be split while it runs.
  Merge(Shared& shared, ActiveRange& range);

  // Visits each key of the range. ok when both sides have ended, or over().
  net::Task<Result<void>> run();

 private:
  static ListingOptions listing_options(const Shared& shared, WalkSide side);
  Listing::PageSink page_sink(WalkSide side);
  net::Task<Result<void>> merge();
  void visit_what_is_here();
  void visit_next();
  bool left_out(const Pair& pair) const;

  Shared& shared_;
  ActiveRange& range_;
  FlowPtr flow_;
  Listing source_, destination_;
};

}  // namespace s3m::transfer
