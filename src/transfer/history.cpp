#include "transfer/history.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::transfer {

std::uint64_t History::bytes() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& version : versions)
    sum += version.size;
  return sum;
}

std::uint64_t History::delete_markers() const noexcept {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(versions, &aws::ObjectVersion::delete_marker));
}

CompareRules rules_for(const aws::ObjectVersion& source, CompareRules rules) noexcept {
  // Some dates are of whole seconds, some are not.
  if (!source.id.empty() && source.id != "null") rules.guard = -std::chrono::seconds(1);
  return rules;
}

Likeness compare(const aws::ObjectVersion& source, const aws::ObjectVersion& copy,
                 const CompareRules& rules) noexcept {
  if (source.delete_marker != copy.delete_marker) return Likeness::differs;
  if (source.delete_marker) return Likeness::same_strong;
  const auto listed = [](const aws::ObjectVersion& version) {
    return aws::ObjectEntry{.key = {},
                            .size = version.size,
                            .etag = version.etag,
                            .last_modified = version.last_modified};
  };
  return compare(listed(source), listed(copy), rules_for(source, rules));
}

std::string in_words(const aws::ObjectVersion& version, std::uint64_t ordinal,
                     std::string_view finding) {
  return fmt::format("{} {} (number {} of the key) {}",
                     version.delete_marker ? "delete marker" : "version", printable(version.id),
                     ordinal + 1, finding);
}

aws::ObjectEntry entry_of(std::string key, const aws::ObjectVersion& version) {
  return {.key = std::move(key),
          .size = version.size,
          .etag = version.etag,
          .last_modified = version.last_modified,
          .storage_class = version.storage_class,
          .restore = version.restore,
          .version = version.id};
}

aws::ObjectVersion version_of(const aws::ObjectEntry& object) {
  return {.id = object.version,
          .size = object.size,
          .etag = object.etag,
          .last_modified = object.last_modified,
          .storage_class = object.storage_class,
          .restore = object.restore};
}

}  // namespace s3m::transfer
