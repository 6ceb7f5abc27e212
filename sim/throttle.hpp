// throttle.hpp: request rates per prefix, as S3's partitions have them, but of fixed size.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

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
  struct Tokens {
    double left = 0;
    WallTime filled;
  };
  bool take(std::size_t spec, std::string_view bucket, std::string_view key, bool write,
            WallTime now);
  std::vector<ThrottleSpec> specs_;
  std::map<std::string, Tokens, std::less<>> tokens_;
};

}  // namespace s3m::sim
