// say.hpp: words for a person, on standard output and standard error.
//
// Layer      app.
// Threading  one loop.
#pragma once

#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace s3m::app {

// What cannot be written is dropped: a reader or a terminal that is gone must not end a job, and
// fmt::print throws there. The stream remembers it (std::ferror).
template <typename... Values>
void say(std::FILE* out, fmt::format_string<Values...> text, Values&&... values) {
  const auto words = fmt::format(text, std::forward<Values>(values)...);
  std::fwrite(words.data(), 1, words.size(), out);
}

}  // namespace s3m::app
