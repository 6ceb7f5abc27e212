// history.hpp: all versions of a key, and how those of two sides go together.
//
// Layer   transfer; pure.
// Source  guard G18; docs/adr/0009-versions.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "transfer/compare.hpp"

namespace s3m::transfer {

// How many versions of one key are kept in memory; a key that has more is a failure by itself.
inline constexpr std::size_t most_versions = 10'000;

struct History {
  std::vector<aws::ObjectVersion> versions;  // oldest first, delete markers in their places
  std::uint64_t beyond = 0;                  // versions that were listed and not kept

  bool too_long() const noexcept { return beyond > 0; }
  std::uint64_t bytes() const noexcept;
  std::uint64_t delete_markers() const noexcept;
};

// A version never changes, so a copy needs not be safely younger than it to be one of it, only no
// older (G10); but for the version "null", which a bucket without versioning replaces, and for a
// current object, which has no id here.
CompareRules rules_for(const aws::ObjectVersion& source, CompareRules rules) noexcept;

// What two versions of equal rank tell. Delete markers are the same if both are.
Likeness compare(const aws::ObjectVersion& source, const aws::ObjectVersion& copy,
                 const CompareRules& rules) noexcept;

// True where only a closer look could tell.
inline bool is_open(Likeness likeness) noexcept {
  return likeness == Likeness::unproven || likeness == Likeness::encryption_decides;
}
inline bool is_same(Likeness likeness) noexcept {
  return likeness == Likeness::same_strong || likeness == Likeness::same_weak;
}

// "version 3sL4 (number 2 of the key) differs": a finding about the version of that rank.
std::string in_words(const aws::ObjectVersion& version, std::uint64_t ordinal,
                     std::string_view finding);

// The version as an object to be read by its id; `key` is the full one.
aws::ObjectEntry entry_of(std::string key, const aws::ObjectVersion& version);
// A current object as the only version of its key, without an id.
aws::ObjectVersion version_of(const aws::ObjectEntry& object);

}  // namespace s3m::transfer
