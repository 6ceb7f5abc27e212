#include "transfer/empty.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "transfer/delete_pins.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/pages.hpp"
#include "transfer/prover.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

constexpr std::string_view weakly =
    "is the same by its size and date alone, and --accept-weak-proof was not given";
constexpr std::string_view open = "is not proven to be the same";
constexpr std::string_view differs = "differs";

// What was proven of one page of a range, and what still is looked at.
struct Shown {
  explicit Shown(net::Loop& loop) : looked(loop) {}
  std::vector<KeyRemoval> proven;
  std::size_t looks = 0;
  net::Signal looked;
};

// A key of which the listings leave something open.
struct EmptyWork {
  std::string key;  // after the prefixes
  History source, copy;
  Shown* shown = nullptr;
  std::uint64_t weak = 0;
};

class EmptyOperation final : public Visitor, Lanes<EmptyWork>::Handler {
 public:
  EmptyOperation(Context& context, EmptyOptions options, bool batches, Emptying& result)
      : context_(context),
        options_(std::move(options)),
        batches_(batches),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    auto walked = co_await walk(context_, std::move(ranges), *this,
                                {.versions = options_.all_versions, .restart_source = true});
    if (!walked) stop(std::move(walked.error()));
    co_await lanes_.finish();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source == nullptr) return;
    EmptyWork work{.key = std::string(pair.key),
                   .source = history_of(pair.source, pair.source_history),
                   .copy = {}};
    if (proven_earlier(work.source)) {
      proven(shown_of(pair.flow), work);
      return;
    }
    if (pair.destination == nullptr) {
      unproven(pair.key, "is not there");
      return;
    }
    work.copy = history_of(pair.destination, pair.destination_history);
    if (!go_together(work)) return;
    Shown& shown = shown_of(pair.flow);
    if (all_proven(work)) {
      proven(shown, work);
    } else if (!stopped()) {
      ++shown.looks;
      work.shown = &shown;
      lanes_.push(std::move(work), pair.flow);
    }
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

  // Deletes what was proven of the page. A page of which one key is not proven is left whole.
  net::Task<void> finish_page(FlowPtr flow) override {
    const auto found = shown_.find(flow.get());
    if (found == shown_.end()) co_return;
    Shown& shown = *found->second;
    while (shown.looks > 0 && !stopped())
      co_await shown.looked.wait();
    if (stopped()) co_return;
    auto keys = std::exchange(shown.proven, {});
    if (keys.empty()) co_return;
    auto allowed = co_await may_delete();
    if (!allowed) stop(std::move(allowed.error()));
    if (stopped()) co_return;
    auto removed = co_await remove_pinned(context_, context_.source, std::move(keys),
                                          {.batches = batches_, .admission = flow.get()}, result_);
    if (removed) {
      failures_.succeeded();
    } else {
      stop(std::move(removed.error()));
    }
  }

 private:
  net::Task<Result<void>> may_delete() {
    if (!options_.before_delete) co_return ok;
    co_return co_await options_.before_delete();
  }

  static History history_of(aws::ObjectEntry* object, History* history) {
    if (history != nullptr) return std::move(*history);
    History alone;
    alone.versions.push_back(version_of(*object));
    return alone;
  }

  Shown& shown_of(const FlowPtr& flow) {
    auto& shown = shown_[flow.get()];
    if (!shown) shown = std::make_unique<Shown>(context_.runtime.loop);
    return *shown;
  }

  bool proven_earlier(const History& history) const {
    if (!options_.proven_before || history.too_long()) return false;
    return std::ranges::all_of(history.versions, [this](const aws::ObjectVersion& version) {
      return version.last_modified < *options_.proven_before;
    });
  }

  bool written_since(const History& history) const {
    if (!options_.proven_until) return false;
    return std::ranges::any_of(history.versions, [this](const aws::ObjectVersion& version) {
      return version.last_modified > *options_.proven_until;
    });
  }

  // What of the destination stands beside the first version that the source has left.
  std::size_t offset_of(const EmptyWork& work) const {
    return options_.beginnings ? 0 : work.copy.versions.size() - work.source.versions.size();
  }

  bool go_together(const EmptyWork& work) {
    if (work.source.too_long() || work.copy.too_long()) {
      unproven(work.key,
               fmt::format("has more than {} versions, which are not compared", most_versions));
      return false;
    }
    if (work.source.versions.size() <= work.copy.versions.size()) return true;
    unproven(work.key, "has fewer versions there");
    return false;
  }

  bool suffices(Likeness likeness) const noexcept {
    return likeness == Likeness::same_strong ||
           (likeness == Likeness::same_weak && options_.accept_weak);
  }

  // By the listings alone. What differs by them stops everything.
  bool all_proven(EmptyWork& work) {
    const auto offset = offset_of(work);
    std::uint64_t weak = 0;
    bool all = true;
    for (std::size_t i = 0; i < work.source.versions.size() && !stopped(); ++i) {
      const auto likeness =
          compare(work.source.versions[i], work.copy.versions[offset + i], prover_.rules());
      if (likeness == Likeness::differs) unproven(work.key, differs);
      if (likeness == Likeness::same_weak) ++weak;
      all = all && suffices(likeness);
    }
    if (all) work.weak = weak;
    return all && !stopped();
  }

  net::Task<void> handle(EmptyWork& work) override {
    const auto offset = offset_of(work);
    for (std::size_t i = 0; i < work.source.versions.size() && !stopped(); ++i)
      co_await look(work, work.source.versions[i], work.copy.versions[offset + i]);
    if (stopped()) {
      end();
      co_return;
    }
    proven(*work.shown, work);
    if (--work.shown->looks == 0) work.shown->looked.notify_all();
  }

  net::Task<void> look(EmptyWork& work, const aws::ObjectVersion& source,
                       const aws::ObjectVersion& copy) {
    auto likeness = compare(source, copy, prover_.rules());
    if (!suffices(likeness)) {
      auto look = co_await prover_.look(work.key, source.id, copy.id);
      if (!look) {
        stop(std::move(look.error()));
        co_return;
      }
      if (!look->source || !look->copy) {
        unproven(work.key, "is gone from one of the sides");
        co_return;
      }
      likeness = prover_.judge(work.key, source, copy, *look).likeness;
    }
    if (likeness == Likeness::same_weak) ++work.weak;
    if (suffices(likeness)) co_return;
    unproven(work.key, likeness == Likeness::same_weak ? weakly
                       : is_open(likeness)             ? open
                                                       : differs);
  }

  // All of the key goes, in its order.
  void proven(Shown& shown, const EmptyWork& work) {
    if (written_since(work.source)) {
      unproven(work.key, "was written again after it was compared");
      return;
    }
    const auto key = context_.source.location.prefix + work.key;
    const auto& versions = work.source.versions;
    KeyRemoval removal;
    for (const auto& version : versions)
      removal.push_back(removable(key, version, &version == &versions.back()));
    shown.proven.push_back(std::move(removal));
    result_.weak += work.weak;
  }

  void unproven(std::string_view key, std::string_view why) {
    if (stopped()) return;
    const auto& source = context_.source.location;
    result_.unproven_key = source.prefix + std::string(key);
    Error error(Errc::mismatch,
                fmt::format("the object of this key is not proven to be in {}: it {}. The deletion "
                            "has stopped; what was not copied must be copied first",
                            context_.destination.location.uri(), why));
    error.bucket(source.bucket).key(result_.unproven_key);
    stop(std::move(error));
  }

  void stop(Error error) {
    failures_.stop(std::move(error));
    end();
  }

  void end() {
    lanes_.stop();
    for (auto& [flow, shown] : shown_)
      shown->looked.notify_all();
  }

  Context& context_;
  EmptyOptions options_;
  bool batches_;
  Emptying& result_;
  Failures failures_{context_};
  Prover prover_{context_, result_.heads};
  Lanes<EmptyWork> lanes_;
  std::unordered_map<const Flow*, std::unique_ptr<Shown>> shown_;
};

std::unexpected<Error> pins_are_ignored(const Location& source) {
  return fail(Errc::refused,
              fmt::format("{} deletes objects whatever ETag was named (If-Match is ignored), so an "
                          "object that is overwritten just before would be lost. Switch versioning "
                          "on there, so that each version can be named; or accept it with "
                          "--accept-unpinned-delete",
                          source.uri()));
}

}  // namespace

net::Task<Result<void>> empty_source(Context& context, EmptyOptions options,
                                     std::vector<KeyRange> ranges, Emptying& emptying) {
  const auto& from = context.source.location;
  if (context.same_service && overlap(from, context.destination.location)) {
    Error error(Errc::refused,
                fmt::format("{} is not its own copy: nothing of it was deleted", from.uri()));
    error.bucket(from.bucket);
    co_return fail(std::move(error));
  }
  bool batches = true;
  if (!options.all_versions) {
    auto pins = co_await probe_delete_pins(context.source);
    if (!pins) co_return forward(pins);
    if (!pins->one && !options.accept_unpinned) co_return pins_are_ignored(context.source.location);
    batches = pins->many || !pins->one;
  }
  EmptyOperation operation(context, std::move(options), batches, emptying);
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
