#include "transfer/plan_counts.hpp"

#include "transfer/copy_object.hpp"
#include "transfer/decision.hpp"
#include "transfer/restore.hpp"
#include "transfer/upload_plan.hpp"

namespace s3m::transfer {
namespace {

std::uint64_t copy_requests(Plan& result, const aws::ObjectEntry& source,
                            const CopyOptions& options) {
  const bool in_parts = copied_in_parts(source, options);
  const auto looks = looks_at_most(options.attributes, in_parts);
  result.looks += looks;
  if (!in_parts) return 1 + looks;
  ++result.multipart;
  const auto parts = plan_parts(source.size, options.part_size);
  return requests_of_parts + looks + (parts ? parts->size() : 0);
}

}  // namespace

void count_class(Plan& result, const Context& context, const aws::ObjectEntry& source,
                 const CopyOptions& options) {
  const auto& kind = storage_class(source.storage_class);
  if (kind.needs_restore && result.first_in_archive.empty()) result.first_in_archive = source.key;
  std::uint64_t writes = 1;
  if (copied_in_parts(source, options)) {
    const auto parts = plan_parts(source.size, options.part_size);
    writes = 2 + (parts ? parts->size() : 0);  // Create and Complete
  }
  const std::string_view name = source.storage_class.empty() ? kind.name : source.storage_class;
  auto figures = result.classes.find(name);
  if (figures == result.classes.end()) figures = result.classes.emplace(name, ClassFigures{}).first;
  figures->second.add(kind, source.size, source.last_modified, context.runtime.clock.now(), writes);
}

void count_to_copy(Plan& result, const aws::ObjectEntry& source, const CopyOptions& options) {
  ++result.to_copy;
  result.to_copy_bytes += source.size;
  if (needs_restore(source)) ++result.archived;
  result.requests += copy_requests(result, source, options);
}

}  // namespace s3m::transfer
