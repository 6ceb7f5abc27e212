// counted.hpp: a number with its noun.
//
// Layer   base.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace s3m {

// "1 object", "1,204,331 objects"; `plural` where an s does not make it.
std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural = {});

}  // namespace s3m
