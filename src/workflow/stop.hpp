// stop.hpp: why a job is to end before it has finished.
//
// Layer   workflow; a value.
#pragma once

#include <cstdint>

namespace s3m::workflow {

enum class Stop : std::uint8_t {
  interrupted,  // by the user at the terminal, or by what supervises the process: it is paused
  paused,       // another process asked for it
  cancelled,    // another process asked for it, for good
  displaced,    // the job is no longer this process's: it must touch nothing of it any more
};

}  // namespace s3m::workflow
