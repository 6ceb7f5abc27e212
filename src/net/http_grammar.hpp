// http_grammar.hpp: the small words of HTTP/1.1's grammar (RFC 9110, 5.6; RFC 9112, 2.3).
//
// Layer  net; pure and thread-safe.
#pragma once

#include <optional>
#include <string_view>

namespace s3m::net {

// One or more characters that names of fields and methods are made of.
bool is_token(std::string_view text) noexcept;
// A control character other than the tab.
bool has_control(std::string_view text) noexcept;
std::string_view trim_blanks(std::string_view text) noexcept;  // space and tab
// A comma-separated list has the word, whatever its case.
bool list_has(std::string_view list, std::string_view word) noexcept;
// "HTTP/1.1" gives 1; nullopt unless it is HTTP/1 with one digit.
std::optional<unsigned> minor_version(std::string_view text) noexcept;

}  // namespace s3m::net
