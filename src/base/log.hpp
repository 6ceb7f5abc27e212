// log.hpp: diagnostics for the operator (never the job's events; those are event.hpp).
//
// Layer      base, over spdlog (behind log.cpp). Thread-safe.
// Secrets    callers never pass credentials, tokens or signatures; `redact_url` is for URLs that
//            may carry user info.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace s3m::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };

// Lines go to stderr; the default level is warning.
void set_level(Level level) noexcept;
bool enabled(Level level) noexcept;
void write(Level level, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> text, Args&&... args) {
  if (enabled(Level::debug)) write(Level::debug, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> text, Args&&... args) {
  if (enabled(Level::info)) write(Level::info, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> text, Args&&... args) {
  if (enabled(Level::warning))
    write(Level::warning, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> text, Args&&... args) {
  if (enabled(Level::error)) write(Level::error, fmt::format(text, std::forward<Args>(args)...));
}

// "postgresql://user:***@host/db": the password of a URL's user info replaced.
std::string redact_url(std::string_view url);

}  // namespace s3m::log
