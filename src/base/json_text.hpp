// json_text.hpp: JSON that is safe to show.
//
// Layer  base; pure and thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace s3m {

// `json` with what a terminal would act upon escaped inside its strings: still the same JSON.
std::string safe_json(std::string_view json);

}  // namespace s3m
