#include <algorithm>
#include <utility>

#include "transfer/copy_object.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/plan_counts.hpp"
#include "transfer/plan_versions.hpp"
#include "transfer/restore.hpp"
#include "transfer/upload_plan.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

constexpr std::uint64_t keys_per_page = 1000;

class PlanOperation final : public Visitor, Lanes<CopyWork>::Handler {
 public:
  PlanOperation(Context& context, const CopyOptions& options, Plan& result)
      : context_(context),
        options_(options),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    const auto count = ranges.size();
    auto walked = co_await walk(context_, std::move(ranges), *this);
    if (!walked) {
      failures_.stop(std::move(walked.error()));
      lanes_.stop();
    }
    co_await lanes_.finish();
    result_.requests += 2 * count + (source_listed_ + destination_listed_) / keys_per_page;
    result_.requests += heads_;
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source != nullptr) ++source_listed_;
    if (pair.destination != nullptr) ++destination_listed_;
    if (!options_.filter.empty() && !options_.filter.matches(pair.key)) return;
    if (pair.destination != nullptr) ++result_.destination_objects;
    if (pair.source == nullptr) {
      ++result_.destination_only;
      return;
    }
    count_source(*pair.source);
    const auto decision = decide(pair, options_, prover_.rules());
    if (decision == Likeness::unproven || decision == Likeness::encryption_decides) {
      lanes_.push({std::move(*pair.source), std::move(*pair.destination), true, decision},
                  pair.flow);
    } else {
      count(*pair.source, decision);
    }
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

 private:
  net::Task<void> handle(CopyWork& work) override {
    if (stopped()) {
      lanes_.stop();
      co_return;
    }
    auto key = work.source.key.substr(context_.source.location.prefix.size());
    auto proof = co_await prover_.settle(std::move(key), work.copy.etag, work.likeness);
    if (proof) {
      count(work.source, *proof ? (*proof)->likeness : Likeness::differs);
    } else if (!failures_.failed(std::move(proof.error()), {"HeadObject", {}, work.source.key})) {
      lanes_.stop();
    }
  }

  void count_source(const aws::ObjectEntry& source) {
    ++result_.source_objects;
    ++result_.current_objects;
    count_class(result_, context_, source, options_);
    result_.source_bytes += source.size;
    if (result_.source_objects == 1 || source.key < result_.first_key) {
      result_.first_key = source.key;
    }
    if (source.key > result_.last_key) result_.last_key = source.key;
  }

  void count(const aws::ObjectEntry& source, Likeness likeness) {
    if (likeness == Likeness::same_strong) ++result_.same;
    if (likeness == Likeness::same_weak) ++result_.same_weak;
    if (likeness == Likeness::same_strong || likeness == Likeness::same_weak) return;
    count_to_copy(result_, source, options_);
  }

  Context& context_;
  const CopyOptions& options_;
  Plan& result_;
  std::uint64_t source_listed_ = 0, destination_listed_ = 0, heads_ = 0;
  Failures failures_{context_};
  Prover prover_{context_, heads_};
  Lanes<CopyWork> lanes_;
};

}  // namespace

net::Task<Result<void>> plan(Context& context, const CopyOptions& options,
                             std::vector<KeyRange> ranges, Plan& result) {
  if (options.all_versions) {
    co_return co_await plan_versions(context, options, std::move(ranges), result);
  }
  PlanOperation operation(context, options, result);
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
