// operator_name.hpp: who sits at this program, as far as the machine knows.
//
// Layer   workflow. Thread-safe.
#pragma once

#include <string>

namespace s3m::workflow {

// "jane at build-7": the user of the operating system and the machine's name. Safe to show.
std::string operator_name();

}  // namespace s3m::workflow
