// migration_records.hpp: what the store remembers of one migration: steps, intents, facts.
//
// Layer      workflow.
// Threading  one loop; the store on its thread. Every call returns when the store has committed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/job_context.hpp"
#include "workflow/migration_machine.hpp"

namespace s3m::workflow {

// Small durable values of a migration, by name.
namespace fact {
inline const std::string source_region = "source-region", source_owner = "source-owner";
inline const std::string source_canonical_id = "source-canonical-id";
inline const std::string temporary = "temporary-bucket", tags_at_create = "tags-at-create";
inline const std::string region = "region", destination_owner = "destination-owner";
inline const std::string configuration = "configuration";
// Queries, a line each, that the job itself has changed at the source: as they were is what is
// kept.
inline const std::string held = "held-settings";
inline const std::string all_versions = "all-versions", acl = "acl";
inline const std::string digest = "digest", objects = "objects", bytes = "bytes";
inline const std::string weak = "weak";
inline const std::string look = "look";  // the proof found objects that a copy has to look at first
inline const std::string confirmed = "confirmed";  // the digest that was confirmed
inline const std::string asked = "asked";      // what stood at the last question (confirmation.hpp)
inline const std::string uploads = "uploads";  // ids of the source's, as they were told of
inline const std::string writer = "writer";    // of the first hop, where --grant none found it
inline const std::string confirmed_at = "confirmed-at", confirmed_how = "confirmed-how";
inline const std::string confirmed_by = "confirmed-by";
// The freeze: since when it is proven, how it names whom it spares, how long writes could arrive.
inline const std::string frozen_at = "frozen-at", frozen_by = "frozen-by";
inline const std::string settled_for = "settled-for";  // seconds
// Of each Deny: the dialect in which, and the bucket on which it was proven.
inline const std::string freeze_proven = "freeze-proven", closing_proven = "closing-proven";
inline const std::string protection_proven = "protection-proven";
inline const std::string source_is_quiet = "source-is-quiet";
inline const std::string deleted_at = "deleted-at", taken_at = "taken-at";
inline const std::string exposure_spans_runs = "exposure-spans-runs";
inline const std::string final_bucket = "final-bucket";
// Of the last walk over the source.
inline const std::string counted = "counted-objects", counted_bytes = "counted-bytes";
inline const std::string losses = "losses";                // LossBook
inline const std::string rewritten = "rewritten";          // ConfigurationStory
inline const std::string wanted = "wanted-configuration";  // the source's, as it was rewritten
inline const std::string opened = "opened";  // the final bucket is not to be closed again
// Of the undo: its state (migration_machine.hpp), and what it has to copy back.
inline const std::string giving = "undo";
inline const std::string given_objects = "undo-objects", given_bytes = "undo-bytes";
inline const std::string given_markers = "undo-delete-markers";
inline const std::string unsupported_there = "unsupported-there";  // queries, a line each
inline const std::string renamed = "renamed";  // the final bucket's name, where it is another one
inline const std::string made = "made";        // the name under which the final bucket was made
// By the service's own clock: what of the temporary bucket was last written before it is in the new
// bucket, as was proven while that was closed; and how much of it weakly.
inline const std::string proven_before = "proven-before", proven_weakly = "proven-weakly";
// Who the record in the temporary bucket names (bucket_record.hpp), and whose it was before.
inline const std::string holder = "holder", predecessor = "predecessor";
}  // namespace fact

// What fact::confirmed_how says, besides not_recorded.
inline const std::string how_typed = "the name was typed";
inline const std::string how_beforehand = "--confirm-delete";
inline const std::string how_in_console = "the name was typed in the console";

// The fact that a step is, and its value once that is done.
std::string step_fact(MigrationStep step);
inline const std::string step_is_done = "done";

// A list as the value of a fact: a line each. None of its texts holds a line break.
std::string in_lines(const std::vector<std::string>& texts);
std::vector<std::string> lines_of(std::string_view value);

// The walk whose ranges are the proof's (store::RangeRecord::walk).
inline const std::string walk_of_proof = "proof";

// All that the record in the temporary bucket has to say of them, so that a store that knows
// nothing can be told the same again. Without the configuration and the holder.
struct MigrationMemory {
  std::vector<std::string> steps;  // names of those that are done
  std::map<std::string, std::string> intents, facts;
};
// In the place of what a record that an older version wrote does not say.
inline const std::string not_recorded = "not recorded by the job that was adopted";

// Whether the job has begun to delete its source, is not done with it, and was told to in another
// way than in the console. Errors: those of the store.
Result<bool> deletes_as_told_elsewhere(store::Store& store, const std::string& job_id);

// "copying", "proven", "confirmed", "emptying", "undoing", "handed-over", "made" or "opened".
std::string record_state(const MigrationMemory& memory);
// Into a store that may have been told earlier, and incompletely. Errors: those of the store;
// conflict for an intent with another detail.
Result<void> remember(store::Store& store, const std::string& job_id,
                      const MigrationMemory& memory);

class StoredMigration {
 public:
  // `context` outlives it.
  explicit StoredMigration(JobContext& context) : context_(context) {}

  net::Task<Result<MigrationRecords>> load();
  net::Task<Result<MigrationMemory>> memory();
  // A step that is begun again is not done any more.
  net::Task<Result<void>> begun(MigrationStep step);
  net::Task<Result<void>> done(MigrationStep step);

  // Under the job's claim (JobRun::intend). Errors: as there.
  net::Task<Result<void>> intend(std::string intent, std::string detail);
  net::Task<Result<void>> keep(std::string fact, std::string value);
  // All of them or none: a run may be killed between any two.
  net::Task<Result<void>> keep(store::Facts facts);
  // nullopt: it was never kept.
  net::Task<Result<std::optional<std::string>>> kept(std::string fact);

 private:
  JobContext& context_;
};

}  // namespace s3m::workflow
