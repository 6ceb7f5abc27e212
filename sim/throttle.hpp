// throttle.hpp: request rates per prefix, as S3's partitions have them: a busy one is split, and
// one may collapse for a while.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sim/scenario.hpp"

namespace s3m::sim {

class Throttle {
 public:
  explicit Throttle(std::vector<ThrottleSpec> specs = {}) : specs_(std::move(specs)) {}
  bool empty() const noexcept { return specs_.empty(); }

  // Takes one token of each bucket of tokens that covers the key. False when one is empty: the
  // request must slow down.
  bool admit(std::string_view bucket, std::string_view key, bool write, WallTime now);

 private:
  // A range of keys with tokens of its own.
  struct Partition {
    double left = 0;
    WallTime filled;
    // How busy it is, second by second.
    WallTime second;
    double asked = 0;
    WallTime quiet;                 // the last second in which it was not busy
    std::vector<std::string> keys;  // a sample of this second's
  };
  using Partitions = std::map<std::string, Partition, std::less<>>;  // by the first key

  bool take(std::size_t spec, std::string_view bucket, std::string_view key, bool write,
            WallTime now);
  static bool busy_for_long(const ThrottleSpec& limit, double rate, Partition& partition,
                            std::string_view key, WallTime now);
  static void split(Partitions& partitions, Partitions::iterator busy, double most, WallTime now);

  std::vector<ThrottleSpec> specs_;
  std::map<std::string, Partitions, std::less<>> prefixes_;
  WallTime began_;  // with the first request: what collapses counts from there
};

}  // namespace s3m::sim
