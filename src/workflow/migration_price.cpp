#include "workflow/migration_price.hpp"

#include <algorithm>

#include "workflow/price_table.hpp"

namespace s3m::workflow {
namespace {

constexpr double seconds_per_day = 86'400, days_per_month = 30;

double thousand(double requests, double price) {
  return requests / 1000 * price;
}

double gigabytes(double bytes) {
  return bytes / gibibyte;
}

class Pricing {
 public:
  Pricing(const MigrationLoad& load, const Range& time)
      : load_(load),
        requests_(requests_of(load)),
        time_(time),
        source_(prices_or_usual(load.source_region, result_.notes)),
        destination_(prices_or_usual(load.destination_region, result_.notes)) {}

  MigrationPrice run() {
    copies();
    looks();
    if (load_.between_regions()) transfer();
    retrieval();
    storage();
    early_deletion();
    if (load_.kms) keys();
    result_.notes.emplace_back(
        "list prices, without volume tiers, discounts, free tiers and taxes; "
        "the storage of the new bucket in place of the old one is no part of it");
    return std::move(result_);
  }

 private:
  void line(std::string what, double low, double high) {
    result_.lines.push_back({std::move(what), low, high});
  }

  // The class that objects of `name` have in the temporary and in the final bucket.
  std::string_view copied_as(std::string_view name) const {
    return load_.storage_class.empty() ? name : std::string_view(load_.storage_class);
  }

  // Bytes as they are billed in the temporary bucket.
  double billed_there(std::string_view name, const s3m::transfer::ClassFigures& figures) const {
    const bool same = copied_as(name) == name;
    return static_cast<double>(same ? figures.billed_bytes : figures.bytes);
  }

  void copies() {
    double dollars = 0;
    for (const auto& [name, figures] : load_.plan.classes) {
      dollars += thousand(2 * static_cast<double>(figures.writes),
                          destination_.of(copied_as(name)).writes);
    }
    line("copying twice", dollars, dollars);
  }

  void looks() {
    // Listings and HEADs go to both regions: the dearer stands for both.
    const auto& here = source_.of("STANDARD");
    const auto& there = destination_.of("STANDARD");
    const auto dollars = [&](std::uint64_t lists, std::uint64_t reads) {
      const auto dear = static_cast<double>(lists + requests_.others);
      return thousand(dear, std::max(here.writes, there.writes)) +
             thousand(static_cast<double>(reads), std::max(read_price(source_), there.reads));
    };
    line("listing, looking and proving", dollars(requests_.lists_low, requests_.reads_low),
         dollars(requests_.lists_high, requests_.reads_high));
  }

  // A read, over the classes that the objects are in.
  double read_price(const RegionPrices& region) const {
    double sum = 0, objects = 0;
    for (const auto& [name, figures] : load_.plan.classes) {
      sum += static_cast<double>(figures.objects) * region.of(name).reads;
      objects += static_cast<double>(figures.objects);
    }
    return objects > 0 ? sum / objects : region.of("STANDARD").reads;
  }

  void transfer() {
    const double dollars =
        gigabytes(static_cast<double>(load_.plan.source_bytes)) * source_.transfer;
    line("transfer between regions", dollars, dollars);
  }

  void retrieval() {
    double dollars = 0;
    for (const auto& [name, figures] : load_.plan.classes) {
      const double read = gigabytes(static_cast<double>(figures.bytes));
      dollars += read * source_.of(name).retrieval;
      dollars += read * destination_.of(copied_as(name)).retrieval;
    }
    if (dollars > 0) line("retrieval of infrequent access classes", dollars, dollars);
  }

  double stored_days(double seconds) const {
    return seconds / seconds_per_day + load_.keep_temporary_days;
  }

  void storage() {
    double a_day = 0;
    for (const auto& [name, figures] : load_.plan.classes) {
      a_day += gigabytes(billed_there(name, figures)) * destination_.of(copied_as(name)).storage /
               days_per_month;
    }
    line("storage of the temporary bucket", a_day * stored_days(time_.low),
         a_day * stored_days(time_.high));
  }

  void early_deletion() {
    double source = 0, low = 0, high = 0;
    for (const auto& [name, figures] : load_.plan.classes) {
      source += gigabytes(figures.early_byte_days) * source_.of(name).storage / days_per_month;
      const double least = s3m::transfer::storage_class(copied_as(name)).minimum_days;
      const double a_day = gigabytes(billed_there(name, figures)) *
                           destination_.of(copied_as(name)).storage / days_per_month;
      low += a_day * std::max(0.0, least - stored_days(time_.high));
      high += a_day * std::max(0.0, least - stored_days(time_.low));
    }
    if (source > 0) line("early deletion in the source", source, source);
    if (high > 0) line("early deletion in the temporary bucket", low, high);
  }

  void keys() {
    // Each copy decrypts with one key and asks another for a data key; a look at a checksum
    // decrypts. Bucket keys save nearly all of it.
    const double requests =
        2 * static_cast<double>(requests_.writes) + static_cast<double>(requests_.reads_high);
    line("KMS requests", 0, requests / 10'000 * kms_10000_requests);
  }

  const MigrationLoad& load_;
  MigrationPrice result_;
  MigrationRequests requests_;
  Range time_;
  const RegionPrices& source_;
  const RegionPrices& destination_;
};

}  // namespace

MigrationPrice price_of(const MigrationLoad& load, const Range& time) {
  if (!load.aws) return {.lines = {}, .notes = {"prices are known of AWS alone"}};
  return Pricing(load, time).run();
}

}  // namespace s3m::workflow
