// step_names.hpp: the states of steps as they stand in reports.
//
// Layer   workflow; pure.
#pragma once

#include <string_view>

#include "base/event.hpp"

namespace s3m::workflow {

std::string_view name(StepState state) noexcept;

}  // namespace s3m::workflow
