// price_table.hpp: what AWS charges for S3, by region and storage class.
//
// Layer   workflow; pure.
// Source  the AWS Price List (AmazonS3, AWSDataTransfer, awskms) and aws.amazon.com/s3/pricing.
// List
//         prices in US dollars, the first volume tier, without free tiers, discounts and taxes.
//         docs/preflight.md says which rows were read from where.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::workflow {

// When the oldest of the figures was read.
inline constexpr std::string_view prices_as_of = "2025-10-28";

inline constexpr double gibibyte = 1'073'741'824.0;  // what S3 calls a GB

struct ClassPrices {
  std::string_view storage_class;
  double storage = 0;    // a GB and month of 30 days
  double writes = 0;     // 1,000 requests of the kind of PUT, COPY, LIST
  double reads = 0;      // 1,000 of the kind of GET, HEAD
  double retrieval = 0;  // a GB that is read
};

struct RegionPrices {
  std::string_view region;
  std::span<const ClassPrices> classes;  // STANDARD first
  double transfer = 0;                   // a GB to another region

  // A class that is not in the table costs what STANDARD does.
  const ClassPrices& of(std::string_view storage_class) const noexcept;
};

// Null for a region that is not in the table.
const RegionPrices* prices_of(std::string_view region) noexcept;
// The region whose prices stand in for those of one that is not in the table.
const RegionPrices& usual_prices() noexcept;

// Those of `region`, or, with a sentence in `notes`, the usual ones.
const RegionPrices& prices_or_usual(std::string_view region, std::vector<std::string>& notes);

inline constexpr double kms_10000_requests = 0.03;

}  // namespace s3m::workflow
