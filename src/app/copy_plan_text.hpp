// copy_plan_text.hpp: the plan of a copy in words.
//
// Layer  app; pure.
#pragma once

#include <string>

#include "base/event.hpp"

namespace s3m::app {

// What there is, what would be copied, what it takes and costs, as a small table.
std::string plan_table(const PlanEvent& plan);

}  // namespace s3m::app
