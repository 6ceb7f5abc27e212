// parts.hpp: what becomes of each setting of a bucket that moves, for people.
//
// Layer   workflow; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/configuration/configuration.hpp"

namespace s3m::workflow {

enum class PartState : std::uint8_t {
  same,         // byte for byte
  rewritten,    // it names accounts, regions or buckets that change
  not_carried,  // `note` says why, and what to do about it
  added,        // said of the new bucket, where the old one said nothing
};
std::string_view name(PartState state) noexcept;  // "not-carried"

struct ConfigurationPart {
  std::string name;  // "lifecycle", "inventory \"weekly\""
  PartState state = PartState::same;
  std::optional<std::string> source, destination;  // the documents
  std::string note;                                // sentences; empty: there is nothing to say
};

// What rewrite() said beside the documents: sentences that begin with a part's name and a colon.
struct PartNotes {
  std::vector<std::string> not_carried, notes;
};

// In the order of the source's configuration, and then what is added.
std::vector<ConfigurationPart> configuration_parts(const Configuration& source,
                                                   const Configuration& destination,
                                                   const PartNotes& notes);

}  // namespace s3m::workflow
