#include "transfer/prover.hpp"

#include <utility>

namespace s3m::transfer {

net::Task<Result<std::optional<aws::ObjectHead>>> Prover::head(const Side& side, std::string key,
                                                               std::string version) {
  aws::HeadRequest request{.object = {.bucket = side.location.bucket,
                                      .key = std::move(key),
                                      .version = std::move(version)},
                           .checksum = true,
                           .expected_owner = side.expected_owner};
  ++heads_;
  auto head = co_await side.reader->head_object(request);
  if (!head && head.error().code() == Errc::access_denied) {
    // To see the checksum of an object under a KMS key takes the right to decrypt with it.
    request.checksum = false;
    ++heads_;
    head = co_await side.reader->head_object(std::move(request));
  }
  if (head) co_return std::optional(std::move(*head));
  const auto code = head.error().code();
  if (code == Errc::no_such_key || code == Errc::not_found) co_return std::nullopt;
  co_return forward(head);
}

net::Task<Result<Look>> Prover::look(std::string key, std::string source_version,
                                     std::string copy_version) {
  Look look;
  auto copy = co_await head(context_.destination, context_.destination.location.prefix + key,
                            std::move(copy_version));
  if (!copy) co_return forward(copy);
  look.copy = std::move(*copy);
  auto source = co_await head(context_.source, context_.source.location.prefix + key,
                              std::move(source_version));
  if (!source) co_return forward(source);
  look.source = std::move(*source);
  co_return look;
}

Proof Prover::judge(std::string_view key, const aws::ObjectVersion& source,
                    const aws::ObjectVersion& copy, const Look& look) const {
  if (look.source->etag != source.etag || look.copy->etag != copy.etag) return {};
  auto proof = compare_heads(*look.source, *look.copy, rules_for(source, rules()));
  if (!is_open(proof.likeness)) return proof;
  const bool weak = compare(source, copy, rules()) == Likeness::same_weak ||
                    context_.receipts.holds(key, entry_of({}, source), entry_of({}, copy));
  return weak ? Proof{Likeness::same_weak, std::string(weak_proof), {}} : proof;
}

net::Task<Result<std::optional<Proof>>> Prover::settle(std::string key, std::string copy_etag,
                                                       Likeness likeness) {
  auto copy = co_await head(context_.destination, context_.destination.location.prefix + key);
  if (!copy) co_return forward(copy);
  if (!*copy) co_return std::nullopt;
  const bool decided = likeness == Likeness::encryption_decides && hides_content(**copy) &&
                       (*copy)->etag == copy_etag;
  if (decided) co_return Proof{Likeness::same_weak, std::string(weak_proof), {}};
  auto source = co_await head(context_.source, context_.source.location.prefix + key);
  if (!source) co_return forward(source);
  if (!*source) co_return std::nullopt;
  co_return compare_heads(**source, **copy, rules());
}

net::Task<Result<std::optional<Proof>>> Prover::prove(std::string key, aws::ObjectVersion source,
                                                      aws::ObjectVersion copy, bool look) {
  const auto listed = compare(source, copy, rules());
  const auto by_listing = [&] { return proof_of_listing(listed, entry_of({}, source)); };
  if (listed == Likeness::differs || (is_same(listed) && !look)) co_return by_listing();
  auto made =
      co_await head(context_.destination, context_.destination.location.prefix + key, copy.id);
  if (!made) co_return forward(made);
  if (!*made) co_return std::nullopt;
  if (listed == Likeness::encryption_decides && hides_content(**made) && !look)
    co_return Proof{Likeness::same_weak, std::string(weak_proof), {}};
  auto original = co_await head(context_.source, context_.source.location.prefix + key, source.id);
  if (!original) co_return forward(original);
  if (!*original) co_return std::nullopt;
  auto proof = compare_heads(**original, **made, rules_for(source, rules()));
  // What the listing has shown is not made less by a HEAD that tells less.
  if (is_open(proof.likeness) && is_same(listed)) co_return by_listing();
  co_return proof;
}

}  // namespace s3m::transfer
