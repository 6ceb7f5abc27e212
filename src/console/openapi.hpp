// openapi.hpp: the description of the API, openapi.json, as it was built in.
//
// Layer   console.
#pragma once

#include <string_view>

namespace s3m::console {

std::string_view openapi_document() noexcept;

}  // namespace s3m::console
