#include "sim/object.hpp"

#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::sim {

std::string ETag::text() const {
  std::string text = hex(bytes_of(digest));
  if (parts > 0) text.append("-").append(fmt::format_int(parts).c_str());
  return text;
}

bool Version::archived(WallTime now) const {
  if (attributes == nullptr) return false;
  const Attributes& all = *attributes;
  const bool ready = all.restored_from && now >= *all.restored_from &&
                     (!all.restored_until || now < *all.restored_until);
  if (ready) return false;
  return all.storage_class == "GLACIER" || all.storage_class == "DEEP_ARCHIVE" ||
         !all.archive_tier.empty();
}

std::string Version::checksum_text() const {
  if (checksum == ChecksumAlgorithm::none) return {};
  if (checksum_type == ChecksumType::full_object) return base64(content.checksum(checksum));
  return fmt::format("{}-{}", base64(composite_checksum), parts ? parts->size() : 0);
}

WallTime whole_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace s3m::sim
