#include <utility>

#include "transfer/digest.hpp"
#include "transfer/failures.hpp"
#include "transfer/lanes.hpp"
#include "transfer/prover.hpp"
#include "transfer/verify_versions.hpp"
#include "transfer/walk.hpp"

namespace s3m::transfer {
namespace {

struct VerifyWork {
  aws::ObjectEntry source, copy;
  Likeness likeness;
};

class VerifyOperation final : public Visitor, Lanes<VerifyWork>::Handler {
 public:
  VerifyOperation(Context& context, const VerifyOptions& options, Verification& result)
      : context_(context),
        options_(options),
        result_(result),
        lanes_(context.runtime.loop, context.governor, *this, aws::RequestKind::read) {}

  net::Task<Result<void>> run(std::vector<KeyRange> ranges) {
    auto walked = co_await walk(context_, std::move(ranges), *this);
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
    if (pair.source == nullptr) {
      ++result_.extra;
      return;
    }
    ++result_.objects;
    result_.bytes += pair.source->size;
    if (pair.destination == nullptr) {
      missing(*pair.source);
      return;
    }
    const auto likeness = likeness_of(pair);
    const bool open = likeness == Likeness::unproven || likeness == Likeness::encryption_decides;
    const bool look = by_checksum(likeness) && likeness != Likeness::differs;
    if (open || look) {
      lanes_.push({std::move(*pair.source), std::move(*pair.destination), likeness}, pair.flow);
    } else {
      settle(*pair.source, proof_of_listing(likeness, *pair.source));
    }
  }

  bool full(const FlowPtr& flow) const override { return lanes_.full(flow); }
  net::Task<void> room(FlowPtr flow) override { return lanes_.room(std::move(flow)); }
  bool stopped() const override { return failures_.stopped(); }

 private:
  bool by_checksum(Likeness likeness) const {
    return options_.mode == VerifyMode::checksum ||
           (options_.strict && likeness == Likeness::same_weak);
  }

  Likeness likeness_of(const Pair& pair) const {
    const auto likeness = compare(*pair.source, *pair.destination, prover_.rules());
    const bool open = likeness == Likeness::unproven || likeness == Likeness::encryption_decides;
    const bool ours = open && context_.receipts.holds(pair.key, *pair.source, *pair.destination);
    return ours ? Likeness::same_weak : likeness;
  }

  net::Task<void> handle(VerifyWork& work) override {
    if (stopped()) {
      lanes_.stop();
      co_return;
    }
    auto key = std::string(relative(work.source));
    auto looked = co_await look(std::move(key), work);
    if (!looked) {
      failed(work, std::move(looked.error()));
    } else if (*looked) {
      settle(work.source, std::move(**looked));
    }
  }

  // The proof by HEADs; nullopt once it is settled that an object is gone.
  net::Task<Result<std::optional<Proof>>> look(std::string key, const VerifyWork& work) {
    auto proof = by_checksum(work.likeness)
                     ? co_await checksum_proof(std::move(key), work.likeness)
                     : co_await prover_.settle(std::move(key), work.copy.etag, work.likeness);
    if (!proof || *proof) co_return proof;
    auto source = co_await prover_.head(context_.source, work.source.key);
    if (!source) co_return forward(source);
    if (*source) {
      missing(work.source);
    } else {
      --result_.objects;
      result_.bytes -= work.source.size;
    }
    co_return std::nullopt;
  }

  // Full-object checksums where both sides have one. What was weak by the listing (by a receipt,
  // too) stays so without; it is never made a mismatch by a HEAD that tells less.
  net::Task<Result<std::optional<Proof>>> checksum_proof(std::string key, Likeness listed) {
    auto both = co_await prover_.look(std::move(key));
    if (!both) co_return forward(both);
    if (!both->source || !both->copy) co_return std::nullopt;
    auto proof = compare_heads(*both->source, *both->copy, prover_.rules());
    if (proof.likeness == Likeness::unproven && listed == Likeness::same_weak) {
      proof = {Likeness::same_weak, std::string(weak_proof), {}};
    }
    co_return proof;
  }

  void settle(const aws::ObjectEntry& source, const Proof& proof) {
    switch (proof.likeness) {
      case Likeness::same_strong:
        ++result_.same_strong;
        break;
      case Likeness::same_weak:
        ++result_.same_weak;
        break;
      default:
        mismatched(source, proof.likeness);
        return;
    }
    digest_.add({.key = relative(source),
                 .size = source.size,
                 .proof_kind = proof.kind,
                 .proof_value = proof.value});
  }

  void mismatched(const aws::ObjectEntry& source, Likeness likeness) {
    ++result_.mismatched;
    report(Errc::mismatch, source,
           likeness == Likeness::unproven
               ? "nothing proves that the copy is the same: the sizes are equal, but the ETags "
                 "cannot be compared, there is no common checksum, and the copy is not safely "
                 "younger than its source"
               : "the copy differs from its source");
  }

  void missing(const aws::ObjectEntry& source) {
    ++result_.missing;
    report(Errc::no_such_key, source, "the object is not in the destination");
  }

  // What could not be copied was told, and why: that it is not there follows from that.
  void report(Errc code, const aws::ObjectEntry& source, std::string message) {
    if (context_.receipts.failed(relative(source))) return;
    failures_.finding("verify", Error(code, std::move(message)), relative(source));
  }

  void failed(const VerifyWork& work, Error error) {
    const Subject subject{"HeadObject", context_.source.location.bucket, work.source.key};
    const bool told = context_.receipts.failed(relative(work.source));
    if (told ? failures_.endured(std::move(error)) : failures_.failed(std::move(error), subject)) {
      ++result_.mismatched;
    } else {
      lanes_.stop();
    }
  }

  std::string_view relative(const aws::ObjectEntry& source) const {
    return std::string_view(source.key).substr(context_.source.location.prefix.size());
  }

  Context& context_;
  const VerifyOptions& options_;
  Verification& result_;
  Digest digest_;
  std::uint64_t heads_ = 0;
  Failures failures_{context_};
  Prover prover_{context_, heads_};
  Lanes<VerifyWork> lanes_;
};

}  // namespace

net::Task<Result<void>> verify(Context& context, const VerifyOptions& options,
                               std::vector<KeyRange> ranges, Verification& result) {
  if (options.mode == VerifyMode::none) co_return ok;
  if (options.all_versions) {
    co_return co_await verify_versions(context, options, std::move(ranges), result);
  }
  VerifyOperation operation(context, options, result);
  co_return co_await operation.run(std::move(ranges));
}

}  // namespace s3m::transfer
