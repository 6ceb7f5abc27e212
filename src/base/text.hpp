// text.hpp: turning foreign strings, numbers and times into text that is safe to show.
//
// Layer  base. Everything here is pure and thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace s3m {

// `text` with control characters (C0, 0x7F, C1), terminal escapes, bidirectional overrides and
// invalid UTF-8 replaced by \xNN escapes, backslash doubled: one line, safe on a terminal, and
// unambiguous.
std::string printable(std::string_view text);

// As printable, but a backslash stays one: for a sentence put together from parts of which some
// are printable already.
std::string single_line(std::string_view text);

// One CSV cell (RFC 4180): quoted when it holds anything that some spreadsheet splits or trims at;
// a leading = + - @ (their full-width forms too), tab, CR or LF is preceded by an apostrophe so
// that no spreadsheet runs it as a formula. Other bytes stay as they are.
std::string csv_cell(std::string_view text);

// "1.73 TiB", "512 B": binary units, three significant digits.
std::string human_bytes(std::uint64_t bytes);
// "1,204,331"
std::string human_count(std::uint64_t count);
// "43s", "2h30m", "3d4h": the two greatest units, rounded down; "0s" for a negative one.
std::string human_duration(std::chrono::seconds duration);

std::string hex(std::string_view bytes);
// nullopt unless `text` is an even number of hexadecimal digits.
std::optional<std::string> unhex(std::string_view text);
std::string base64(std::string_view bytes);
// The standard alphabet with its padding (RFC 4648, 4), in its one canonical form; nullopt
// otherwise.
std::optional<std::string> unbase64(std::string_view text);

bool valid_utf8(std::string_view text) noexcept;

// The whole of `text` as a decimal number; nullopt on anything else, overflow included.
std::optional<std::uint64_t> parse_u64(std::string_view text) noexcept;

// "64MiB", "5GiB", "1024", "8MB": a size in bytes with an optional binary (KiB) or decimal (KB)
// unit, in either case of letters. No fractions, signs or spaces.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

bool iequals(std::string_view a, std::string_view b) noexcept;  // ASCII, case-insensitive
std::string lower(std::string_view text);                       // ASCII
std::string_view trim(std::string_view text) noexcept;          // ASCII white space

}  // namespace s3m
