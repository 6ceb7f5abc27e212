// failure_hints.hpp: what to do about failures of a kind.
//
// Layer   console; pure.
#pragma once

#include <string_view>

namespace s3m::console {

// A sentence for name(Errc); a general one for a code that is not known.
std::string_view hint_for(std::string_view code);

}  // namespace s3m::console
