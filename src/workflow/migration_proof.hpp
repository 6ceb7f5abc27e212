// migration_proof.hpp: what the acts of a migration share: passes of copying, proofs and their
// ranges in the store, the record in the temporary bucket, the rewritten configuration.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "transfer/prove.hpp"
#include "workflow/configuration/rewrite.hpp"
#include "workflow/copy_pass.hpp"
#include "workflow/figures.hpp"
#include "workflow/migration.hpp"

namespace s3m::workflow::acts {

// One pass of copying over `hop`, which has that share of the job's percentage; `known` is what an
// earlier walk has counted. What copies lack is told and kept.
// Errors: refused when an object failed; as transfer::copy().
net::Task<Result<void>> copy_over(Migration& migration, Hop& hop, PercentSpan percent,
                                  std::string activity = {}, KnownTotal known = {});

// Sets what the copies of `hop` carry, by the configuration of its two buckets, each asked by its
// own identity, and by what keep_look() has kept; tells what they will not carry.
net::Task<Result<void>> set_attributes(Migration& migration, Hop& hop, aws::S3& source,
                                       aws::S3& destination, const CopySpec& spec);
// After a proof over the first hop: whether the copies to come have to look at their objects. The
// temporary bucket has no configuration that would tell, and a bucket that is no website may hold
// redirects too.
net::Task<Result<void>> keep_look(Migration& migration);

// Keeps how much there is, as the pass of copying that has just ended found it, for the bars of the
// walks to come.
net::Task<Result<void>> keep_count(Migration& migration);

// How far a proof is of `total` objects; 0: not known.
StepFigures figures_of(const transfer::Proven& proven, std::uint64_t total);

// What becomes of the configuration, kept for the report; what is not carried is told.
net::Task<Result<void>> keep_configuration_story(Migration& migration);

// Keeps the last proof: its ranges, each `done`, and its figures.
net::Task<Result<void>> keep_proof(Migration& migration);
// In the order of keys.
net::Task<Result<std::vector<store::RangeRecord>>> proven_ranges(Migration& migration);
net::Task<Result<void>> update_range(Migration& migration, store::RangeRecord range);

// Puts and proves a Deny, as TemporaryDeny::place() does. That it was proven is kept: a later run
// which cannot prove it takes nothing off.
net::Task<Result<DenyResult>> place_deny(Migration& migration, TemporaryDeny& deny);

// For when the source was not frozen all the while: writes under way are waited for again. What is
// left of the ranges that are being deleted is compared by every new run (G12).
net::Task<Result<void>> distrust_source(Migration& migration);

// Writes into the record of the temporary bucket what the store knows now, for `adopt` (guard G22).
// Errors: as write_record(). conflict: the job was adopted elsewhere.
net::Task<Result<void>> keep_record(Migration& migration);
// That nobody has adopted the job meanwhile. Errors: as keep_record().
net::Task<Result<void>> still_ours(Migration& migration);

// Forgets what is recorded of this job's statements in the policy of a bucket that is gone. The
// bucket itself is not asked: its name may be another's by now (guard G1).
net::Task<Result<void>> forget_policy(Migration& migration, std::string endpoint,
                                      std::string bucket);

// The source's configuration as it must be said of the final bucket.
net::Task<Result<Rewritten>> rewritten_configuration(Migration& migration);

}  // namespace s3m::workflow::acts
