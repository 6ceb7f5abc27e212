// migration_plan_text.hpp: the plan of a migration in words.
//
// Layer  app; pure.
#pragma once

#include <string>

#include "base/event.hpp"

namespace s3m::app {

// What there is, what it takes and costs, which rights are sure, what stands against it.
std::string migration_plan_text(const MigrationPlanEvent& plan);

// "$0.02", "$12-15", "less than $0.01": a range of dollars.
std::string dollars_text(double low, double high);
// "40 min - 3h12m": a range of time.
std::string duration_range_text(double low_seconds, double high_seconds);

}  // namespace s3m::app
