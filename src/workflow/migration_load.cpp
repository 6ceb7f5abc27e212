#include "workflow/migration_load.hpp"

#include <algorithm>

#include "workflow/versioning.hpp"

namespace s3m::workflow {
namespace {

constexpr std::uint64_t keys_per_page = 1000;

// Listings of one side: one by the plan, two by the copy, by the proof, by its repetition just
// before the deletion (G23), by the emptying, and on hop two by the copy, the verification and the
// removal of the temporary bucket; four by each delta pass, of which there is one, or three.
constexpr std::uint64_t fewest_listings = 19, most_listings = 27;

// Looks at each object: the proof, its repetition and the verification look at both sides.
constexpr std::uint64_t looks_of_proofs = 6;
// Where the listings alone do not tell that two objects are the same, both emptyings look again.
constexpr std::uint64_t looks_of_emptyings = 4;
// Of what is copied in parts, by each hop: two HEADs, whether there are tags and annotations.
constexpr std::uint64_t reads_of_parts = 4;
// Permissions, sub-resources, policies, Denies, records: about as many whatever is in the bucket.
constexpr std::uint64_t fixed_requests = 400;

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

std::uint64_t pages(const transfer::Plan& plan) {
  return plan.source_objects / keys_per_page + 1;
}

// Of objects that show no tags so many are asked (transfer/tag_reader.hpp).
std::uint64_t asked_for_tags(std::uint64_t objects) {
  constexpr std::uint64_t all_of = 100, one_of = 100;
  return objects <= all_of ? objects : all_of + (objects - 1) / one_of;
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
  const auto of_copies = 2 * (plan.looks + reads_of_parts * plan.multipart);
  return {.writes = 2 * writes_per_hop(plan),
          .lists_low = fewest_listings * pages(plan),
          .lists_high = most_listings * pages(plan),
          .reads_low = looks_of_proofs * (looks * objects + asked_for_tags(objects)) + of_copies,
          .reads_high = (looks_of_proofs * (looks + 1) + looks_of_emptyings) * objects + of_copies,
          .deletes = 2 * (pages(plan) + plan.delete_markers),
          // The freeze is looked at before each page that is deleted.
          .others = fixed_requests + pages(plan),
          .tags = looks_of_proofs * (objects - asked_for_tags(objects))};
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
