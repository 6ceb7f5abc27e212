#include "workflow/migration_load.hpp"

#include <algorithm>

#include "workflow/versioning.hpp"

namespace s3m::workflow {
namespace {

constexpr std::uint64_t keys_per_page = 1000;

// Listings of one side: by the plan, the copy, at least two delta passes, the proofs, the emptying;
// hop two copies, verifies and discards. Each further delta pass lists both sides.
constexpr std::uint64_t fewest_listings = 16, most_listings = 24;

// Attribute proofs look at both sides, before the confirmation and at the end.
constexpr std::uint64_t proofs = 4;

struct Speed {
  double fast, slow;
};
// A second. The fast copies, deletes and reads are what S3 promises for one partition, the slow
// ones what a cold bucket or few requests in flight gave in the comparisons of docs/benchmarks.md.
constexpr Speed copies{3500, 300}, reads{5500, 500}, deletes{3500, 500};
constexpr Speed copied_bytes{4e9, 2e8};

constexpr double minute = 60, hour = 3600;

std::uint64_t writes_per_hop(const transfer::Plan& plan) {
  std::uint64_t writes = 0;
  for (const auto& [name, figures] : plan.classes)
    writes += figures.writes;
  return writes;
}

std::uint64_t lists(const transfer::Plan& plan, std::uint64_t times) {
  return times * (plan.source_objects / keys_per_page + 1);
}

Range copying(std::string what, const transfer::Plan& plan) {
  const auto writes = static_cast<double>(writes_per_hop(plan));
  const auto bytes = static_cast<double>(plan.source_bytes);
  return {std::move(what), std::max(writes / copies.fast, bytes / copied_bytes.fast),
          std::max(writes / copies.slow, bytes / copied_bytes.slow)};
}

Range at(std::string what, double requests, Speed speed) {
  return {std::move(what), requests / speed.fast, requests / speed.slow};
}

}  // namespace

MigrationRequests requests_of(const MigrationLoad& load) {
  const auto& plan = load.plan;
  const std::uint64_t objects = plan.source_objects - plan.delete_markers;
  const std::uint64_t looks = load.acls ? 2 : 1;
  return {.writes = 2 * writes_per_hop(plan),
          .lists_low = lists(plan, fewest_listings),
          .lists_high = lists(plan, most_listings),
          .reads_low = proofs * looks * objects,
          // Tags, and what a listing leaves open, take a look more.
          .reads_high = proofs * (looks + 1) * objects};
}

std::vector<Range> times_of(const MigrationLoad& load) {
  const auto requests = requests_of(load);
  const auto objects = static_cast<double>(load.plan.source_objects);
  std::vector<Range> parts;
  if (load.aws && load.all_versions) {
    const auto settling = static_cast<double>(std::chrono::seconds(settling_on_aws).count());
    parts.push_back({"versioning settles in two new buckets", 2 * settling, 2 * settling});
  }
  parts.push_back(copying("copy to the temporary bucket", load.plan));
  if (load.aws) parts.push_back({"the freeze settles", 15 * minute, 15 * minute});
  parts.push_back({"proofs", static_cast<double>(requests.reads_low) / reads.fast,
                   static_cast<double>(requests.reads_high) / reads.slow});
  parts.push_back(at("emptying the source and the temporary bucket", 2 * objects, deletes));
  parts.push_back(load.aws ? Range{"waiting for the name", 10, 2 * hour}
                           : Range{"waiting for the name", 0, minute});
  parts.push_back(copying("copy to the final bucket", load.plan));
  return parts;
}

Range total_of(const std::vector<Range>& parts) {
  Range total;
  for (const auto& part : parts) {
    total.low += part.low;
    total.high += part.high;
  }
  return total;
}

}  // namespace s3m::workflow
