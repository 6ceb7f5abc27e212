// digest.hpp: what a walk has proven, as one number that does not depend on the order.
//
// Layer      transfer; pure.
// Threading  one thread at a time; merge digests of several.
// Source     guard G14. It guards against accident, not against an adversary: whoever can choose
//            objects can make sums collide.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace s3m::transfer {

// One proven pair. Views live for the call.
struct ProvenPair {
  std::string_view key;  // after the prefix
  std::uint64_t size = 0;
  std::uint64_t ordinal = 0;  // of the version within its key, oldest 0
  bool delete_marker = false;
  std::string_view proof_kind;   // "CRC64NVME"..., "etag", "weak"
  std::string_view proof_value;  // as the service writes it; empty for "weak"
  std::string_view attributes;   // a hash of what else was proven of it (G12); empty: nothing was
};

// Appends a field as digests have them: its length in eight bytes, then itself.
void append_field(std::string& text, std::string_view field);

// The sum modulo 2^256 of the SHA-256 of each pair, its fields length-prefixed, so that ranges,
// lanes and workers merge in any order; and beside it the number of pairs.
class Digest {
 public:
  void add(const ProvenPair& pair);
  void merge(const Digest& other) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::string hex() const;  // 64 digits, most significant first
  friend bool operator==(const Digest& a, const Digest& b) noexcept {
    return a.sum_ == b.sum_ && a.count_ == b.count_;
  }

 private:
  using Sum = std::array<std::uint64_t, 4>;  // least significant word first
  void accumulate(const Sum& value) noexcept;

  Sum sum_{};
  std::uint64_t count_ = 0;
  std::string text_;  // reused from pair to pair
};

}  // namespace s3m::transfer
