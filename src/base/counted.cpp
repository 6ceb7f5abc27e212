#include "base/counted.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m {

std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural) {
  const bool own_plural = count != 1 && !plural.empty();
  return fmt::format("{} {}{}", human_count(count), own_plural ? plural : noun,
                     count == 1 || own_plural ? "" : "s");
}

}  // namespace s3m
