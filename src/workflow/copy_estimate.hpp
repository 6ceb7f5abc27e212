// copy_estimate.hpp: what a copy costs, in dollars and in time.
//
// Layer   workflow; pure.
// Source  price_table.hpp; estimates.hpp. Cross-region copies are billed to the source's account.
//
// What the copies cost while they are stored is no part of it.
#pragma once

#include <string>

#include "base/event.hpp"
#include "transfer/transfer.hpp"

namespace s3m::workflow {

struct CopyEstimate {
  std::string source_region, destination_region;
  bool aws = true;  // else nothing is known of prices
  transfer::CopyOptions options;
  transfer::VerifyMode verify = transfer::VerifyMode::listing;
  bool strict = false;   // weak pairs are looked at
  bool deletes = false;  // what the source lacks
};

// Prices, times and what they leave out, into the event of `plan`.
void fill_estimate(PlanEvent& event, const CopyEstimate& terms, const transfer::Plan& plan);

}  // namespace s3m::workflow
