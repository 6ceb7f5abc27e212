// migration_price.hpp: what a migration costs, in dollars.
//
// Layer   workflow; pure.
// Source  price_table.hpp; Amazon S3 user guide for the least durations and sizes; cross-region
//         copies are billed to the source's account.
//
// What the objects cost in their new place instead of their old one is no part of it.
#pragma once

#include <string>
#include <vector>

#include "workflow/migration_load.hpp"

namespace s3m::workflow {

struct MigrationPrice {
  std::vector<Range> lines;        // in dollars; empty where the service is not AWS
  std::vector<std::string> notes;  // what the figures leave out or take for granted
};

// `time`: how long it takes in all, in seconds.
MigrationPrice price_of(const MigrationLoad& load, const Range& time);

}  // namespace s3m::workflow
