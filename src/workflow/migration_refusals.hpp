// migration_refusals.hpp: what cannot end well, said before anything is touched.
//
// Layer   workflow; pure.
// Source  guards G1, G4, G7, G21, G26, G27, G29; docs/preflight.md has the table.
//
// A migration deletes its source. So what another copy could shrug off (a class that is not kept,
// an attribute that is lost, a delete that is denied at the end) is refused at the beginning, each
// with its reason and a way out.
#pragma once

#include <string>
#include <vector>

#include "base/event.hpp"
#include "workflow/migration_facts.hpp"

namespace s3m::workflow {

using Refusal = MigrationPlanEvent::Refusal;

// All that stands against it, not only the first. Empty: nothing that these facts can tell.
std::vector<Refusal> migration_refusals(const MigrationFacts& facts, const MigrationWishes& wishes);

// What does not stop it and ought to be known.
std::vector<std::string> migration_warnings(const MigrationFacts& facts,
                                            const MigrationWishes& wishes);

// Why to copy to a new name instead, where that will do.
std::string migration_advice(const MigrationFacts& facts);

// The refusals as one error. Errors: refused, with every reason and way out.
Result<void> check_refusals(const std::string& bucket, const std::vector<Refusal>& refusals);

// The parts of migration_refusals().
namespace refusals {
void of_name(const MigrationFacts& facts, std::vector<Refusal>& out);
void of_wishes(const MigrationFacts& facts, const MigrationWishes& wishes,
               std::vector<Refusal>& out);
void of_place(const MigrationFacts& facts, std::vector<Refusal>& out);
void of_freeze(const MigrationFacts& facts, const MigrationWishes& wishes,
               std::vector<Refusal>& out);
void of_locks(const MigrationFacts& facts, std::vector<Refusal>& out);
void of_configuration(const MigrationFacts& facts, const MigrationWishes& wishes,
                      std::vector<Refusal>& out);
void of_keys(const MigrationFacts& facts, const MigrationWishes& wishes, std::vector<Refusal>& out);
void of_policy(const MigrationFacts& facts, std::vector<Refusal>& out);
// Of a policy that can be read.
void of_other_jobs(const MigrationFacts& facts, std::vector<Refusal>& out);
void of_new_name(const MigrationFacts& facts, std::vector<Refusal>& out);
void of_objects(const MigrationFacts& facts, const MigrationWishes& wishes,
                std::vector<Refusal>& out);
}  // namespace refusals

}  // namespace s3m::workflow
