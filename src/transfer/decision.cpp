#include "transfer/decision.hpp"

#include <algorithm>

#include "transfer/upload_plan.hpp"

namespace s3m::transfer {

Likeness decide(const Pair& pair, const CopyOptions& options, const CompareRules& rules) {
  if (pair.destination == nullptr || options.if_exists == IfExists::overwrite) {
    return Likeness::differs;
  }
  if (options.if_exists == IfExists::skip) return Likeness::same_strong;
  const auto likeness = compare(*pair.source, *pair.destination, rules);
  const bool copy_again =
      likeness == Likeness::unproven && outdated(*pair.source, *pair.destination, rules);
  return copy_again ? Likeness::differs : likeness;
}

bool copied_in_parts(const aws::ObjectEntry& source, const CopyOptions& options) noexcept {
  // Ranges of a source can be copied only above 5 MiB.
  const bool for_its_etag = options.keep_etag && source.size > smallest_part &&
                            form_of(source.etag) == EtagForm::multipart;
  return for_its_etag || source.size > std::min(options.multipart_threshold, largest_copy);
}

const FailureEvent* CopyOptions::left_failure(std::string_view key) const {
  if (!left) return nullptr;
  const auto found = left->find(key);
  return found == left->end() ? nullptr : &found->second;
}

bool archived(std::string_view storage_class) noexcept {
  return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

}  // namespace s3m::transfer
