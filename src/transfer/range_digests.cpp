#include "transfer/range_digests.hpp"

#include <algorithm>

namespace s3m::transfer {
namespace {

using Slice = RangeDigests::Slice;

void merge(Slice& into, const Slice& next) {
  into.last = next.last;
  into.met += next.met;
  into.digest.merge(next.digest);
  into.bytes += next.bytes;
  into.weak += next.weak;
}

}  // namespace

void RangeDigests::Slice::add(const ProvenPair& pair, bool weakly) {
  digest.add(pair);
  bytes += pair.size;
  if (weakly) ++weak;
}

RangeDigests::Slice& RangeDigests::slice_of(const FlowPtr& walked, std::string_view key,
                                            std::uint64_t objects) {
  Slice*& open = open_[walked];
  if (open == nullptr || open->met >= most_) {
    open = &slices_.emplace_back();
    open->first = key;
  }
  open->last = key;
  open->met += objects;
  return *open;
}

std::vector<RangeProof> RangeDigests::ranges(const KeyRange& whole) const {
  std::vector<const Slice*> in_order;
  for (const auto& slice : slices_)
    in_order.push_back(&slice);
  std::ranges::sort(in_order, {}, &Slice::first);
  std::vector<Slice> merged;
  for (const auto* slice : in_order) {
    const bool small = !merged.empty() && merged.back().met + slice->met <= most_;
    if (small) {
      merge(merged.back(), *slice);
    } else {
      merged.push_back(*slice);
    }
  }
  if (merged.empty()) merged.emplace_back();
  std::vector<RangeProof> proofs;
  std::string after = whole.after;
  for (const auto& slice : merged) {
    proofs.push_back({.range = {after, slice.last},
                      .digest = slice.digest.hex(),
                      .count = slice.digest.count(),
                      .bytes = slice.bytes,
                      .weak = slice.weak});
    after = slice.last;
  }
  proofs.back().range.until = whole.until;
  return proofs;
}

std::string RangeDigests::digest() const {
  Digest sum;
  for (const auto& slice : slices_)
    sum.merge(slice.digest);
  return sum.hex();
}

}  // namespace s3m::transfer
