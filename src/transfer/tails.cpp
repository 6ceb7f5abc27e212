#include "transfer/tails.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/attribute_prover.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/prover.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

// Remembered in one walk: so much memory does it take.
constexpr std::size_t most_remembered = 100'000;

struct TailWork {
  std::string key;  // after the prefixes
  History whole, tail;
};

// One walk: finds what is to go. Nothing is deleted while anything is listed (guard G7).
class FindTails final : public Visitor, Lanes<TailWork>::Handler {
 public:
  FindTails(Context& context, TailOptions options, Tails& result)
      : context_(context),
        options_(options),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    auto walked = co_await walk(context_, std::move(ranges), *this, {.versions = true});
    if (!walked) stop(std::move(walked.error()));
    co_await lanes_.finish();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source_history == nullptr || pair.destination_history == nullptr) return;
    auto &whole = *pair.source_history, &tail = *pair.destination_history;
    if (whole.too_long() || tail.too_long()) return;  // nobody copies it; the proof says so
    if (tail.versions.size() >= whole.versions.size()) return;
    remembered_ += tail.versions.size();
    lanes_.push({.key = std::string(pair.key), .whole = std::move(whole), .tail = std::move(tail)},
                pair.flow);
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped() || more(); }

  std::vector<KeyRemoval> found;
  bool more() const noexcept { return remembered_ >= most_remembered; }

 private:
  net::Task<void> handle(TailWork& work) override {
    const auto& versions = work.tail.versions;
    const auto offset = work.whole.versions.size() - versions.size();
    for (std::size_t i = 0; i < versions.size(); ++i) {
      if (failures_.stopped()) co_return;
      auto same = co_await is_same(work.key, work.whole.versions[offset + i], versions[i]);
      if (!same) {
        stop(std::move(same.error()));
        co_return;
      }
      if (*same) continue;
      stop(unproven(work.key, versions[i]));
      co_return;
    }
    remember(work);
  }

  bool suffices(Likeness likeness) const noexcept {
    return likeness == Likeness::same_strong ||
           (likeness == Likeness::same_weak && options_.accept_weak);
  }

  net::Task<Result<bool>> is_same(std::string key, const aws::ObjectVersion& source,
                                  const aws::ObjectVersion& copy) {
    const auto listed = compare(source, copy, prover_.rules());
    if (listed == Likeness::differs || copy.delete_marker) co_return suffices(listed);
    auto look = co_await prover_.look(key, source.id, copy.id);
    if (!look) co_return forward(look);
    if (!look->source || !look->copy) co_return false;
    const auto seen = prover_.judge(key, source, copy, *look).likeness;
    if (!suffices(listed) && !suffices(seen)) co_return false;
    auto beside = co_await attributes_.compare(std::move(key), source.id, copy.id, *look);
    if (!beside) co_return forward(beside);
    co_return beside->differing.empty();
  }

  void remember(const TailWork& work) {
    const auto key = context_.destination.location.prefix + work.key;
    const auto& versions = work.tail.versions;
    auto& removal = found.emplace_back();
    for (const auto& version : versions)
      removal.push_back(removable(key, version, &version == &versions.back()));
    ++result_.keys;
  }

  Error unproven(const std::string& key, const aws::ObjectVersion& version) const {
    Error error(
        Errc::mismatch,
        fmt::format("{} of the key is not proven to be in {}, so it stays, and nothing can "
                    "be put before it: look at both, and take it out by its id once it is "
                    "safe elsewhere",
                    version.delete_marker ? "a delete marker" : "version " + printable(version.id),
                    context_.source.location.uri()));
    error.bucket(context_.destination.location.bucket)
        .key(context_.destination.location.prefix + key);
    return error;
  }

  void stop(Error error) {
    failures_.stop(std::move(error));
    lanes_.stop();
  }

  Context& context_;
  TailOptions options_;
  Tails& result_;
  std::size_t remembered_ = 0;
  Failures failures_{context_};
  Prover prover_{context_, result_.heads};
  AttributeProver attributes_{context_, options_.acl, result_.looks};
  Lanes<TailWork> lanes_;
};

}  // namespace

net::Task<Result<void>> clear_tails(Context& context, TailOptions options,
                                    std::vector<KeyRange> ranges, Tails& tails) {
  for (;;) {
    FindTails search(context, options, tails);
    auto walked = co_await search.run(ranges);
    if (!walked) co_return walked;
    auto removed =
        co_await remove_pinned(context, context.destination, std::move(search.found), {}, tails);
    if (!removed || !search.more()) co_return removed;
  }
}

}  // namespace s3m::transfer
