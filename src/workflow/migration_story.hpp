// migration_story.hpp: what the store knows of a migration beside its steps, for reports and for
// people.
//
// Layer      workflow.
// Threading  on the store's thread, or where there is no other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "store/store.hpp"
#include "workflow/configuration/parts.hpp"
#include "workflow/configuration/rewrite.hpp"
#include "workflow/loss_book.hpp"

namespace s3m::workflow {

// What became of the bucket's configuration.
struct ConfigurationStory {
  struct Changed {
    std::string setting, where, from, to;
    friend bool operator==(const Changed&, const Changed&) = default;
  };
  std::uint64_t settings = 0;  // carried
  std::vector<Changed> changed;
  std::vector<std::string> not_carried, notes;  // sentences
  friend bool operator==(const ConfigurationStory&, const ConfigurationStory&) = default;
};
ConfigurationStory story_of(const Rewritten& rewritten);
std::string to_json(const ConfigurationStory& story);
// Errors: protocol for a text that to_json() did not write.
Result<ConfigurationStory> configuration_story_from_json(std::string_view text);

// Between the source's deletion and the moment in which the name was seen to be the job's own
// anybody could have taken it.
struct Exposure {
  WallTime from;
  std::optional<WallTime> until;  // unset: it goes on
  // The run that deleted the source is not the one that took the name: the time is in it in which
  // nothing ran, and perhaps some in which the name was ours already.
  bool spans_runs = false;

  std::optional<double> seconds() const noexcept;
};
// "22.1 s", "at most 1h2m, the time between two runs included".
std::string exposure_text(double seconds, bool spans_runs);

struct MigrationStory {
  struct Place {
    std::string bucket, region, account;
  };
  struct Freeze {
    WallTime proven_at;
    std::string dialect;
    std::uint64_t settled_seconds = 0;
  };
  struct Confirmation {
    std::string digest, how, by;
    std::optional<WallTime> at;
  };
  Place source, destination;
  std::string temporary_bucket, manifest;  // empty: not yet
  bool all_versions = false;
  // Proven before the confirmation.
  std::uint64_t objects = 0, bytes = 0, weak = 0;
  std::string digest;
  std::optional<Freeze> freeze;
  bool source_is_quiet = false;  // by the operator's word
  std::optional<Confirmation> confirmation;
  std::optional<Exposure> exposure;
  LossBook losses;
  ConfigurationStory configuration;
  // What becomes of each setting; unset: not known yet.
  std::optional<std::vector<ConfigurationPart>> parts{};
};

// Errors: those of the store; protocol where it holds what nobody wrote.
Result<MigrationStory> read_migration_story(store::Store& store, const std::string& job_id);

// What becomes of each setting; nullopt where that is not known yet, and of a job that moves no
// bucket. Errors: as read_migration_story().
Result<std::optional<std::vector<ConfigurationPart>>> read_configuration_parts(
    store::Store& store, const std::string& job_id);

// One object, as reports and `jobs show --json` have it: what is not known is null.
std::string to_json(const MigrationStory& story);

// What no migration can carry, in one sentence.
inline constexpr std::string_view new_by_nature =
    "version ids and LastModified: no service can be told them";

}  // namespace s3m::workflow
