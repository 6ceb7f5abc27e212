// text_width.hpp: how many columns a text takes on a terminal.
//
// Layer  app; pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace s3m::app {

inline constexpr std::size_t unlimited_width = 1u << 30;

// Of text that is safe to show. East Asian wide letters and pictures take two columns, combining
// marks none (Unicode, East Asian Width, in ranges).
std::size_t columns(std::string_view text) noexcept;

// `text`, or as much of it as fits into `width` columns.
std::string cut_to(std::string_view text, std::size_t width);

// `text` with its middle replaced by "..." so that it fits; both ends tell more than one.
std::string shorten(std::string_view text, std::size_t width);

// `text` broken at spaces so that no line is wider than `width`, where a word allows it; the first
// line begins in column `first`, the others in column `indent`. No newline at the end.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent,
                    std::size_t first = 0);

}  // namespace s3m::app
