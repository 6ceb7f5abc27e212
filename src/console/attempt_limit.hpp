// attempt_limit.hpp: how often somebody may guess.
//
// Layer      console.
// Threading  one loop.
// Memory     at most `most_peers` addresses.
//
// Only failures count. An address that has used its failures up is refused unheard, with the right
// token too: else guessing would go on as fast as before. Over all addresses together there is a
// limit as well, for who has many.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "base/time.hpp"

namespace s3m::console {

struct AttemptRules {
  double failures = 8;            // at once
  std::chrono::seconds each{15};  // gives one failure back
  double failures_of_all = 200;
  std::chrono::seconds each_of_all{1};
};

class AttemptLimit {
 public:
  // `clock` outlives it.
  explicit AttemptLimit(const Clock& clock, AttemptRules rules = {});

  // How long `peer` has to wait; zero: it may try now.
  std::chrono::seconds wait(const std::string& peer);
  void failed(const std::string& peer);

  static constexpr std::size_t most_peers = 4096;

 private:
  struct Bucket {
    double used = 0;
    WallTime at{};
  };
  void refresh(Bucket& bucket, std::chrono::seconds each) const;
  std::chrono::seconds wait_of(const Bucket& bucket, double most, std::chrono::seconds each) const;
  void forget_recovered();

  const Clock& clock_;
  const AttemptRules rules_;
  std::map<std::string, Bucket> peers_;
  Bucket all_;
};

}  // namespace s3m::console
