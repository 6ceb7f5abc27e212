#include "transfer/history_match.hpp"

#include <utility>

namespace s3m::transfer {
namespace {

net::Task<Result<Likeness>> likeness_of(Context& context, Prover& prover, std::string key,
                                        const aws::ObjectVersion& source,
                                        const aws::ObjectVersion& copy) {
  const auto listed = compare(source, copy, prover.rules());
  if (!is_open(listed)) co_return listed;
  if (context.receipts.holds(key, entry_of({}, source), entry_of({}, copy)))
    co_return Likeness::same_weak;
  auto proof = co_await prover.prove(std::move(key), source, copy, false);
  if (!proof) co_return forward(proof);
  co_return *proof ? (*proof)->likeness : Likeness::differs;
}

}  // namespace

net::Task<Result<Beginning>> beginning_of(Context& context, Prover& prover, std::string key,
                                          const History& source, const History& copy) {
  Beginning beginning;
  for (std::size_t i = 0; i < copy.versions.size(); ++i) {
    if (i == source.versions.size()) {
      beginning.whole = false;
      break;
    }
    auto likeness =
        co_await likeness_of(context, prover, key, source.versions[i], copy.versions[i]);
    if (!likeness) co_return forward(likeness);
    if (!is_same(*likeness)) {
      beginning.whole = false;
      beginning.broken = *likeness;
      break;
    }
    beginning.versions.push_back(*likeness);
  }
  co_return beginning;
}

}  // namespace s3m::transfer
