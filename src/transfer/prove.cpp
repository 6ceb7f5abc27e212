#include "transfer/prove.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "transfer/attribute_prover.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/list_history.hpp"
#include "transfer/prover.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

constexpr std::string_view operation_name = "prove";
// What is discarded after one walk; what is beyond is found by the next.
constexpr std::size_t most_discarded = 10'000;

struct ProofWork {
  std::string key;  // after the prefixes
  std::uint64_t ordinal = 0;
  aws::ObjectVersion source, copy;  // without ids where objects are walked
  RangeDigests::Slice* slice = nullptr;
};

class ProofOperation final : public Visitor, Lanes<ProofWork>::Handler {
 public:
  ProofOperation(Context& context, const ProofOptions& options, Proven& result,
                 ManifestSink* manifest)
      : context_(context),
        options_(options),
        result_(result),
        manifest_(manifest),
        digests_(options.objects_per_range),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(KeyRange whole) {
    auto walked = co_await walk(context_, {whole}, *this, {.versions = options_.all_versions});
    if (!walked) stop(std::move(walked.error()));
    co_await lanes_.finish();
    auto done = failures_.result();
    if (!done) co_return forward(told(std::move(done)));
    result_.digest = digests_.digest();
    result_.ranges = digests_.ranges(whole);
    auto discarded = co_await discard();
    if (!discarded) co_return discarded;
    if (manifest_ == nullptr || !result_.complete()) co_return ok;
    co_return co_await manifest_->finish(
        {.digest = result_.digest, .objects = result_.objects, .ranges = result_.ranges});
  }

  void visit(const Pair& pair) override {
    if (pair.source == nullptr) {
      extra(pair);
      return;
    }
    if (pair.destination == nullptr && options_.theirs_stay) return;
    if (pair.source_history != nullptr) {
      const History none;
      visit_histories(pair, *pair.source_history,
                      pair.destination_history == nullptr ? none : *pair.destination_history);
      return;
    }
    auto& slice = digests_.slice_of(pair.flow, pair.key, 1);
    ++result_.objects;
    result_.newest = std::max(result_.newest, pair.source->last_modified);
    result_.bytes += pair.source->size;
    ProofWork work{.key = std::string(pair.key), .source = version_of(*pair.source)};
    work.slice = &slice;
    if (pair.destination == nullptr) {
      missing(work);
    } else {
      work.copy = version_of(*pair.destination);
      lanes_.push(std::move(work), pair.flow);
    }
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

  // The full key that the first finding was about; empty: there was none.
  const std::string& first_finding() const noexcept { return first_finding_; }

 private:
  void visit_histories(const Pair& pair, const History& source, const History& copy) {
    const auto all = source.versions.size() + source.beyond;
    auto& slice = digests_.slice_of(pair.flow, pair.key, all);
    result_.objects += all;
    result_.bytes += source.bytes();
    result_.delete_markers += source.delete_markers();
    if (source.too_long() || copy.too_long()) {
      result_.missing += all;
      finding(
          Errc::too_large, pair.key,
          fmt::format("the key has more than {} versions, which are not compared", most_versions));
      return;
    }
    const bool shorter = source.versions.size() < copy.versions.size();
    const auto gone = options_.rest && shorter ? copy.versions.size() - source.versions.size() : 0;
    for (std::size_t i = 0; i < source.versions.size(); ++i) {
      result_.newest = std::max(result_.newest, source.versions[i].last_modified);
      ProofWork work{.key = std::string(pair.key), .ordinal = i, .source = source.versions[i]};
      work.slice = &slice;
      if (gone + i >= copy.versions.size()) {
        missing(work);
      } else {
        work.copy = copy.versions[gone + i];
        compare_versions(std::move(work), pair.flow);
      }
    }
    if (options_.rest) return;
    for (std::size_t i = source.versions.size(); i < copy.versions.size(); ++i) {
      ++result_.extra;
      finding(Errc::mismatch, pair.key, in_words(copy.versions[i], i, "is only in the destination"),
              copy.versions[i].id);
    }
  }

  void compare_versions(ProofWork work, const FlowPtr& flow) {
    if (work.source.delete_marker != work.copy.delete_marker) {
      mismatched(work, "is not of the kind that the destination has in its place");
    } else {
      lanes_.push(std::move(work), flow);
    }
  }

  net::Task<void> handle(ProofWork& work) override {
    if (stopped()) {
      lanes_.stop();
      co_return;
    }
    if (work.source.delete_marker) {
      co_await conclude(work, Likeness::same_strong, {std::string(marker_proof), {}}, {});
      co_return;
    }
    auto look = co_await prover_.look(work.key, work.source.id, work.copy.id);
    if (!look) {
      failed(work, std::move(look.error()));
      co_return;
    }
    failures_.succeeded();
    if (!look->source || !look->copy) {
      missing(work);
      co_return;
    }
    const auto proof = prover_.judge(work.key, work.source, work.copy, *look);
    if (!is_same(proof.likeness)) {
      mismatched(work, is_open(proof.likeness)
                           ? "is not proven to be what the destination has in its place"
                           : "differs from what the destination has in its place");
      co_return;
    }
    co_await prove_attributes(work, *look, proof.likeness);
  }

  net::Task<void> prove_attributes(ProofWork& work, const Look& look, Likeness likeness) {
    std::string hash;
    if (options_.attributes) {
      if (needs_look(*look.source)) ++result_.need_look;
      auto found = co_await attributes_.compare(work.key, work.source.id, work.copy.id, look);
      if (!found) {
        auto error = std::move(found.error());
        if (attributes_.gave_up()) stop(error.clone());
        failed(work, std::move(error));
        co_return;
      }
      if (!found->differing.empty()) {
        other_attributes(work, found->differing);
        co_return;
      }
      hash = std::move(found->hash);
    }
    const auto& anchor = options_.anchor == Anchor::source ? *look.source : *look.copy;
    co_await conclude(work, likeness, content_mark(anchor), std::move(hash));
  }

  net::Task<void> conclude(const ProofWork& work, Likeness likeness, ContentMark mark,
                           std::string hash) {
    const bool weakly = likeness == Likeness::same_weak;
    ++(weakly ? result_.same_weak : result_.same_strong);
    work.slice->add({.key = work.key,
                     .size = work.source.size,
                     .ordinal = work.ordinal,
                     .delete_marker = work.source.delete_marker,
                     .proof_kind = mark.kind,
                     .proof_value = mark.value,
                     .attributes = hash},
                    weakly);
    if (manifest_ == nullptr) co_return;
    auto told = co_await manifest_->add({.key = work.key,
                                         .version = work.source.id,
                                         .ordinal = work.ordinal,
                                         .delete_marker = work.source.delete_marker,
                                         .size = work.source.size,
                                         .kind = mark.kind,
                                         .value = mark.value,
                                         .attributes = hash,
                                         .weak = weakly});
    if (!told) stop(std::move(told.error()));
  }

  void extra(const Pair& pair) {
    if (options_.rest) return;
    const auto* history = pair.destination_history;
    result_.extra += history == nullptr ? 1 : history->versions.size() + history->beyond;
    finding(Errc::mismatch, pair.key, "the object is only in the destination");
  }

  std::string about(const ProofWork& work, std::string_view what) const {
    if (options_.all_versions) return in_words(work.source, work.ordinal, what);
    return fmt::format("the object {}", what);
  }

  void missing(const ProofWork& work) {
    ++result_.missing;
    finding(Errc::no_such_key, work.key, about(work, "is not in the destination"), work.source.id);
  }

  void mismatched(const ProofWork& work, std::string_view what) {
    ++result_.mismatched;
    finding(Errc::mismatch, work.key, about(work, what), work.source.id);
  }

  void other_attributes(const ProofWork& work, const std::vector<std::string>& names) {
    ++result_.other_attributes;
    std::vector<std::string> shown;
    for (const auto& name : names)
      shown.push_back(printable(name));
    finding(Errc::mismatch, work.key,
            about(work, fmt::format("has another {} in the destination", fmt::join(shown, ", "))),
            work.source.id);
    if (!options_.discard_differing || discarded_.size() == most_discarded) return;
    discarded_.emplace(work.key, options_.all_versions ? std::string() : work.copy.etag);
  }

  void finding(Errc code, std::string_view key, std::string message,
               std::string_view version = {}) {
    if (first_finding_.empty()) first_finding_ = context_.source.location.prefix + std::string(key);
    failures_.finding(operation_name, Error(code, std::move(message)), key, version);
  }

  // Pinned to what was seen: the object by its ETag, a history by the ids of its versions.
  net::Task<Result<void>> discard() {
    const auto& side = context_.destination;
    std::vector<KeyRemoval> removals;
    for (const auto& [key, etag] : discarded_) {
      const auto full_key = side.location.prefix + key;
      auto& removal = removals.emplace_back();
      if (!options_.all_versions) {
        removal.push_back({.key = full_key, .version = {}, .etag = etag});
        continue;
      }
      auto history = co_await list_history(side, full_key);
      if (!history) co_return forward(history);
      const auto& versions = history->versions;
      for (std::size_t i = versions.size(); i > 0; --i)
        removal.push_back(removable(full_key, versions[i - 1], i == versions.size()));
    }
    co_return co_await remove_pinned(context_, side, std::move(removals), {}, result_.discarded);
  }

  void failed(const ProofWork& work, Error error) {
    const auto key = context_.source.location.prefix + work.key;
    const Subject subject{"HeadObject", context_.source.location.bucket, key, work.source.id};
    if (!concerns_all(error)) result_.unread.add(error.code(), failure_event(error, subject));
    if (!failures_.failed(std::move(error), subject)) lanes_.stop();
  }

  // So many were refused that the others are not asked: what all of them lack is told at once.
  Result<void> told(Result<void> ended) const {
    const auto& [count, code, first] = result_.unread;
    const bool theirs =
        count > 0 && ended.error().code() == code && ended.error().operation() == first.operation;
    if (!theirs) return ended;
    auto error = unread_error(result_.unread);
    error.context("one after another was refused, so the others were not asked");
    return fail(std::move(error));
  }

  void stop(Error error) {
    failures_.stop(std::move(error));
    lanes_.stop();
  }

  Context& context_;
  const ProofOptions& options_;
  Proven& result_;
  ManifestSink* manifest_;
  RangeDigests digests_;
  std::set<std::pair<std::string, std::string>> discarded_;  // keys, and the ETags of objects
  std::string first_finding_;
  Failures failures_{context_};
  Prover prover_{context_, result_.heads};
  AttributeProver attributes_{context_, options_.acl, result_.looks};
  Lanes<ProofWork> lanes_;
};

}  // namespace

net::Task<Result<void>> prove(Context& context, ProofOptions options, Proven& proven,
                              ManifestSink* manifest) {
  ProofOperation operation(context, options, proven, manifest);
  co_return co_await operation.run(KeyRange{});
}

net::Task<Result<void>> check_range(Context& context, ProofOptions options, RangeProof expected,
                                    Proven& now) {
  options.objects_per_range = std::numeric_limits<std::uint64_t>::max();
  options.discard_differing = false;
  now = {};
  ProofOperation operation(context, options, now, nullptr);
  auto walked = co_await operation.run(expected.range);
  if (!walked) co_return walked;
  const auto& found = now.ranges.front();
  const bool same = now.complete() && found.digest == expected.digest &&
                    found.count == expected.count && found.bytes == expected.bytes;
  if (same) co_return ok;
  if (now.only_unread()) co_return fail(unread_error(now.unread));
  const auto& range = expected.range;
  Error error(
      Errc::mismatch,
      fmt::format("the keys after \"{}\"{} are not what was proven before: {} objects of {} bytes "
                  "with the digest {} were, {} of {} bytes with {} are now, {} are not proven",
                  printable(range.after),
                  range.until ? fmt::format(" up to \"{}\"", printable(*range.until)) : "",
                  expected.count, expected.bytes, expected.digest, found.count, found.bytes,
                  found.digest, now.settled() - now.same_strong - now.same_weak + now.extra));
  error.bucket(context.source.location.bucket);
  co_return fail(std::move(error));
}

net::Task<Result<void>> check_rest(Context& context, ProofOptions options, KeyRange range,
                                   Proven& left) {
  options.discard_differing = false;
  options.rest = true;
  left = {};
  ProofOperation operation(context, options, left, nullptr);
  auto walked = co_await operation.run(std::move(range));
  if (!walked || left.complete()) co_return walked;
  if (left.only_unread()) co_return fail(unread_error(left.unread));
  Error error(
      Errc::mismatch,
      fmt::format("it is not what was proven. Of what is left there {} objects differ from {} or "
                  "are not in it, and {} have other attributes; each is named in the list of "
                  "failures",
                  left.mismatched + left.missing, context.destination.location.uri(),
                  left.other_attributes));
  error.bucket(context.source.location.bucket).key(operation.first_finding());
  co_return fail(std::move(error));
}

net::Task<Result<void>> check_rest(Context& context, ProofOptions options, KeyRange range) {
  Proven left;
  co_return co_await check_rest(context, std::move(options), std::move(range), left);
}

net::Task<Result<void>> check_range(Context& context, ProofOptions options, RangeProof expected) {
  Proven now;
  co_return co_await check_range(context, options, std::move(expected), now);
}

}  // namespace s3m::transfer
