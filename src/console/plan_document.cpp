#include "console/plan_document.hpp"

#include <array>

#include <boost/json/array.hpp>

#include "base/text.hpp"
#include "workflow/permissions.hpp"

namespace s3m::console {
namespace {

namespace json = boost::json;
using Right = MigrationPlanEvent::Permission;

std::string_view name(PlanState state) {
  constexpr auto names = std::to_array<std::string_view>({"running", "done", "failed"});
  return names.at(static_cast<std::size_t>(state));
}

bool is_sure(const Right& right) {
  return right.state == "proven" || right.state == "inferred";
}

json::array permissions(const std::vector<Right>& rights) {
  json::array out;
  for (const auto& right : rights) {
    const workflow::Permission alone{
        .side = right.side, .action = right.action, .resource = right.resource, .how = {}};
    out.push_back(json::object{{"side", right.side},
                               {"action", right.action},
                               {"resource", printable(right.resource)},
                               {"verdict", right.state},
                               {"how", single_line(right.how)},
                               {"policy_json", is_sure(right) ? "" : workflow::policy_for(alone)}});
  }
  return out;
}

json::array refusals(const MigrationPlanEvent& plan) {
  json::array out;
  for (const auto& refusal : plan.refusals) {
    out.push_back(json::object{{"code", refusal.code},
                               {"reason", printable(refusal.reason)},
                               {"way_out", printable(refusal.way_out)}});
  }
  return out;
}

// The event's own fields, without those that have a place of their own in the document.
json::value figures(const PlanFound& found) {
  json::object out;
  if (found.copy) out = fields_of(*found.copy);
  if (found.migration) out = fields_of(*found.migration);
  if (out.empty()) return nullptr;
  for (const auto* const name : {"refusals", "permissions", "source_policy", "destination_policy"})
    out.erase(name);
  return out;
}

json::value progress(const PlanFound& found) {
  if (!found.progress || found.state != PlanState::running) return nullptr;
  return json::object{{"step", found.progress->step},
                      {"objects", found.progress->objects_done},
                      {"bytes", found.progress->bytes_done}};
}

}  // namespace

json::object plan_document(const std::string& id, const PlanFound& found) {
  std::vector<Right> rights;
  json::object policies{{"source", ""}, {"destination", ""}};
  const auto take = [&](const auto& event) {
    rights = event.permissions;
    policies = {{"source", event.source_policy}, {"destination", event.destination_policy}};
  };
  if (found.access) take(*found.access);
  if (found.migration) take(*found.migration);
  json::array notes;
  for (const auto& note : found.notes)
    notes.emplace_back(printable(note));
  return {{"id", id},
          {"state", name(found.state)},
          {"refusals", found.migration ? refusals(*found.migration) : json::array()},
          {"permissions", permissions(rights)},
          {"policies", std::move(policies)},
          {"plan", figures(found)},
          {"notes", std::move(notes)},
          {"progress", progress(found)},
          {"problem",
           found.problem.empty() ? json::value(nullptr) : json::value(single_line(found.problem))}};
}

}  // namespace s3m::console
