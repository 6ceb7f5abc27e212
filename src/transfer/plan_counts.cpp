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

std::string_view class_of(const aws::ObjectEntry& source) {
  return source.storage_class.empty() ? storage_class({}).name
                                      : std::string_view(source.storage_class);
}

std::uint64_t writes_of(const aws::ObjectEntry& source, const CopyOptions& options) {
  if (!copied_in_parts(source, options)) return 1;
  const auto parts = plan_parts(source.size, options.part_size);
  return 2 + (parts ? parts->size() : 0);  // Create and Complete
}

// The entry of a class, made where there is none.
template <class Figures>
Figures& of_class(std::map<std::string, Figures, std::less<>>& all, std::string_view name) {
  const auto found = all.find(name);
  return found != all.end() ? found->second : all.emplace(name, Figures{}).first->second;
}

}  // namespace

void count_class(Plan& result, const Context& context, const aws::ObjectEntry& source,
                 const CopyOptions& options) {
  const auto& kind = storage_class(source.storage_class);
  if (kind.needs_restore && result.first_in_archive.empty()) result.first_in_archive = source.key;
  of_class(result.classes, class_of(source))
      .add(kind, source.size, source.last_modified, context.runtime.clock.now(),
           writes_of(source, options));
}

void count_to_copy(Plan& result, const aws::ObjectEntry& source, const CopyOptions& options) {
  ++result.to_copy;
  result.to_copy_bytes += source.size;
  if (needs_restore(source)) ++result.archived;
  auto& copies = of_class(result.copies, class_of(source));
  ++copies.objects;
  copies.bytes += source.size;
  copies.writes += writes_of(source, options);
  result.requests += copy_requests(result, source, options);
}

}  // namespace s3m::transfer
