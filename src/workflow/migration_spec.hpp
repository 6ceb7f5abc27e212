// migration_spec.hpp: what the user asked of a migration.
//
// Layer   workflow; a value.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workflow/copy_spec.hpp"
#include "workflow/migration_machine.hpp"

namespace s3m::workflow {

struct MigrationSpec {
  CopySpec copy;  // of both hops; its filter, deletion and versions stay as they are by default
  FreezeTime freeze = FreezeTime::late;
  // How long requests in flight may go on after the freeze was proven; unset: as the service needs.
  std::optional<std::chrono::milliseconds> freeze_settle;
  bool source_is_quiet = false;  // the operator's word, where a service cannot freeze (guard G4)
  // The bucket's name: confirms unattended, where nothing is in doubt.
  std::string confirm_delete;
  // Who is to stand in the record as having confirmed; empty: who sits at this program.
  std::string confirmed_by;
  // In which way it is confirmed where this run was begun (fact::confirmed_how); empty: here. Where
  // it is said, no word that was given in another way counts, as long as nothing is deleted.
  std::string confirmed_how;
  bool accept_weak_proof = false, accept_unpinned_delete = false;
  std::optional<std::chrono::milliseconds> name_wait;  // unset: until it is stopped
  std::string rename;                                  // another name, where the own one was taken
  unsigned keep_temporary_days = 0;
  bool readable_meanwhile = false;  // the final bucket may be read before it is complete
  std::vector<std::pair<std::string, std::string>> rewrites;  // in the configuration
  // What was asked, in the words of whoever asked: for the record in the temporary bucket
  // (BucketRecord::options). Nothing of it is read here.
  std::vector<std::string> options;
};

}  // namespace s3m::workflow
