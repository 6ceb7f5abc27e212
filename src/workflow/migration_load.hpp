// migration_load.hpp: how much a migration has to do, as far as listings and configuration tell,
// and what follows from it: requests and time.
//
// Layer  workflow; pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "transfer/transfer.hpp"
#include "workflow/estimates.hpp"

namespace s3m::workflow {

using Range = PlanRange;

struct MigrationLoad {
  std::string source_region, destination_region;
  transfer::Plan plan;        // of all of the source into an empty bucket
  bool aws = true;            // else nothing is known of prices, and nothing has to settle
  bool all_versions = false;  // of a bucket that may have had no versions before
  bool kms = false;           // the configuration says that objects are under KMS keys
  bool acls = false;          // ACLs are looked at
  std::string storage_class;  // that the copies get; empty: each its own
  unsigned keep_temporary_days = 0;

  bool between_regions() const { return source_region != destination_region; }
};

// Requests of a whole migration, step by step as the steps are; held to what one sends by
// tests/workflow/migration_requests_test.cpp.
struct MigrationRequests {
  std::uint64_t writes = 0;  // copies, parts; both hops
  std::uint64_t lists_low = 0, lists_high = 0;
  std::uint64_t reads_low = 0, reads_high = 0;  // HEADs and their kin
  std::uint64_t deletes = 0;                    // both emptyings, delete markers; free of charge
  std::uint64_t others = 0;                     // permissions, configuration, policies, records
  std::uint64_t tags = 0;  // more than that, where each object has tags; no listing tells
  std::uint64_t total() const noexcept { return writes + lists_low + reads_low + deletes + others; }
};
MigrationRequests requests_of(const MigrationLoad& load);

// A line for each part of the time, in seconds, in their order.
std::vector<Range> times_of(const MigrationLoad& load);

}  // namespace s3m::workflow
