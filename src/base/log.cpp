#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/text.hpp"

namespace s3m::log {
namespace {

std::atomic<Level> threshold = Level::warning;

spdlog::level::level_enum to_spdlog(Level level) noexcept {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      break;
  }
  return spdlog::level::off;
}

// Outside spdlog's registry, and never destroyed: a thread may still log while the program ends.
spdlog::logger& logger() {
  static auto* const instance = [] {
    auto* const made =
        new spdlog::logger("s3migrator", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_level(spdlog::level::trace);  // `threshold` decides
    made->flush_on(spdlog::level::trace);
    made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    return made;
  }();
  return *instance;
}

// Where the value of a "name=value" ends; libpq quotes values that hold spaces.
std::size_t end_of_value(std::string_view text, std::size_t begin) {
  if (begin < text.size() && text[begin] == '\'') {
    for (std::size_t at = begin + 1; at < text.size(); ++at) {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == '\'') {
        return at + 1;
      }
    }
    return text.size();
  }
  return std::min(text.find_first_of("&; \t\r\n", begin), text.size());
}

bool is_secret_name(std::string_view name) {
  constexpr std::array secrets = std::to_array<std::string_view>(
      {"password", "passwd", "pass", "pwd", "sslpassword", "secret", "token", "signature",
       "x-amz-signature", "x-amz-security-token", "x-amz-credential", "awsaccesskeyid"});
  return std::ranges::any_of(secrets, [name](auto secret) { return iequals(secret, name); });
}

// Parameters of a query or of libpq's "name=value name=value" form.
std::string redact_parameters(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (auto equals = text.find('='); equals != std::string_view::npos;
       equals = text.find('=', equals + 1)) {
    const auto before = trim(text.substr(0, equals));
    const auto name = before.substr(before.find_last_of("?&;# \t\r\n") + 1);
    if (equals < copied || !is_secret_name(name)) continue;
    const auto value = std::min(text.find_first_not_of(" \t", equals + 1), text.size());
    out += text.substr(copied, value - copied);
    out += "***";
    copied = end_of_value(text, value);
  }
  out += text.substr(copied);
  return out;
}

}  // namespace

void set_level(Level level) noexcept {
  threshold = level;
}

bool enabled(Level level) noexcept {
  return level != Level::off && level >= threshold.load();
}

void write(Level level, std::string_view message) {
  if (enabled(level)) logger().log(to_spdlog(level), single_line(message));
}

std::string redact_url(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return redact_parameters(url);
  const auto user = scheme + 3;
  // The last @ of all: a password with a raw / or ? in it must not slip out either.
  const auto host = url.find_last_of('@');
  const auto colon = url.find(':', user);
  if (host == std::string_view::npos || host < user || colon > host) return redact_parameters(url);
  return std::string(url.substr(0, colon)) + ":***" + redact_parameters(url.substr(host));
}

}  // namespace s3m::log
