#include "transfer/compare.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace s3m::transfer {
namespace {

constexpr std::size_t md5_digits = 32;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_hex_digit(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool safely_younger(const aws::ObjectEntry& source, const aws::ObjectEntry& copy,
                    const CompareRules& rules) noexcept {
  if (!rules.same_service) return false;
  const auto after = [&](const aws::ObjectEntry& one, const aws::ObjectEntry& other) {
    return one.last_modified + rules.guard < other.last_modified;
  };
  return after(source, copy) || (rules.both_ways && after(copy, source));
}

// The value of a full-object checksum that both sides have, and the copy's beside it.
struct CommonChecksum {
  const aws::Checksum* source = nullptr;
  const aws::Checksum* copy = nullptr;
};

CommonChecksum common_checksum(const aws::ObjectHead& source, const aws::ObjectHead& copy) {
  for (const auto& ours : source.checksums) {
    for (const auto& theirs : copy.checksums) {
      if (ours.full_object && theirs.full_object && ours.algorithm == theirs.algorithm) {
        return {&ours, &theirs};
      }
    }
  }
  return {};
}

Likeness settle_encryption(Likeness likeness, const aws::ObjectHead& source,
                           const aws::ObjectHead& copy) noexcept {
  if (likeness != Likeness::encryption_decides) return likeness;
  return hides_content(source) || hides_content(copy) ? Likeness::same_weak : Likeness::differs;
}

}  // namespace

EtagForm form_of(std::string_view etag) noexcept {
  if (etag.size() < md5_digits || !std::ranges::all_of(etag.substr(0, md5_digits), is_hex_digit)) {
    return EtagForm::opaque;
  }
  const auto rest = etag.substr(md5_digits);
  if (rest.empty()) return EtagForm::plain;
  const bool parts =
      rest.size() > 1 && rest.front() == '-' && std::ranges::all_of(rest.substr(1), is_digit);
  return parts ? EtagForm::multipart : EtagForm::opaque;
}

Likeness compare(const aws::ObjectEntry& source, const aws::ObjectEntry& copy,
                 const CompareRules& rules) noexcept {
  if (source.size != copy.size) return Likeness::differs;
  if (source.size == 0) return Likeness::same_strong;  // no content to differ in
  const EtagForm form = form_of(source.etag);
  if (source.etag == copy.etag && form != EtagForm::opaque) return Likeness::same_strong;
  if (!safely_younger(source, copy, rules)) return Likeness::unproven;
  const bool both_plain = form == EtagForm::plain && form_of(copy.etag) == EtagForm::plain;
  return both_plain ? Likeness::encryption_decides : Likeness::same_weak;
}

bool outdated(const aws::ObjectEntry& source, const aws::ObjectEntry& copy,
              const CompareRules& rules) noexcept {
  return rules.same_service && source.last_modified > copy.last_modified;
}

bool hides_content(const aws::ObjectHead& head) noexcept {
  return !head.encryption.empty() && head.encryption != "AES256";
}

Proof compare_heads(const aws::ObjectHead& source, const aws::ObjectHead& copy,
                    const CompareRules& rules) {
  if (source.size != copy.size) return {Likeness::differs, {}, {}};
  if (const auto checksum = common_checksum(source, copy); checksum.source != nullptr) {
    if (checksum.source->value != checksum.copy->value) return {Likeness::differs, {}, {}};
    return {Likeness::same_strong, checksum.source->algorithm, checksum.source->value};
  }
  const auto original = entry_of({}, source);
  const auto likeness = compare(original, entry_of({}, copy), rules);
  return proof_of_listing(settle_encryption(likeness, source, copy), original);
}

ContentMark content_mark(const aws::ObjectHead& head) {
  const aws::Checksum* chosen = nullptr;
  for (const auto& checksum : head.checksums) {
    // Of several the one that S3 gives to all new objects, else any, but always the same.
    const auto rank = [](const aws::Checksum& each) {
      return std::pair(each.algorithm != "CRC64NVME", std::string_view(each.algorithm));
    };
    if (!checksum.full_object) continue;
    if (chosen == nullptr || rank(checksum) < rank(*chosen)) chosen = &checksum;
  }
  if (chosen != nullptr) return {chosen->algorithm, chosen->value};
  const bool told = form_of(head.etag) != EtagForm::opaque && !hides_content(head);
  if (told) return {std::string(etag_proof), head.etag};
  return {std::string(weak_proof), {}};
}

Proof proof_of_listing(Likeness likeness, const aws::ObjectEntry& source) {
  if (likeness == Likeness::same_strong && source.size == 0) {
    return {likeness, "empty", {}};
  }
  if (likeness == Likeness::same_strong) return {likeness, std::string(etag_proof), source.etag};
  if (likeness == Likeness::same_weak) return {likeness, std::string(weak_proof), {}};
  return {likeness, {}, {}};
}

aws::ObjectEntry entry_of(std::string key, const aws::ObjectHead& head) {
  return {.key = std::move(key),
          .size = head.size,
          .etag = head.etag,
          .last_modified = head.last_modified,
          .storage_class = head.storage_class,
          .restore = head.restore};
}

}  // namespace s3m::transfer
