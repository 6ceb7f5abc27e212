// report_csv.hpp: the figures of a report as a table: what was done, and what the verification
// found.
//
// Layer   console; pure.
#pragma once

#include <string>

#include "workflow/report.hpp"

namespace s3m::console {

// RFC 4180: a line "name,value" for each figure. Single failures are a file of their own.
std::string report_csv(const workflow::Report& report);

}  // namespace s3m::console
