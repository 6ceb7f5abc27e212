#include "base/ids.hpp"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

#include "base/text.hpp"
#include "base/time.hpp"

namespace s3m {

std::string random_hex(std::size_t bytes) {
  std::string random(bytes, '\0');
  for (std::size_t filled = 0; filled < bytes;) {
    const auto got = ::getrandom(random.data() + filled, bytes - filled, 0);
    if (got >= 0) {
      filled += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
  }
  return hex(random);
}

std::string new_job_id() {
  auto stamp = lower(amz_date(system_clock().now()));
  stamp.pop_back();  // the zone
  return stamp + '-' + random_hex(3);
}

}  // namespace s3m
