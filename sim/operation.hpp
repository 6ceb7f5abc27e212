// operation.hpp: what can be asked of S3, and who answers it.
//
// Layer  sim.
#pragma once

#include <string_view>

#include "sim/call.hpp"

namespace s3m::sim {

using Handler = Outcome (*)(World& world, Call& call);

struct Operation {
  std::string_view name;  // "CopyObject"
  Handler handler = nullptr;
  bool write = false;  // counts as a write for throttling
};

}  // namespace s3m::sim
