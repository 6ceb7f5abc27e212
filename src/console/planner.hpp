// planner.hpp: what looks ahead for the console: the plan of a job that is not begun, and whether
// both sides may do what it needs; the composition root gives it.
//
// Layer      console.
// Threading  any thread; no call waits for a service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "console/job_request.hpp"

namespace s3m::console {

enum class PlanState : std::uint8_t { running, done, failed };

struct PlanFound {
  PlanState state = PlanState::running;
  // At most one of the two, of a copy or a migration; also where a migration is refused.
  std::optional<PlanEvent> copy;
  std::optional<MigrationPlanEvent> migration;
  std::optional<AccessEvent> access;
  std::vector<std::string> notes;
  std::optional<ProgressEvent> progress;
  std::string problem;  // why it came to no end
};

class Planner {
 public:
  virtual ~Planner() = default;

  // Begins to look; nothing is changed anywhere. Gives the id of the plan.
  // Problems: 422 with the fields, 403 for what is not allowed, 429 where too many are looked at.
  virtual Answer<std::string> begin(const JobRequest& request) = 0;
  // nullopt: there is none of that id, or no longer.
  virtual std::optional<PlanFound> find(const std::string& id) = 0;
};

}  // namespace s3m::console
