// compare.hpp: whether an object and its copy are the same, and how well that is proven.
//
// Layer   transfer; pure.
// Source  design, "What same means"; guards G10 and G11.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "aws/s3.hpp"

namespace s3m::transfer {

enum class Likeness : std::uint8_t {
  same_strong,  // equal sizes and equal full-object checksums or comparable ETags
  same_weak,    // equal sizes, ETags that cannot be compared, a copy safely younger
  differs,
  unproven,            // of what is known nothing tells; only a checksum could
  encryption_decides,  // unequal 32-hex ETags of a safely younger copy: weak if one of them is
                       // encrypted so that its ETag is no MD5, else different (G11)
};

enum class EtagForm : std::uint8_t {
  opaque,     // empty, or nothing that S3 derives from the content
  plain,      // 32 hexadecimal digits: the MD5 of the content, unless encrypted with KMS or SSE-C
  multipart,  // 32 hexadecimal digits, '-', the number of parts: also depends on the part layout
};
EtagForm form_of(std::string_view etag) noexcept;

// The longest time one CopyObject, or one Complete, may be at work before it is given up.
inline constexpr std::chrono::minutes longest_copy{15};

struct CompareRules {
  bool same_service = true;  // false: the clocks of the two sides tell nothing about each other
  // Either side may be the other's copy (Context::both_ways): the younger one is taken for it.
  bool both_ways = false;
  // How much younger than its source a copy must be so that it was certainly begun afterwards
  // (G10), both dates being the server's.
  std::chrono::milliseconds guard = longest_copy + std::chrono::minutes(15);
};

// What two listing entries tell.
Likeness compare(const aws::ObjectEntry& source, const aws::ObjectEntry& copy,
                 const CompareRules& rules) noexcept;

// True if the source changed after the copy was made, so that looking closer is not worth it when
// the object can just as well be copied again.
bool outdated(const aws::ObjectEntry& source, const aws::ObjectEntry& copy,
              const CompareRules& rules) noexcept;

// True where an ETag of 32 hexadecimal digits is not the MD5 of the content.
bool hides_content(const aws::ObjectHead& head) noexcept;

struct Proof {
  Likeness likeness = Likeness::unproven;  // never encryption_decides
  std::string kind, value;                 // of same_*: the algorithm, "etag" or "weak"
};
inline constexpr std::string_view etag_proof = "etag", weak_proof = "weak",
                                  marker_proof = "delete-marker";

// What HEADs of both sides tell, checksums asked for.
Proof compare_heads(const aws::ObjectHead& source, const aws::ObjectHead& copy,
                    const CompareRules& rules);

// What stands for the content of an object in a digest that has to be the same wherever the object
// is copied to (G14): its full-object checksum; else its ETag, where that is made of the content
// and not of a key as well; else "weak".
struct ContentMark {
  std::string kind, value;
};
ContentMark content_mark(const aws::ObjectHead& head);

// The proof that goes with a likeness that listing entries gave; only for same_*.
Proof proof_of_listing(Likeness likeness, const aws::ObjectEntry& source);

// The head as a listing would show it.
aws::ObjectEntry entry_of(std::string key, const aws::ObjectHead& head);

}  // namespace s3m::transfer
