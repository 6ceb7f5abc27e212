// target.hpp: what a request asks for: its path and query, decoded, and its cookies.
//
// Layer   console; pure.
//
// Strict where two readers could understand two things: a path that climbs, repeats slashes, or
// hides a slash or a control character in an escape is no path of ours.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::console {

struct Target {
  std::vector<std::string> segments;                      // of "/a/b": "a", "b"; of "/": none
  std::map<std::string, std::string, std::less<>> query;  // of a name given twice the first
};

// nullopt: not in origin form, or not acceptable as said above.
std::optional<Target> parse_target(std::string_view target);

// The value of the first cookie of that name; empty where there is none.
std::string_view cookie(std::string_view field, std::string_view name) noexcept;

}  // namespace s3m::console
