// prover.hpp: looks closer at a pair where the listings do not tell.
//
// Layer      transfer.
// Threading  one loop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "transfer/history.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

// Both sides as HEADs show them; nullopt: the object is not there.
struct Look {
  std::optional<aws::ObjectHead> source, copy;
};

class Prover {
 public:
  // Counts every HEAD in `heads`, which outlives the prover.
  Prover(Context& context, std::uint64_t& heads) : context_(context), heads_(heads) {}

  CompareRules rules() const noexcept {
    return {.same_service = context_.same_service, .both_ways = context_.both_ways};
  }

  // HEADs of the current object, or of a version, checksums included where the session may see
  // them. Gives nullopt for 404. Errors: what else the HEAD fails with.
  net::Task<Result<std::optional<aws::ObjectHead>>> head(const Side& side, std::string key,
                                                         std::string version = {});
  // Both sides of a key, which is relative to the prefixes; or one version of each.
  net::Task<Result<Look>> look(std::string key, std::string source_version = {},
                               std::string copy_version = {});

  // What a look at both tells of two versions that were listed; or of two objects, whose versions
  // have no ids. What is open is weak where the listings or a receipt say so; a side that is not
  // what was listed leaves it open.
  Proof judge(std::string_view key, const aws::ObjectVersion& source,
              const aws::ObjectVersion& copy, const Look& look) const;

  // The proof for a pair that compare() gave `likeness` for, by as few HEADs as the rules allow:
  // where the copy's encryption decides (G11), the source is not looked at.
  // `copy_etag` is the one that was listed. Gives nullopt if either object is gone.
  net::Task<Result<std::optional<Proof>>> settle(std::string key, std::string copy_etag,
                                                 Likeness likeness);

  // The same for two versions of a key that are no delete markers: by the listing where that tells
  // and `look` is false.
  net::Task<Result<std::optional<Proof>>> prove(std::string key, aws::ObjectVersion source,
                                                aws::ObjectVersion copy, bool look);

 private:
  Context& context_;
  std::uint64_t& heads_;
};

}  // namespace s3m::transfer
