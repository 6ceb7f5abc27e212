#include "workflow/price_table.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {
namespace {

constexpr auto usual = std::to_array<ClassPrices>({
    {"STANDARD", 0.023, 0.005, 0.0004, 0},
    {"INTELLIGENT_TIERING", 0.023, 0.005, 0.0004, 0},
    {"STANDARD_IA", 0.0125, 0.01, 0.001, 0.01},
    {"ONEZONE_IA", 0.01, 0.01, 0.001, 0.01},
    {"GLACIER_IR", 0.004, 0.02, 0.01, 0.03},
});

constexpr auto frankfurt = std::to_array<ClassPrices>({
    {"STANDARD", 0.0245, 0.0054, 0.00043, 0},
    {"INTELLIGENT_TIERING", 0.0245, 0.0054, 0.00043, 0},
    {"STANDARD_IA", 0.0135, 0.01, 0.001, 0.01},
    {"ONEZONE_IA", 0.0108, 0.01, 0.001, 0.01},
    {"GLACIER_IR", 0.005, 0.02, 0.01, 0.03},
});

constexpr auto singapore = std::to_array<ClassPrices>({
    {"STANDARD", 0.025, 0.005, 0.0004, 0},
    {"INTELLIGENT_TIERING", 0.025, 0.005, 0.0004, 0},
    {"STANDARD_IA", 0.0138, 0.01, 0.001, 0.01},
    {"ONEZONE_IA", 0.011, 0.01, 0.001, 0.01},
    {"GLACIER_IR", 0.005, 0.02, 0.01, 0.03},
});

constexpr auto regions = std::to_array<RegionPrices>({
    {"us-east-1", usual, 0.02},
    {"us-east-2", usual, 0.02},
    {"us-west-2", usual, 0.02},
    {"eu-west-1", usual, 0.02},
    {"eu-central-1", frankfurt, 0.02},
    {"ap-southeast-1", singapore, 0.09},
});

}  // namespace

const ClassPrices& RegionPrices::of(std::string_view storage_class) const noexcept {
  const auto found = std::ranges::find(classes, storage_class, &ClassPrices::storage_class);
  return found == classes.end() ? classes.front() : *found;
}

const RegionPrices* prices_of(std::string_view region) noexcept {
  const auto* const found = std::ranges::find(regions, region, &RegionPrices::region);
  return found == regions.end() ? nullptr : found;
}

const RegionPrices& usual_prices() noexcept {
  return regions.front();
}

const RegionPrices& prices_or_usual(std::string_view region, std::vector<std::string>& notes) {
  if (const auto* const prices = prices_of(region)) return *prices;
  auto note = fmt::format(
      "no prices are known for {}: those of {} stand in for them, and the true ones may be up to "
      "twice as high",
      region.empty() ? "the region" : printable(region), usual_prices().region);
  if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
  return usual_prices();
}

}  // namespace s3m::workflow
