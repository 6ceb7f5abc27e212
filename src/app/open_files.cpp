#include "app/open_files.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace s3m::app {
namespace {

constexpr rlim_t own_files = 64;
constexpr rlim_t enough = 16'384;

}  // namespace

std::uint32_t connections_allowed() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  if (limit.rlim_cur < enough) {
    rlimit higher = limit;
    higher.rlim_cur = std::min(limit.rlim_max, enough);
    if (setrlimit(RLIMIT_NOFILE, &higher) == 0) limit = higher;
  }
  const rlim_t files = std::clamp(limit.rlim_cur, 2 * own_files, enough);
  return static_cast<std::uint32_t>(files - own_files);
}

}  // namespace s3m::app
