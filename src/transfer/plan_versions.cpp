#include "transfer/plan_versions.hpp"

#include <algorithm>
#include <utility>

#include "transfer/decision.hpp"
#include "transfer/restore.hpp"
#include "transfer/upload_plan.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

constexpr std::uint64_t versions_per_page = 1000;

// Counts by the listings alone: what a closer look would have to settle is taken for the same, as a
// history that goes together otherwise nearly always is.
class PlanVersions final : public Visitor {
 public:
  PlanVersions(Context& context, const CopyOptions& options, Plan& result)
      : context_(context), options_(options), result_(result) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    const auto count = ranges.size();
    auto walked = co_await walk(context_, std::move(ranges), *this, {.versions = true});
    result_.requests += 2 * count + listed_ / versions_per_page;
    co_return walked;
  }

  void visit(const Pair& pair) override {
    const auto* source = pair.source_history;
    const auto* copy = pair.destination_history;
    for (const auto* history : {source, copy})
      if (history != nullptr) listed_ += history->versions.size() + history->beyond;
    if (copy != nullptr) ++result_.destination_objects;
    if (!options_.filter.empty() && !options_.filter.matches(pair.key)) return;
    if (source == nullptr) {
      ++result_.destination_only;
      return;
    }
    count_source(pair.source->key, *source);
    const auto there = copy == nullptr ? 0 : go_together(source->versions, copy->versions);
    if (!there || source->too_long()) {
      ++result_.other_histories;
      return;
    }
    for (auto i = *there; i < source->versions.size(); ++i)
      count_to_copy(source->versions[i]);
  }

  bool stopped() const override { return context_.cancel.cancelled(); }

 private:
  using Versions = std::vector<aws::ObjectVersion>;

  // How many are there already; nullopt where the copy is no beginning of the source.
  std::optional<std::size_t> go_together(const Versions& source, const Versions& copy) {
    if (copy.size() > source.size()) return std::nullopt;
    std::uint64_t weak = 0;
    for (std::size_t i = 0; i < copy.size(); ++i) {
      const auto likeness = compare(source[i], copy[i], {.same_service = context_.same_service});
      if (likeness == Likeness::differs) return std::nullopt;
      if (likeness != Likeness::same_strong) ++weak;
    }
    result_.same += copy.size() - weak;
    result_.same_weak += weak;
    return copy.size();
  }

  void count_source(const std::string& key, const History& source) {
    if (result_.version_keys++ == 0 || key < result_.first_key) result_.first_key = key;
    if (key > result_.last_key) result_.last_key = key;
    result_.source_objects += source.versions.size() + source.beyond;
    result_.source_bytes += source.bytes();
    result_.delete_markers += source.delete_markers();
    if (!source.versions.empty() && !source.versions.back().delete_marker) {
      ++result_.current_objects;
    }
    for (const auto& version : source.versions) {
      if (!version.delete_marker) count_class(result_, context_, entry_of(key, version), options_);
    }
  }

  void count_to_copy(const aws::ObjectVersion& version) {
    ++result_.to_copy;
    result_.to_copy_bytes += version.size;
    if (version.delete_marker) ++result_.markers_to_copy;
    result_.requests += requests_for(version);
  }

  // As plan() has them.
  std::uint64_t requests_for(const aws::ObjectVersion& version) {
    if (version.delete_marker) return 1;
    const auto entry = entry_of({}, version);
    if (needs_restore(entry)) ++result_.archived;
    const auto& rules = options_.attributes;
    const bool in_parts = copied_in_parts(entry, options_);
    const std::uint64_t looks = (rules.read_acl ? 1 : 0) + (rules.look && !in_parts ? 1 : 0);
    result_.looks += looks;
    if (!in_parts) return 1 + looks;
    ++result_.multipart;
    const auto parts = plan_parts(version.size, options_.part_size);
    return 5 + looks + (parts ? parts->size() : 0);
  }

  Context& context_;
  const CopyOptions& options_;
  Plan& result_;
  std::uint64_t listed_ = 0;
};

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

net::Task<Result<void>> plan_versions(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Plan& result) {
  PlanVersions operation(context, options, result);
  auto planned = co_await operation.run(std::move(ranges));
  if (planned && context.cancel.cancelled()) co_return fail(Errc::cancelled, "the job was stopped");
  co_return planned;
}

}  // namespace s3m::transfer
