// plan_document.hpp: a plan as the console tells it: schema Plan of openapi.json.
//
// Layer   console; pure.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "console/planner.hpp"

namespace s3m::console {

boost::json::object plan_document(const std::string& id, const PlanFound& found);

}  // namespace s3m::console
