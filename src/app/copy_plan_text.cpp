#include "app/copy_plan_text.hpp"

#include <fmt/format.h>

#include "app/figures_text.hpp"
#include "app/migration_plan_text.hpp"
#include "base/counted.hpp"
#include "base/text.hpp"
#include "workflow/verdict.hpp"

namespace s3m::app {
namespace {

void add_estimate(std::string& out, const PlanEvent& plan) {
  if (plan.times.empty()) return;
  out += table_row("time", duration_range_text(plan.low_seconds, plan.high_seconds));
  for (const auto& [what, low, high] : plan.times)
    out += table_row("", fmt::format("{}: {}", what, duration_range_text(low, high)));
  if (!plan.prices.empty()) {
    out += table_row(
        "price", fmt::format("{} (list prices of {})",
                             dollars_text(plan.low_dollars, plan.high_dollars), plan.prices_as_of));
  }
  for (const auto& [what, low, high] : plan.prices)
    out += table_row("", fmt::format("{}: {}", what, dollars_text(low, high)));
  for (const auto& warning : plan.warnings)
    out += table_row("note", single_line(warning));
}

}  // namespace

std::string plan_table(const PlanEvent& plan) {
  std::string out;
  const auto row = [&out](std::string_view name, const std::string& value) {
    out += table_row(name, value);
  };
  row("in the source",
      fmt::format("{}, {}", workflow::counted_objects(plan.objects, plan.all_versions),
                  human_bytes(plan.bytes)));
  if (plan.all_versions) {
    row("of", counted(plan.version_keys, "key"));
    row("delete markers in it", human_count(plan.delete_markers));
    row("delete markers to make", human_count(plan.markers_to_copy));
    if (plan.other_histories > 0) {
      row("OTHER HISTORIES", counted(plan.other_histories, "key") +
                                 ": what the destination has is no beginning of the source's");
    }
  }
  row("to copy", fmt::format("{}, {}", workflow::counted_objects(plan.to_copy, plan.all_versions),
                             human_bytes(plan.to_copy_bytes)));
  row("the same already",
      fmt::format("{}{}", human_count(plan.same + plan.same_weak),
                  plan.same_weak == 0
                      ? ""
                      : fmt::format(", of them {} by weak proof", human_count(plan.same_weak))));
  row("in parts", human_count(plan.multipart));
  row("requests", "about " + human_count(plan.requests) +
                      (plan.looks == 0 ? ""
                                       : fmt::format(", of them {} to look at attributes",
                                                     human_count(plan.looks))));
  row(plan.deletes ? "to delete" : "only in destination",
      fmt::format("{} of {} there", human_count(plan.destination_only),
                  counted(plan.destination_objects, plan.all_versions ? "key" : "object")));
  if (plan.archived > 0) {
    row("archived", human_count(plan.archived) + "; they must be restored first (--restore)");
  }
  if (plan.objects > 0) {
    row("first key", printable(plan.first_key));
    row("last key", printable(plan.last_key));
  }
  row("destination bucket",
      plan.destination_exists
          ? "is there"
          : fmt::format("will be made in {}", plan.destination_region.empty()
                                                  ? "the server's region"
                                                  : printable(plan.destination_region)));
  add_estimate(out, plan);
  return out;
}

}  // namespace s3m::app
