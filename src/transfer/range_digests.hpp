// range_digests.hpp: the digest of a walk, cut into ranges that tile its key space.
//
// Layer      transfer; pure.
// Threading  one loop.
// Memory     a few hundred bytes a range.
// Source     guard G23; docs/adr/0013.
//
// A walk splits its ranges as it goes, and the proofs of its keys come in any order. So each of its
// ranges fills slices of its own, one after the other, and the bounds are made of the keys when the
// walk is over: a slice ends at its last key, and the next begins there.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/key.hpp"
#include "transfer/digest.hpp"
#include "transfer/flow.hpp"

namespace s3m::transfer {

// What was proven of a range.
struct RangeProof {
  KeyRange range;
  std::string digest;  // hexadecimal
  std::uint64_t count = 0, bytes = 0;
  std::uint64_t weak = 0;  // of count: by weak proof
  friend bool operator==(const RangeProof&, const RangeProof&) = default;
};

class RangeDigests {
 public:
  explicit RangeDigests(std::uint64_t objects_per_range) : most_(objects_per_range) {}

  // What the proofs of some consecutive keys add up to.
  struct Slice {
    std::string first, last;
    std::uint64_t met = 0;  // objects or versions, proven or not
    Digest digest;
    std::uint64_t bytes = 0, weak = 0;

    void add(const ProvenPair& pair, bool weakly);
  };

  // Where the proof of the next key goes. `walked` stands for the walk's range; its keys come in
  // order, each once. The slice stays where it is.
  Slice& slice_of(const FlowPtr& walked, std::string_view key, std::uint64_t objects);

  // Tiles `whole`, which all keys lie in; never nothing. Small neighbours are one range.
  std::vector<RangeProof> ranges(const KeyRange& whole) const;
  // Over all slices.
  std::string digest() const;

 private:
  std::uint64_t most_;
  std::deque<Slice> slices_;
  std::unordered_map<FlowPtr, Slice*> open_;  // holds the flows, lest another gets their address
};

}  // namespace s3m::transfer
