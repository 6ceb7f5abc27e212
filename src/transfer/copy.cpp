#include <utility>

#include "transfer/copy_object.hpp"
#include "transfer/copy_versions.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

// Large objects copied at once. Each has parts enough for the whole budget, so more of them would
// only be longer in flight; the other lanes go on with small objects.
constexpr std::size_t most_large_objects = 16;

class CopyOperation final : public Visitor, Lanes<CopyWork>::Handler {
 public:
  CopyOperation(Context& context, const CopyOptions& options, Counters& counters,
                RecordedUploads recorded)
      : context_(context),
        options_(options),
        counters_(counters),
        recorded_(std::move(recorded)),
        lanes_(context.runtime.loop, context.governor, *this),
        large_free_(context.runtime.loop) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    auto walked = co_await walk(context_, std::move(ranges), *this, {.total = &counters_.expected});
    counters_.listing_done = walked.has_value() && !stopped();
    if (!walked) stop(std::move(walked.error()));
    co_await lanes_.finish();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source != nullptr) ++counters_.source_keys;
    if (!options_.filter.empty() && !options_.filter.matches(pair.key)) return;
    if (pair.source == nullptr) {
      ++counters_.destination_only;
      return;
    }
    if (!options_.only_classes.empty() && settled_before(pair)) return;
    ++counters_.source_objects;
    counters_.source_bytes += pair.source->size;
    const auto likeness = decide(pair, options_, prover_.rules());
    if (likeness == Likeness::same_strong || likeness == Likeness::same_weak) {
      if (recorded_.empty() || !left_unfinished(pair.key)) {
        skipped(pair.source->size, likeness);
        return;
      }
    }
    CopyWork work{
        .source = std::move(*pair.source), .likeness = likeness, .admission = pair.flow.get()};
    if (pair.destination != nullptr) {
      work.copy = std::move(*pair.destination);
      work.copy_exists = true;
    }
    lanes_.push(std::move(work), pair.flow);
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

 private:
  // In a later walk: of another class, or told as failed by an earlier one.
  bool settled_before(const Pair& pair) const {
    return !options_.only_classes.contains(pair.source->storage_class) ||
           context_.receipts.failed(pair.key);
  }

  // A run that was killed between Complete and the annotations left a copy that looks finished.
  bool left_unfinished(std::string_view key) const {
    return recorded_.left_unfinished(context_.destination.location.prefix + std::string(key));
  }

  net::Task<void> finish(CopyWork& work) {
    std::vector<Loss> losses;
    auto finished = co_await attributes_.carry_annotations(attributes_.address_of(work.source),
                                                           work.copy.key, work.copy.etag, losses);
    if (!finished) {
      failed(work, std::move(finished.error()));
      co_return;
    }
    attributes_.report(work.source, losses);
    skipped(work.source.size, work.likeness);
  }

  net::Task<void> handle(CopyWork& work) override {
    if (stopped()) {
      lanes_.stop();
      co_return;
    }
    const bool same = is_same(work.likeness);
    if (!same && work.likeness != Likeness::differs) {
      auto turned_out = co_await turns_out_same(work);
      if (!turned_out) failed(work, std::move(turned_out.error()));
      if (!turned_out || *turned_out) co_return;
    }
    if (const auto* const before = options_.left_failure(relative(work))) {
      context_.on_failure(*before);
      count_failed(work);
      co_return;
    }
    if (same) {
      co_await finish(work);
      co_return;
    }
    auto end = copied_in_parts(work.source, options_) ? co_await copy_large(work)
                                                      : co_await copier_.copy(work);
    if (!end) {
      failed(work, std::move(end.error()));
    } else {
      settled(work, *end);
    }
  }

  net::Task<Result<CopyEnd>> copy_large(CopyWork& work) {
    while (large_ >= most_large_objects)
      co_await large_free_.wait();
    ++large_;
    Result<CopyEnd> end = fail(Errc::cancelled, "the job is stopping");
    if (!stopped()) end = co_await copier_.copy(work);
    --large_;
    large_free_.notify_one();
    co_return end;
  }

  // Whether a pair that the listings left open needs no copy after all.
  net::Task<Result<bool>> turns_out_same(CopyWork& work) {
    auto key = work.source.key.substr(context_.source.location.prefix.size());
    if (context_.receipts.holds(key, work.source, work.copy)) {
      skipped(work.source.size, Likeness::same_weak);
      co_return true;
    }
    auto proof = co_await prover_.settle(std::move(key), work.copy.etag, work.likeness);
    if (!proof) co_return forward(proof);
    const auto likeness = *proof ? (*proof)->likeness : Likeness::differs;
    const bool same = likeness == Likeness::same_strong || likeness == Likeness::same_weak;
    if (same) skipped(work.source.size, likeness);
    co_return same;
  }

  void skipped(std::uint64_t size, Likeness likeness) {
    ++counters_.skipped;
    counters_.skipped_bytes += size;
    if (likeness == Likeness::same_weak) ++counters_.skipped_weak;
  }

  void settled(const CopyWork& work, CopyEnd end) {
    failures_.succeeded();
    if (end == CopyEnd::vanished) {
      ++counters_.vanished;
    } else if (end == CopyEnd::waiting) {
      ++counters_.waiting;
      counters_.waiting_bytes += work.source.size;
      counters_.waiting_classes.insert(work.source.storage_class);
    } else if (end == CopyEnd::left_alone) {
      skipped(work.source.size, Likeness::same_strong);
    } else {
      ++counters_.copied;
      counters_.copied_bytes += work.source.size;
    }
  }

  void failed(const CopyWork& work, Error error) {
    const Subject subject{"CopyObject", context_.source.location.bucket, work.source.key};
    if (failures_.failed(std::move(error), subject)) {
      count_failed(work);
    } else {
      lanes_.stop();
    }
  }

  void count_failed(const CopyWork& work) {
    ++counters_.failed;
    counters_.failed_bytes += work.source.size;
    context_.receipts.add_failure(relative(work));
  }

  std::string_view relative(const CopyWork& work) const {
    return std::string_view(work.source.key).substr(context_.source.location.prefix.size());
  }

  void stop(Error error) {
    failures_.stop(std::move(error));
    lanes_.stop();
  }

  Context& context_;
  const CopyOptions& options_;
  Counters& counters_;
  RecordedUploads recorded_;
  Failures failures_{context_};
  Prover prover_{context_, counters_.heads};
  AttributeCarrier attributes_{context_, options_, counters_};
  ObjectCopier copier_{{context_, options_, counters_, recorded_, failures_, attributes_}, prover_};
  Lanes<CopyWork> lanes_;
  std::size_t large_ = 0;
  net::Signal large_free_;
};

}  // namespace

net::Task<Result<void>> copy(Context& context, const CopyOptions& options,
                             std::vector<KeyRange> ranges, Counters& counters) {
  auto recorded = RecordedUploads::load(context.journal, context.destination.location);
  if (!recorded) co_return forward(recorded);
  if (options.all_versions) {
    co_return co_await copy_versions(context, options, std::move(ranges), counters,
                                     std::move(*recorded));
  }
  CopyOperation operation(context, options, counters, std::move(*recorded));
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
