// refresh.hpp: a configuration that was kept, beside what the bucket has by now.
//
// Layer   workflow; pure.
//
// Between the first look at a bucket and its end its owner goes on changing it: a freeze denies
// nothing about policies (guard G20). What stands last is what the owner wants.
#pragma once

#include <string>
#include <vector>

#include "workflow/configuration/configuration.hpp"

namespace s3m::workflow {

struct Refreshed {
  Configuration configuration;
  std::vector<std::string> changed;  // "policy (changed)", "website (set)", "cors (removed)"
};

// `now` in the place of `kept`, with the kept bytes of what says the same. Of `held`, queries that
// the job itself has changed in the bucket, the kept ones stay; but where one that suspend() had
// removed is there again, somebody has set it since, and it counts. Nothing in `changed`: all is as
// it was kept.
Refreshed refreshed(const Configuration& kept, const Configuration& now,
                    const std::vector<std::string>& held);

}  // namespace s3m::workflow
