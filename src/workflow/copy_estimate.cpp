#include "workflow/copy_estimate.hpp"

#include <algorithm>

#include "workflow/estimates.hpp"
#include "workflow/price_table.hpp"

namespace s3m::workflow {
namespace {

struct Requests {
  std::uint64_t writes = 0;                       // copies and parts
  std::uint64_t lists_low = 0, lists_high = 0;    // pages
  std::uint64_t looks = 0;                        // before a copy, for what no copy carries
  std::uint64_t proofs_low = 0, proofs_high = 0;  // after it, for a checksum
};

std::uint64_t pages_of(const transfer::Plan& plan) {
  return plan.source_objects / keys_per_page + plan.destination_objects / keys_per_page + 2;
}

Requests requests_of(const CopyEstimate& terms, const transfer::Plan& plan) {
  Requests out{.looks = plan.looks};
  for (const auto& [name, load] : plan.copies)
    out.writes += load.writes;
  const bool verifies = terms.verify != transfer::VerifyMode::none;
  // By the copy, by who verifies, and by who counts what is to be deleted and deletes it.
  const std::uint64_t walks = 1 + (verifies ? 1 : 0) + (terms.deletes ? 2 : 0);
  out.lists_low = walks * pages_of(plan);
  // A long copy counts its source ahead.
  out.lists_high = out.lists_low + plan.source_objects / keys_per_page + 1;
  const auto both_sides = 2 * (plan.source_objects - plan.delete_markers);
  if (terms.verify == transfer::VerifyMode::checksum) {
    out.proofs_low = out.proofs_high = both_sides;
  } else if (verifies && terms.strict) {
    // What is weak by the listings: nothing, or, where ETags cannot be compared, all.
    out.proofs_high = both_sides;
  }
  return out;
}

class CopyPricing {
 public:
  CopyPricing(PlanEvent& event, const CopyEstimate& terms, const transfer::Plan& plan)
      : event_(event),
        terms_(terms),
        plan_(plan),
        requests_(requests_of(terms, plan)),
        source_(prices_or_usual(terms.source_region, event.warnings)),
        destination_(prices_or_usual(terms.destination_region, event.warnings)) {}

  void run() {
    copies();
    looks();
    if (terms_.source_region != terms_.destination_region) between_regions();
    retrieval();
    if (terms_.options.encryption.starts_with("aws:kms")) keys();
    event_.prices_as_of = prices_as_of;
    event_.warnings.emplace_back(
        "list prices, without volume tiers, discounts, free tiers and taxes; the storage of the "
        "copies is no part of it");
    if (event_.archived > 0)
      event_.warnings.emplace_back("restoring archived objects is no part of cost and time");
  }

 private:
  void line(std::string what, double low, double high) {
    event_.prices.push_back({std::move(what), low, high});
  }

  std::string_view copied_as(std::string_view name) const {
    const auto& wanted = terms_.options.storage_class;
    return wanted.empty() ? name : std::string_view(wanted);
  }

  void copies() {
    double dollars = 0;
    for (const auto& [name, load] : plan_.copies)
      dollars += static_cast<double>(load.writes) / 1000 * destination_.of(copied_as(name)).writes;
    line("copying", dollars, dollars);
  }

  // Listings and HEADs go to both regions: the dearer stands for both.
  void looks() {
    const auto& here = source_.of("STANDARD");
    const auto& there = destination_.of("STANDARD");
    double reads = there.reads;
    for (const auto& [name, figures] : plan_.classes)
      reads = std::max(reads, source_.of(name).reads);
    const auto dollars = [&](std::uint64_t lists, std::uint64_t heads) {
      return (static_cast<double>(lists) * std::max(here.writes, there.writes) +
              static_cast<double>(heads) * reads) /
             1000;
    };
    line("listing, looking and verifying",
         dollars(requests_.lists_low, requests_.looks + requests_.proofs_low),
         dollars(requests_.lists_high, requests_.looks + requests_.proofs_high));
  }

  void between_regions() {
    const double dollars = static_cast<double>(plan_.to_copy_bytes) / gibibyte * source_.transfer;
    line("transfer between regions", dollars, dollars);
  }

  void retrieval() {
    double dollars = 0;
    for (const auto& [name, load] : plan_.copies)
      dollars += static_cast<double>(load.bytes) / gibibyte * source_.of(name).retrieval;
    if (dollars > 0) line("retrieval of infrequent access classes", dollars, dollars);
  }

  // A copy asks a key for a data key; bucket keys save nearly all of it.
  void keys() {
    line("KMS requests", 0, static_cast<double>(requests_.writes) / 10'000 * kms_10000_requests);
  }

  PlanEvent& event_;
  const CopyEstimate& terms_;
  const transfer::Plan& plan_;
  const Requests requests_;
  const RegionPrices& source_;
  const RegionPrices& destination_;
};

std::vector<PlanRange> times_of(const CopyEstimate& terms, const transfer::Plan& plan) {
  const auto requests = requests_of(terms, plan);
  std::vector<PlanRange> parts;
  parts.push_back({"listing", static_cast<double>(requests.lists_low) / page_speed.fast,
                   static_cast<double>(requests.lists_high) / page_speed.slow});
  if (requests.looks > 0)
    parts.push_back(
        time_at("looking at attributes", static_cast<double>(requests.looks), read_speed));
  parts.push_back(time_of_copies("copying", requests.writes, plan.to_copy_bytes));
  if (terms.deletes && plan.destination_only > 0) {
    parts.push_back(time_at("deleting", static_cast<double>(plan.destination_only), delete_speed));
  }
  if (requests.proofs_high > 0) {
    parts.push_back({"verifying", static_cast<double>(requests.proofs_low) / read_speed.fast,
                     static_cast<double>(requests.proofs_high) / read_speed.slow});
  }
  return parts;
}

}  // namespace

void fill_estimate(PlanEvent& event, const CopyEstimate& terms, const transfer::Plan& plan) {
  event.times = times_of(terms, plan);
  const auto time = total_of(event.times);
  event.low_seconds = time.low;
  event.high_seconds = time.high;
  if (terms.aws) {
    CopyPricing(event, terms, plan).run();
  } else {
    event.warnings.emplace_back("prices are known of AWS alone");
  }
  const auto dollars = total_of(event.prices);
  event.low_dollars = dollars.low;
  event.high_dollars = dollars.high;
}

}  // namespace s3m::workflow
