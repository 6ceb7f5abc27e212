#include "app/migration_plan_text.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::app {
namespace {

void row(std::string& out, std::string_view name, const std::string& value) {
  out += fmt::format("  {:<22}{}\n", name, value);
}

std::string money(double dollars) {
  if (dollars >= 100) return fmt::format("{:.0f}", dollars);
  return fmt::format("{:.2f}", dollars);
}

void source_rows(std::string& out, const MigrationPlanEvent& plan) {
  row(out, "bucket",
      fmt::format("{}, from {} to {}", printable(plan.bucket), printable(plan.source_region),
                  printable(plan.destination_region)));
  if (plan.times.empty()) {
    row(out, "in the source", "not counted: it cannot be migrated as it is");
    return;
  }
  row(out, "in the source",
      fmt::format("{} objects, {}", human_count(plan.objects), human_bytes(plan.bytes)));
  if (plan.all_versions) {
    row(out, "of them",
        fmt::format("{} keys, {} delete markers", human_count(plan.version_keys),
                    human_count(plan.delete_markers)));
    row(out, "not kept", "version ids, LastModified: no service can be told them");
  }
  if (plan.objects > 0) {
    row(out, "first key", printable(plan.first_key));
    row(out, "last key", printable(plan.last_key));
  }
  row(out, "in parts", human_count(plan.multipart));
  row(out, "requests", "about " + human_count(plan.requests));
}

void range_rows(std::string& out, const MigrationPlanEvent& plan) {
  if (plan.times.empty()) return;
  row(out, "time", duration_range_text(plan.low_seconds, plan.high_seconds));
  for (const auto& [what, low, high] : plan.times)
    row(out, "", fmt::format("{}: {}", what, duration_range_text(low, high)));
  if (plan.prices.empty()) return;
  row(out, "price",
      fmt::format("{} (list prices of {})", dollars_text(plan.low_dollars, plan.high_dollars),
                  plan.prices_as_of));
  for (const auto& [what, low, high] : plan.prices)
    row(out, "", fmt::format("{}: {}", what, dollars_text(low, high)));
}

void permission_rows(std::string& out, const MigrationPlanEvent& plan) {
  if (plan.permissions.empty()) return;
  const auto count = [&](std::string_view state) {
    return std::ranges::count(plan.permissions, state, &MigrationPlanEvent::Permission::state);
  };
  row(out, "permissions",
      fmt::format("{} proven, {} inferred, {} unproven, {} denied", count("proven"),
                  count("inferred"), count("unproven"), count("denied")));
  for (const auto& one : plan.permissions) {
    if (one.state == "proven" || one.state == "inferred") continue;
    row(out, "",
        fmt::format("{} {}: {} on {}: {}", one.state, one.side, one.action, printable(one.resource),
                    single_line(one.how)));
  }
  const auto add = [&](std::string_view side, const std::string& policy) {
    if (policy.empty()) return;
    out += fmt::format("  To be sure, add to the policies of the {} identity:\n  {}\n", side,
                       single_line(policy));
  };
  add("source", plan.source_policy);
  add("destination", plan.destination_policy);
}

}  // namespace

std::string dollars_text(double low, double high) {
  if (high < 0.01) return "less than $0.01";
  if (money(low) == money(high)) return "$" + money(high);
  return fmt::format("${}-{}", money(low), money(high));
}

std::string duration_range_text(double low_seconds, double high_seconds) {
  const auto text = [](double seconds) {
    const auto rounded = static_cast<std::int64_t>(std::ceil(seconds));
    return human_duration(std::chrono::seconds(rounded));
  };
  const auto low = text(low_seconds), high = text(high_seconds);
  return low == high ? high : low + " - " + high;
}

std::string migration_plan_text(const MigrationPlanEvent& plan) {
  std::string out;
  source_rows(out, plan);
  range_rows(out, plan);
  permission_rows(out, plan);
  for (const auto& warning : plan.warnings)
    row(out, "note", single_line(warning));
  for (const auto& refusal : plan.refusals) {
    row(out, "REFUSED", fmt::format("{}: {}", refusal.code, single_line(refusal.reason)));
    row(out, "  way out", single_line(refusal.way_out));
  }
  if (!plan.advice.empty()) out += "  " + single_line(plan.advice) + "\n";
  return out;
}

}  // namespace s3m::app
