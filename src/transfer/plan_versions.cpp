#include "transfer/plan_versions.hpp"

#include <algorithm>
#include <utility>

#include "transfer/decision.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/plan_counts.hpp"
#include "transfer/prover.hpp"
#include "transfer/restore.hpp"
#include "transfer/upload_plan.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

constexpr std::uint64_t versions_per_page = 1000;

// A key whose histories the listings leave open.
struct OpenHistory {
  std::string key;  // after the prefixes
  History source, copy;
};

// Counts what copy_versions() would do, pairs that take a closer look included.
class PlanVersions final : public Visitor, Lanes<OpenHistory>::Handler {
 public:
  PlanVersions(Context& context, const CopyOptions& options, Plan& result)
      : context_(context),
        options_(options),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    const auto count = ranges.size();
    auto walked = co_await walk(context_, std::move(ranges), *this, {.versions = true});
    if (!walked) {
      failures_.stop(std::move(walked.error()));
      lanes_.stop();
    }
    co_await lanes_.finish();
    result_.requests += 2 * count + listed_ / versions_per_page + heads_;
    co_return failures_.result();
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
    const History none;
    const auto& made = copy == nullptr ? none : *copy;
    if (source->too_long() || made.too_long() || made.versions.size() > source->versions.size()) {
      ++result_.other_histories;
    } else if (any_open(*source, made)) {
      lanes_.push({std::string(pair.key), std::move(*pair.source_history),
                   std::move(*pair.destination_history)},
                  pair.flow);
    } else {
      std::vector<Likeness> found;
      for (std::size_t i = 0; i < made.versions.size(); ++i)
        found.push_back(compare(source->versions[i], made.versions[i], prover_.rules()));
      count_history(*source, found);
    }
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

 private:
  bool any_open(const History& source, const History& copy) const {
    for (std::size_t i = 0; i < copy.versions.size(); ++i)
      if (is_open(compare(source.versions[i], copy.versions[i], prover_.rules()))) return true;
    return false;
  }

  // As copy_history() matches them.
  net::Task<void> handle(OpenHistory& work) override {
    std::vector<Likeness> found;
    for (std::size_t i = 0; i < work.copy.versions.size(); ++i) {
      if (stopped()) {
        lanes_.stop();
        co_return;
      }
      const auto& source = work.source.versions[i];
      const auto& copy = work.copy.versions[i];
      auto likeness = compare(source, copy, prover_.rules());
      if (is_open(likeness)) {
        auto proof = co_await prover_.prove(work.key, source, copy, false);
        if (!proof) {
          const auto key = context_.source.location.prefix + work.key;
          if (!failures_.failed(std::move(proof.error()), {"HeadObject", {}, key})) lanes_.stop();
          co_return;
        }
        likeness = *proof ? (*proof)->likeness : Likeness::differs;
      }
      found.push_back(likeness);
    }
    count_history(work.source, found);
  }

  // `found`: of each version that the destination has.
  void count_history(const History& source, const std::vector<Likeness>& found) {
    if (!std::ranges::all_of(found, is_same)) {
      ++result_.other_histories;
      return;
    }
    const auto weak = static_cast<std::uint64_t>(std::ranges::count(found, Likeness::same_weak));
    result_.same += found.size() - weak;
    result_.same_weak += weak;
    for (auto i = found.size(); i < source.versions.size(); ++i)
      count_version(source.versions[i]);
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

  void count_version(const aws::ObjectVersion& version) {
    if (!version.delete_marker) return count_to_copy(result_, entry_of({}, version), options_);
    ++result_.to_copy;
    ++result_.markers_to_copy;
    ++result_.requests;
  }

  Context& context_;
  const CopyOptions& options_;
  Plan& result_;
  std::uint64_t listed_ = 0, heads_ = 0;
  Failures failures_{context_};
  Prover prover_{context_, heads_};
  Lanes<OpenHistory> lanes_;
};

}  // namespace

net::Task<Result<void>> plan_versions(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Plan& result) {
  PlanVersions operation(context, options, result);
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
