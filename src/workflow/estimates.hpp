// estimates.hpp: how fast S3 works, from the best to the worst, for the times that plans tell.
//
// Layer   workflow; pure.
//
// These are ranges on purpose. The low end is what a warm bucket and a wide link allow, the high
// end what cold buckets and few requests in flight make of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/event.hpp"

namespace s3m::workflow {

inline constexpr std::uint64_t keys_per_page = 1000;

struct Speed {
  double fast, slow;
};
// A second. The fast copies, deletes and reads are what S3 promises for one partition, the slow
// ones what a cold bucket or few requests in flight gave in the comparisons of docs/benchmarks.md.
// Pages are listed in up to 32 places at once, or in one that cannot be split.
inline constexpr Speed copy_speed{3500, 300}, read_speed{5500, 500}, delete_speed{3500, 500};
inline constexpr Speed page_speed{200, 5}, byte_speed{4e9, 2e8};

// So many requests of a kind.
PlanRange time_at(std::string what, double requests, Speed speed);
// Copying, by `writes` requests, so many bytes: whichever takes longer.
PlanRange time_of_copies(std::string what, std::uint64_t writes, std::uint64_t bytes);

// The sum, as one range.
PlanRange total_of(const std::vector<PlanRange>& parts);

}  // namespace s3m::workflow
