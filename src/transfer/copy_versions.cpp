#include "transfer/copy_versions.hpp"

#include <algorithm>
#include <utility>

#include "transfer/copy_history.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

constexpr std::size_t most_large_versions = 16;  // as copy() has it
// Versions waiting for their turn: so much memory do histories take, beside the keys of the lanes.
constexpr std::uint64_t most_waiting = 100'000;

class VersionsOperation final : public Visitor, Lanes<HistoryWork>::Handler {
 public:
  VersionsOperation(Context& context, const CopyOptions& options, Counters& counters,
                    RecordedUploads recorded)
      : context_(context),
        options_(options),
        counters_(counters),
        recorded_(std::move(recorded)),
        lanes_(context.runtime.loop, context.governor, *this),
        fewer_waiting_(context.runtime.loop),
        large_(context.runtime.loop, most_large_versions) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    auto walked = co_await walk(context_, std::move(ranges), *this,
                                {.versions = true, .total = &counters_.expected});
    counters_.listing_done = walked.has_value() && !stopped();
    if (!walked) {
      failures_.stop(std::move(walked.error()));
      stop_lanes();
    }
    co_await lanes_.finish();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source_history != nullptr) ++counters_.source_keys;
    if (!options_.filter.empty() && !options_.filter.matches(pair.key)) return;
    if (pair.source_history == nullptr) {
      ++counters_.destination_only;
      return;
    }
    ++counters_.version_keys;
    counters_.source_objects += size_of(*pair.source_history);
    counters_.source_bytes += pair.source_history->bytes();
    counters_.source_markers += pair.source_history->delete_markers();
    if (pair.destination_history != nullptr && all_the_same(pair)) return;
    HistoryWork work{.key = std::string(pair.key),
                     .source = std::move(*pair.source_history),
                     .copy = {},
                     .admission = pair.flow.get()};
    if (pair.destination_history != nullptr) work.copy = std::move(*pair.destination_history);
    waiting_ += size_of(work.source);
    lanes_.push(std::move(work), pair.flow);
  }

  bool full(const FlowPtr& flow) const override {
    return waiting_ >= most_waiting || lanes_.full(flow);
  }
  net::Task<void> room(FlowPtr flow) override {
    while (!stopped() && waiting_ >= most_waiting)
      co_await fewer_waiting_.wait();
    co_await lanes_.room(std::move(flow));
  }
  bool stopped() const override { return failures_.stopped(); }

 private:
  static std::uint64_t size_of(const History& history) {
    return history.versions.size() + history.beyond;
  }

  // By the listings alone; then the key is counted.
  bool all_the_same(const Pair& pair) {
    const auto& source = *pair.source_history;
    const auto& copy = *pair.destination_history;
    if (source.too_long() || copy.too_long()) return false;
    if (source.versions.size() != copy.versions.size()) return false;
    std::uint64_t weak = 0;
    for (std::size_t i = 0; i < source.versions.size(); ++i) {
      const auto likeness = compare(source.versions[i], copy.versions[i], prover_.rules());
      if (!is_same(likeness)) return false;
      if (likeness == Likeness::same_weak) ++weak;
    }
    counters_.skipped += source.versions.size();
    counters_.skipped_bytes += source.bytes();
    counters_.skipped_weak += weak;
    return true;
  }

  net::Task<void> handle(HistoryWork& work) override {
    const auto size = size_of(work.source);
    if (stopped()) {
      stop_lanes();
    } else {
      auto copied = co_await copy_history({shared_, copier_, prover_, large_}, work);
      if (copied && work.left != nullptr) {
        context_.on_failure(*work.left);
        count_failed(work);
      } else if (copied) {
        failures_.succeeded();
      } else {
        failed(work, std::move(copied.error()));
      }
    }
    waiting_ -= size;
    if (fewer_waiting_.waiting() > 0 && waiting_ < most_waiting) fewer_waiting_.notify_all();
  }

  void failed(const HistoryWork& work, Error error) {
    const auto key = context_.source.location.prefix + work.key;
    const auto& versions = work.source.versions;
    const auto version = work.settled < versions.size() ? versions[work.settled].id : std::string();
    const Subject subject{"CopyObject", context_.source.location.bucket, key, version};
    if (failures_.failed(std::move(error), subject)) {
      count_failed(work);
    } else {
      stop_lanes();
    }
  }

  void count_failed(const HistoryWork& work) {
    const auto& versions = work.source.versions;
    context_.receipts.add_failure(work.key);
    // Where all are there and another's come after them, the key has failed even so.
    counters_.failed += std::max<std::uint64_t>(size_of(work.source) - work.settled, 1);
    for (std::size_t i = work.settled; i < versions.size(); ++i)
      counters_.failed_bytes += versions[i].size;
  }

  void stop_lanes() {
    lanes_.stop();
    fewer_waiting_.notify_all();
  }

  Context& context_;
  const CopyOptions& options_;
  Counters& counters_;
  RecordedUploads recorded_;
  Failures failures_{context_};
  Prover prover_{context_, counters_.heads};
  AttributeCarrier attributes_{context_, options_, counters_};
  MultipartContext shared_{context_, options_, counters_, recorded_, failures_, attributes_};
  ObjectCopier copier_{shared_, prover_};
  Lanes<HistoryWork> lanes_;
  std::uint64_t waiting_ = 0;  // versions of the keys that are not settled
  net::Signal fewer_waiting_;
  Gate large_;
};

}  // namespace

net::Task<Result<void>> copy_versions(Context& context, const CopyOptions& options,
                                      std::vector<KeyRange> ranges, Counters& counters,
                                      RecordedUploads recorded) {
  VersionsOperation operation(context, options, counters, std::move(recorded));
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
