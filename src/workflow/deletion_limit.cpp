#include "workflow/deletion_limit.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {

Result<void> within_deletion_limit(const transfer::Deletion& found, std::uint64_t objects_before,
                                   const CopySpec& spec, const transfer::Location& source,
                                   const transfer::Location& destination) {
  const auto& bucket = destination.bucket;
  if (found.extra == 0 || spec.confirm_delete == bucket) return ok;
  const auto confirm =
      fmt::format("nothing was deleted. If that is what you want, repeat with --confirm-delete {}",
                  printable(bucket));
  if (found.source_empty) {
    return fail(Errc::refused, fmt::format("the source {} has no objects, so --delete would empty "
                                           "the destination; {}",
                                           printable(source.uri()), confirm));
  }
  // By division, so that no count of objects can overflow.
  const auto share =
      static_cast<long double>(found.extra) * 100.0L / static_cast<long double>(objects_before);
  if (share <= static_cast<long double>(spec.max_delete_percent)) return ok;
  return fail(
      Errc::refused,
      fmt::format("--delete would delete {} of the {} objects that {} had before, more than "
                  "the {} % of --max-delete; {}",
                  human_count(found.extra), human_count(objects_before),
                  printable(destination.uri()), spec.max_delete_percent, confirm));
}

}  // namespace s3m::workflow
