#include "workflow/migration_load.hpp"

#include <algorithm>

#include "workflow/versioning.hpp"

namespace s3m::workflow {
namespace {

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
  return time_of_copies(std::move(what), writes_per_hop(plan), plan.source_bytes);
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
  parts.push_back({"proofs", static_cast<double>(requests.reads_low) / read_speed.fast,
                   static_cast<double>(requests.reads_high) / read_speed.slow});
  parts.push_back(
      time_at("emptying the source and the temporary bucket", 2 * objects, delete_speed));
  parts.push_back(load.aws ? Range{"waiting for the name", 10, 2 * hour}
                           : Range{"waiting for the name", 0, minute});
  parts.push_back(copying("copy to the final bucket", load.plan));
  return parts;
}

}  // namespace s3m::workflow
