// migration_machine.hpp: which step of a migration is next, and which may run at all.
//
// Layer   workflow; pure.
// Source  design, "The workflows"; guards G1, G4, G22, G24.
//
// A migration is a row of steps. What is done is in the store; this says where a run begins, what
// of the earlier steps has to be looked at again because it stands only as long as a job keeps it,
// and where a step that met a change sends the job back to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/progress.hpp"

namespace s3m::workflow {

enum class MigrationStep : std::uint8_t {
  preflight,           // reads only
  temporary_bucket,    // made in the target account and region, with its record
  grant,               // so that the source role may write there; a trial copy
  copy,                // source to temporary bucket
  freeze,              // no writes to the source but the job's own
  delta,               // copies and deletions until two walks agree
  prove,               // objects, attributes, range digests, manifest
  confirm,             // the digest, by a person or by --confirm-delete
  silence,             // notifications and replication of the source off
  empty,               // the source, by a frozen, pinned walk
  delete_source,       // the bucket
  take_name,           // the bucket of that name, in the target account and region, closed
  configuration,       // what must stand before the objects
  copy_back,           // temporary to final bucket
  verify,              // against the digests that were confirmed
  last_configuration,  // policy, notifications, replication, lifecycle
  open,                // the Deny off
  discard,             // the temporary bucket, by a proven walk
  report,
};

std::string_view name(MigrationStep step) noexcept;  // "temporary-bucket"
std::optional<MigrationStep> migration_step(std::string_view name) noexcept;
// The article's table: when the step begins, and when it is done.
PercentSpan percent_of(MigrationStep step) noexcept;

enum class FreezeTime : std::uint8_t { late, early };  // after the copy, or before it
std::vector<MigrationStep> migration_order(FreezeTime freeze);

// How far it has gone, by what it would take to go back (guard G24).
enum class Regime : std::uint8_t {
  untouched,    // the source has all: undo takes away what was added
  emptying,     // deletes of objects may have been sent: undo copies back
  handed_over,  // the source's own DeleteBucket may have been sent: only forward (guard G1)
};

// Intents, committed before the act.
inline constexpr std::string_view intent_first_delete = "first_delete";
inline constexpr std::string_view intent_delete_source = "source_delete";

// How far a source that has lost objects is given them back (guard G24). Each is kept before its
// first act, and none is taken back.
enum class Giving : std::uint8_t {
  nothing,
  clearing,  // what an emptying has left of histories is taken out: nothing can be put before it
  copying,   // objects go back
  given,     // the source was proven to have all again, so the temporary bucket may go
};
std::string_view name(Giving giving) noexcept;  // "clearing"; empty for nothing
std::optional<Giving> giving(std::string_view name) noexcept;

// What the store remembers of a migration.
struct MigrationRecords {
  std::map<MigrationStep, bool> done;  // true: ended well or was skipped; false: begun
  bool first_delete = false, source_delete = false;
  Giving giving = Giving::nothing;

  bool has(MigrationStep step) const;  // done
};
Regime regime_of(const MigrationRecords& records) noexcept;

// Whether the step may touch the source at its old place: list, freeze, empty, delete. No such step
// begins once it is handed over, but the deletion itself, which settles its own doubt.
bool touches_source(MigrationStep step) noexcept;
bool may_run(MigrationStep step, Regime regime) noexcept;

struct Position {
  std::optional<MigrationStep> next;  // none: all is done
  // Done before, and standing only while a job keeps it: to be made sure of again, in this order,
  // before `next` begins.
  std::vector<MigrationStep> renew;
};
Position position(const std::vector<MigrationStep>& order, const MigrationRecords& records);

// False once objects are given back: a run that went on emptying would take away what the undo has
// just copied. Then only the undo goes on.
bool may_go_forward(const MigrationRecords& records) noexcept;

// The step to go back to when the source or the temporary bucket turned out to have changed under
// a step that relies on them; all steps from there on are to be done again. None: the step cannot
// be answered by another pass, or the source may have lost objects already, so that the temporary
// bucket must not be made like it any more.
std::optional<MigrationStep> after_change(MigrationStep step, Regime regime) noexcept;

enum class UndoStep : std::uint8_t {
  look,         // who is who
  check,        // that the temporary bucket has what was confirmed
  close,        // the source, as it was while it was emptied
  clear,        // what is left of histories
  copy_back,    // temporary bucket to source
  verify,       // against the digest that was confirmed
  discard,      // the temporary bucket, by a proven walk
  open_source,  // freeze and grant off, and back on what was switched off
};
std::string_view name(UndoStep step) noexcept;  // "copy-back"

// What is left to do, in its order. Empty where it is refused: the source is handed over (G1).
std::vector<UndoStep> undo_order(const MigrationRecords& records);

}  // namespace s3m::workflow
