#include "transfer/mirror.hpp"

#include <utility>

#include <fmt/format.h>

#include "transfer/failures.hpp"
#include "transfer/history_match.hpp"
#include "transfer/lanes.hpp"
#include "transfer/pages.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

// Remembered in one walk: so much memory does it take.
constexpr std::size_t most_remembered = 100'000;

struct MirrorWork {
  std::string key;  // after the prefixes
  History source, copy;
};

// One walk: finds what is to go. Nothing is deleted while anything is listed.
class FindOthers final : public Visitor, Lanes<MirrorWork>::Handler {
 public:
  FindOthers(Context& context, const MirrorOptions& options, Mirrored& result)
      : context_(context),
        options_(options),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    result_.source_keys = 0;
    auto walked =
        co_await walk(context_, std::move(ranges), *this, {.versions = options_.all_versions});
    if (!walked) {
      failures_.stop(std::move(walked.error()));
      lanes_.stop();
    }
    co_await lanes_.finish();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (pair.source != nullptr) ++result_.source_keys;
    if (pair.destination == nullptr) return;
    if (pair.source == nullptr) {
      if (pair.destination_history != nullptr) {
        others(pair.key, *pair.destination_history, 0);
      } else {
        const auto key = pair.destination->key;
        remember({removable(key, *pair.destination)});
      }
    } else if (pair.destination_history != nullptr && !surely_a_beginning(pair)) {
      lanes_.push({.key = std::string(pair.key),
                   .source = std::move(*pair.source_history),
                   .copy = std::move(*pair.destination_history)},
                  pair.flow);
    }
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped() || full_; }

  std::vector<KeyRemoval> found;
  bool more() const noexcept { return full_ || partly_; }

 private:
  bool surely_a_beginning(const Pair& pair) const {
    const auto &source = *pair.source_history, &copy = *pair.destination_history;
    if (source.too_long())
      return true;  // nobody copies it; that it differs is for the proof to say
    if (copy.too_long() || copy.versions.size() > source.versions.size()) return false;
    for (std::size_t i = 0; i < copy.versions.size(); ++i)
      if (!is_same(compare(source.versions[i], copy.versions[i], prover_.rules()))) return false;
    return true;
  }

  net::Task<void> handle(MirrorWork& work) override {
    if (stopped()) {
      lanes_.stop();
      co_return;
    }
    auto begun = co_await beginning_of(context_, prover_, work.key, work.source, work.copy);
    if (!begun) {
      failures_.stop(std::move(begun.error()));
      lanes_.stop();
    } else if (!begun->whole) {
      ++result_.other_histories;
      others(work.key, work.copy, begun->versions.size());
    }
  }

  // What the destination has of the key from that version on, newest first: what is left meanwhile
  // still is a beginning.
  void others(std::string_view key, const History& copy, std::size_t from) {
    const auto full_key = context_.destination.location.prefix + std::string(key);
    if (copy.too_long()) partly_ = true;
    KeyRemoval removal;
    for (std::size_t i = copy.versions.size(); i > from; --i)
      removal.push_back(removable(full_key, copy.versions[i - 1], i == copy.versions.size()));
    remember(std::move(removal));
  }

  void remember(KeyRemoval removal) {
    ++result_.keys;
    remembered_ += removal.size();
    found.push_back(std::move(removal));
    full_ = remembered_ >= most_remembered;
  }

  Context& context_;
  const MirrorOptions& options_;
  Mirrored& result_;
  std::size_t remembered_ = 0;
  bool full_ = false, partly_ = false;
  Failures failures_{context_};
  Prover prover_{context_, result_.heads};
  Lanes<MirrorWork> lanes_;
};

net::Task<Result<bool>> shows_anything(const Side& side, bool versions) {
  const auto pages = pages_of(side, {}, {.versions = versions});
  for (;;) {
    auto page = co_await pages->next();
    if (!page) co_return forward(page);
    for (const auto& object : page->objects)
      if (!object.key.starts_with(reserved_prefix)) co_return true;
    if (!page->more) co_return false;
  }
}

net::Task<Result<void>> refuse_an_empty_source(Context& context, MirrorOptions options) {
  auto source = co_await shows_anything(context.source, options.all_versions);
  if (!source) co_return forward(source);
  if (*source) co_return ok;
  auto destination = co_await shows_anything(context.destination, options.all_versions);
  if (!destination) co_return forward(destination);
  if (!*destination) co_return ok;
  co_return fail(
      Errc::refused,
      fmt::format("{} shows no object at all, while {} has some: nothing is deleted there, because "
                  "that is most likely a mistake",
                  context.source.location.uri(), context.destination.location.uri()));
}

}  // namespace

net::Task<Result<void>> mirror(Context& context, MirrorOptions options,
                               std::vector<KeyRange> ranges, Mirrored& mirrored) {
  if (!options.source_may_be_empty) {
    auto allowed = co_await refuse_an_empty_source(context, options);
    if (!allowed) co_return allowed;
  }
  for (;;) {
    FindOthers others(context, options, mirrored);
    auto walked = co_await others.run(ranges);
    if (!walked) co_return walked;
    auto removed =
        co_await remove_pinned(context, context.destination, std::move(others.found), {}, mirrored);
    if (!removed || !others.more()) co_return removed;
  }
}

}  // namespace s3m::transfer
