#include "workflow/migration_machine.hpp"

#include <algorithm>
#include <array>

namespace s3m::workflow {
namespace {

using enum MigrationStep;

struct Traits {
  MigrationStep step;
  std::string_view name;
  PercentSpan percent;
  bool touches_source;
};

constexpr std::array traits{
    Traits{preflight, "preflight", {0, 0}, true},
    Traits{temporary_bucket, "temporary-bucket", {0, 5}, false},
    Traits{grant, "grant", {5, 5}, true},
    Traits{copy, "copy", {6, 49}, true},
    Traits{freeze, "freeze", {5, 49}, true},
    Traits{delta, "delta", {49, 49}, true},
    Traits{prove, "prove", {49, 49}, true},
    Traits{confirm, "confirm", {49, 49}, true},
    Traits{silence, "silence", {49, 49}, true},
    Traits{empty, "empty", {49, 49}, true},
    Traits{delete_source, "delete-source", {49, 50}, true},
    Traits{take_name, "take-name", {50, 55}, false},
    Traits{configuration, "configuration", {55, 55}, false},
    Traits{copy_back, "copy-back", {56, 99}, false},
    Traits{verify, "verify", {99, 99}, false},
    Traits{last_configuration, "last-configuration", {99, 99}, false},
    Traits{open, "open", {99, 99}, false},
    Traits{discard, "discard", {99, 99}, false},
    Traits{report, "report", {99, 100}, false},
};

constexpr const Traits& of(MigrationStep step) noexcept {
  return traits[static_cast<std::size_t>(step)];
}

static_assert(std::ranges::all_of(traits,
                                  [](const Traits& each) { return &of(each.step) == &each; }));

// What a step leaves standing for later steps, up to the one that ends it.
struct Standing {
  MigrationStep made_by, last_needed_by;
};
constexpr std::array standing{
    Standing{preflight, delete_source},  // who and where the two sides are
    Standing{temporary_bucket, discard}, Standing{grant, prove},
    Standing{freeze, delete_source},     Standing{take_name, discard},
};

constexpr auto giving_names = std::to_array<std::string_view>({"", "clearing", "copying", "given"});
constexpr auto undo_names = std::to_array<std::string_view>(
    {"look", "check", "close-source", "clear", "copy-back", "verify", "discard", "open-source"});

std::ptrdiff_t place(const std::vector<MigrationStep>& order, MigrationStep step) {
  return std::ranges::find(order, step) - order.begin();
}

}  // namespace

std::string_view name(MigrationStep step) noexcept {
  return of(step).name;
}

std::optional<MigrationStep> migration_step(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(traits, name, &Traits::name);
  if (found == traits.end()) return std::nullopt;
  return found->step;
}

PercentSpan percent_of(MigrationStep step) noexcept {
  return of(step).percent;
}

std::vector<MigrationStep> migration_order(FreezeTime freeze_time) {
  std::vector<MigrationStep> order;
  for (const auto& each : traits)
    order.push_back(each.step);
  if (freeze_time == FreezeTime::early) {
    std::erase(order, freeze);
    order.insert(std::ranges::find(order, copy), freeze);
  }
  return order;
}

std::string_view name(Giving giving) noexcept {
  return giving_names[static_cast<std::size_t>(giving)];
}

std::optional<Giving> giving(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(giving_names, name);
  if (found == giving_names.end()) return std::nullopt;
  return static_cast<Giving>(found - giving_names.begin());
}

bool MigrationRecords::has(MigrationStep step) const {
  const auto found = done.find(step);
  return found != done.end() && found->second;
}

Regime regime_of(const MigrationRecords& records) noexcept {
  if (records.source_delete) return Regime::handed_over;
  return records.first_delete ? Regime::emptying : Regime::untouched;
}

bool touches_source(MigrationStep step) noexcept {
  return of(step).touches_source;
}

bool may_run(MigrationStep step, Regime regime) noexcept {
  return regime != Regime::handed_over || step == delete_source || !touches_source(step);
}

Position position(const std::vector<MigrationStep>& order, const MigrationRecords& records) {
  Position found;
  const auto regime = regime_of(records);
  const auto next = std::ranges::find_if(
      order, [&](MigrationStep step) { return !records.has(step) && may_run(step, regime); });
  if (next == order.end()) return found;
  found.next = *next;
  for (const auto& each : standing) {
    const bool needed = place(order, each.made_by) < next - order.begin() &&
                        next - order.begin() <= place(order, each.last_needed_by);
    if (needed && may_run(each.made_by, regime)) found.renew.push_back(each.made_by);
  }
  std::ranges::sort(found.renew, {}, [&](MigrationStep step) { return place(order, step); });
  return found;
}

bool may_go_forward(const MigrationRecords& records) noexcept {
  return records.giving == Giving::nothing;
}

std::optional<MigrationStep> after_change(MigrationStep step, Regime regime) noexcept {
  if (regime == Regime::handed_over)
    return step == verify ? std::optional(copy_back) : std::nullopt;
  // A delta pass takes out of the temporary bucket what the source does not have (G19): by now that
  // would be what the job itself has deleted there.
  if (regime == Regime::emptying) return std::nullopt;
  switch (step) {
    case prove:
    case confirm:
    case silence:
    case empty:
    case delete_source:
      return delta;
    default:
      return std::nullopt;
  }
}

std::string_view name(UndoStep step) noexcept {
  return undo_names[static_cast<std::size_t>(step)];
}

std::vector<UndoStep> undo_order(const MigrationRecords& records) {
  using enum UndoStep;
  const auto regime = regime_of(records);
  if (regime == Regime::handed_over) return {};
  if (regime == Regime::untouched || records.giving == Giving::given)
    return {look, discard, open_source};
  std::vector<UndoStep> order{look, check, close, clear, copy_back, verify, discard, open_source};
  // What has been copied since must not be taken for a rest that was left.
  if (records.giving == Giving::copying) std::erase(order, clear);
  return order;
}

}  // namespace s3m::workflow
