// option_values.hpp: how the value of an option is understood.
//
// Layer  app; pure. For the sources that define options.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/arguments.hpp"
#include "base/text.hpp"

namespace s3m::app {

using Set = std::function<Result<void>(Arguments&, const std::string&)>;

inline std::unexpected<Error> usage(std::string sentence) {
  return fail(Errc::usage, std::move(sentence));
}

// A value that is taken as it is.
template <class Get>
Set text(Get get) {
  return [get](Arguments& arguments, const std::string& value) -> Result<void> {
    if (value.empty()) return usage("the value is empty");
    get(arguments) = value;
    return ok;
  };
}

template <class Get>
Set flag(Get get) {
  return [get](Arguments& arguments, const std::string&) -> Result<void> {
    get(arguments) = true;
    return ok;
  };
}

// One of a few words.
template <class Value, class Get>
Set choice(std::vector<std::pair<std::string, Value>> words, Get get) {
  return [words, get](Arguments& arguments, const std::string& value) -> Result<void> {
    std::string known;
    for (const auto& [word, meaning] : words) {
      if (word == value) {
        get(arguments) = meaning;
        return ok;
      }
      known += (known.empty() ? "" : ", ") + word;
    }
    return usage(fmt::format("\"{}\" is none of: {}", printable(value), known));
  };
}

template <class Get>
Set size(Get get) {
  return [get](Arguments& arguments, const std::string& value) -> Result<void> {
    const auto bytes = parse_size(value);
    if (!bytes || *bytes == 0) {
      return usage(fmt::format("\"{}\" is not a size; one looks like 64MiB", printable(value)));
    }
    get(arguments) = *bytes;
    return ok;
  };
}

inline Result<std::uint64_t> number(const std::string& value, std::uint64_t least,
                                    std::uint64_t most) {
  const auto parsed = parse_u64(value);
  if (parsed && *parsed >= least && *parsed <= most) return *parsed;
  return usage(
      fmt::format("\"{}\" is not a whole number from {} to {}", printable(value), least, most));
}

}  // namespace s3m::app
