#include "sim/throttle.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "sim/faults.hpp"

namespace s3m::sim {
namespace {

std::string_view prefix_of(std::string_view key, std::size_t slashes) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < slashes; ++i) {
    const std::size_t slash = key.find('/', end);
    if (slash == std::string_view::npos) break;
    end = slash + 1;
  }
  return key.substr(0, end);
}

}  // namespace

bool Throttle::take(std::size_t spec, std::string_view bucket, std::string_view key, bool write,
                    WallTime now) {
  const ThrottleSpec& limit = specs_[spec];
  const double rate = write ? limit.writes_per_second : limit.reads_per_second;
  if (rate <= 0 || !glob_match(limit.bucket, bucket)) return true;
  const double most = std::max(1.0, rate * limit.burst_seconds);
  const std::string name = fmt::format("{}{}{}/{}", spec, write ? 'w' : 'r', bucket,
                                       prefix_of(key, limit.prefix_slashes));
  const auto [entry, is_new] = tokens_.try_emplace(name, Tokens{most, now});
  Tokens& tokens = entry->second;
  const std::chrono::duration<double> passed = now - tokens.filled;
  tokens.left = std::min(most, tokens.left + std::max(0.0, passed.count()) * rate);
  tokens.filled = now;
  if (tokens.left < 1) return false;
  tokens.left -= 1;
  return true;
}

bool Throttle::admit(std::string_view bucket, std::string_view key, bool write, WallTime now) {
  bool admitted = true;
  for (std::size_t spec = 0; spec < specs_.size(); ++spec) {
    admitted = take(spec, bucket, key, write, now) && admitted;
  }
  return admitted;
}

}  // namespace s3m::sim
