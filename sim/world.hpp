// world.hpp: all that the simulator remembers between two requests.
//
// Layer      sim.
// Threading  one thread, the Cloud's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sim/bucket.hpp"
#include "sim/directory.hpp"
#include "sim/scenario.hpp"
#include "sim/switches.hpp"

namespace s3m::sim {

// A name that is coming free, and who waits for it.
struct Theft {
  std::string name;
  WallTime at;
  ThiefSpec thief;
};

struct World {
  explicit World(const Scenario& scenario)
      : directory(scenario),
        kms_keys(scenario.kms_keys),
        thieves(scenario.thieves),
        switches(scenario.switches) {}

  Directory directory;
  std::vector<KmsKeySpec> kms_keys;
  std::vector<ThiefSpec> thieves;
  std::vector<Theft> thefts;  // to come
  Switches switches;
  std::map<std::string, Bucket, std::less<>> buckets;
  std::map<std::string, WallTime, std::less<>> released;  // deleted names, and when

  Bucket* bucket(std::string_view name);
  const Bucket* bucket(std::string_view name) const;

  // 32 characters, never twice: version ids, upload ids.
  std::string new_token();
  // 16 upper-case hexadecimal digits: x-amz-request-id.
  std::string new_request_id();

  // The shared form: the same pointer for the same attributes given one after the other, so that
  // a million alike objects do not keep a million copies.
  AttributesPtr share(Attributes attributes);

 private:
  std::uint64_t serial_ = 0;
  AttributesPtr last_shared_;
};

}  // namespace s3m::sim
