#include "transfer/verify_versions.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "transfer/digest.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/prover.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

// A pair of versions that the listings leave open.
struct VersionWork {
  std::string key;  // after the prefixes
  std::uint64_t ordinal = 0;
  aws::ObjectVersion source, copy;
};

class VerifyVersions final : public Visitor, Lanes<VersionWork>::Handler {
 public:
  VerifyVersions(Context& context, const VerifyOptions& options, Verification& result)
      : context_(context),
        options_(options),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    auto walked = co_await walk(context_, std::move(ranges), *this, {.versions = true});
    if (!walked) {
      failures_.stop(std::move(walked.error()));
      lanes_.stop();
    }
    co_await lanes_.finish();
    result_.digest = digest_.hex();
    co_return failures_.result();
  }

  void visit(const Pair& pair) override {
    if (!options_.filter.empty() && !options_.filter.matches(pair.key)) return;
    if (pair.source_history == nullptr) {
      result_.extra += pair.destination_history->versions.size();
      return;
    }
    const auto& source = *pair.source_history;
    const History none;
    const auto& copy = pair.destination_history == nullptr ? none : *pair.destination_history;
    ++result_.version_keys;
    result_.objects += source.versions.size() + source.beyond;
    result_.bytes += source.bytes();
    result_.delete_markers += source.delete_markers();
    if (source.too_long() || copy.too_long()) {
      too_long(pair.key, source);
      return;
    }
    compare_histories(pair, source.versions, copy.versions);
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

 private:
  using Versions = std::vector<aws::ObjectVersion>;

  void compare_histories(const Pair& pair, const Versions& source, const Versions& copy) {
    const auto key = pair.key;
    const auto both = std::min(source.size(), copy.size());
    for (std::size_t i = 0; i < both; ++i)
      compare_versions(pair, i, source[i], copy[i]);
    for (std::size_t i = both; i < source.size(); ++i) {
      ++result_.missing;
      report(Errc::no_such_key, key, i, source[i], "is not in the destination");
    }
    if (copy.size() <= both) return;
    // What is newer than all that the source has hides it.
    ++result_.mismatched;
    report(Errc::mismatch, key, both, copy[both],
           fmt::format("and {} more are in the destination only", copy.size() - both - 1));
  }

  // Whether a HEAD may make more of it than the listings.
  bool worth_a_look(Likeness likeness) const noexcept {
    return options_.mode == VerifyMode::checksum ||
           (options_.strict && likeness == Likeness::same_weak);
  }

  void compare_versions(const Pair& pair, std::uint64_t ordinal, const aws::ObjectVersion& source,
                        const aws::ObjectVersion& copy) {
    const auto likeness = compare(source, copy, prover_.rules());
    const bool objects = !source.delete_marker && !copy.delete_marker;
    const bool look = objects && worth_a_look(likeness);
    if (likeness != Likeness::differs && (is_open(likeness) || look)) {
      lanes_.push({std::string(pair.key), ordinal, source, copy}, pair.flow);
    } else {
      settle(pair.key, ordinal, source, proof_of_listing(likeness, entry_of({}, source)));
    }
  }

  net::Task<void> handle(VersionWork& work) override {
    if (stopped()) {
      lanes_.stop();
      co_return;
    }
    const bool look = worth_a_look(compare(work.source, work.copy, prover_.rules()));
    auto proof = co_await prover_.prove(work.key, work.source, work.copy, look);
    if (!proof) {
      failed(work, std::move(proof.error()));
    } else if (!*proof) {
      ++result_.missing;
      report(Errc::no_such_key, work.key, work.ordinal, work.source,
             "is gone from one of the sides");
    } else {
      settle(work.key, work.ordinal, work.source, with_receipt(work, std::move(**proof)));
    }
  }

  Proof with_receipt(const VersionWork& work, Proof proof) const {
    const bool ours =
        is_open(proof.likeness) &&
        context_.receipts.holds(work.key, entry_of({}, work.source), entry_of({}, work.copy));
    return ours ? Proof{Likeness::same_weak, std::string(weak_proof), {}} : std::move(proof);
  }

  void settle(std::string_view key, std::uint64_t ordinal, const aws::ObjectVersion& source,
              const Proof& proof) {
    if (!is_same(proof.likeness)) {
      ++result_.mismatched;
      report(Errc::mismatch, key, ordinal, source,
             is_open(proof.likeness) ? "is not proven to be what the destination has in its place"
                                     : "differs from what the destination has in its place");
      return;
    }
    ++(proof.likeness == Likeness::same_strong ? result_.same_strong : result_.same_weak);
    digest_.add({.key = key,
                 .size = source.size,
                 .ordinal = ordinal,
                 .delete_marker = source.delete_marker,
                 .proof_kind = source.delete_marker ? marker_proof : std::string_view(proof.kind),
                 .proof_value = proof.value});
  }

  void too_long(std::string_view key, const History& source) {
    result_.missing += source.versions.size() + source.beyond;
    report(Errc::too_large, key, 0, source.versions.front(),
           fmt::format("is one of more than {} of its key, which are not compared", most_versions));
  }

  void report(Errc code, std::string_view key, std::uint64_t ordinal,
              const aws::ObjectVersion& version, std::string_view finding) {
    if (context_.receipts.failed(key)) return;  // told when it could not be copied
    failures_.finding("verify", Error(code, in_words(version, ordinal, finding)), key, version.id);
  }

  void failed(const VersionWork& work, Error error) {
    const auto key = context_.source.location.prefix + work.key;
    const Subject subject{"HeadObject", context_.source.location.bucket, key, work.source.id};
    const bool told = context_.receipts.failed(work.key);
    if (told ? failures_.endured(std::move(error)) : failures_.failed(std::move(error), subject)) {
      ++result_.mismatched;
    } else {
      lanes_.stop();
    }
  }

  Context& context_;
  const VerifyOptions& options_;
  Verification& result_;
  Digest digest_;
  std::uint64_t heads_ = 0;
  Failures failures_{context_};
  Prover prover_{context_, heads_};
  Lanes<VersionWork> lanes_;
};

}  // namespace

net::Task<Result<void>> verify_versions(Context& context, const VerifyOptions& options,
                                        std::vector<KeyRange> ranges, Verification& result) {
  VerifyVersions operation(context, options, result);
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
