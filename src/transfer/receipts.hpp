// receipts.hpp: what this process copied itself, where a listing alone could not prove it.
//
// Layer      transfer.
// Threading  one loop.
//
// A copy whose ETag cannot be compared is accepted as weak by its age alone (G10), and right after
// the copy of a young source it is too young for that. But whoever made the copy knows more: it
// was made of that very source, which is unchanged as long as its ETag and date are. A receipt
// remembers this; such a pair is weak, never strong, because nobody compared the contents.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "aws/s3.hpp"

namespace s3m::transfer {

class Receipts {
 public:
  // `key` is relative to the prefixes. Beyond most_receipts nothing is remembered.
  void add(std::string_view key, const aws::ObjectEntry& source, std::string_view copy_etag);
  // True if `copy` is what was made of `source`, and both are unchanged since.
  bool holds(std::string_view key, const aws::ObjectEntry& source,
             const aws::ObjectEntry& copy) const;

  // `key` was told as failed: a later walk of the same run leaves it alone.
  void add_failure(std::string_view key);
  bool failed(std::string_view key) const;

  static constexpr std::size_t most_receipts = 500'000;  // some 20 MB

 private:
  std::unordered_set<std::uint64_t> fingerprints_, failures_;
};

}  // namespace s3m::transfer
