// configuration.hpp: what a bucket is beside its objects: its policy, rules and settings, as read.
//
// Layer   workflow; values, pure.
//
// A Configuration is kept for as long as the job lives (guard G22): what was read from the source
// is what is rewritten, applied to the new bucket, and put back by `undo`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/s3.hpp"

namespace s3m::workflow {

// What the names of tags begin with by which a job knows a bucket as its own (guard G1). They are
// never carried.
inline constexpr std::string_view marker_tags = "s3migrator:";

struct ConfigurationItem {
  std::string query;  // "lifecycle": aws/sub_resource.hpp
  std::string id;     // of those of which there are several
  aws::SubResource value;
  friend bool operator==(const ConfigurationItem&, const ConfigurationItem&) = default;
};

struct Configuration {
  std::vector<ConfigurationItem> items;  // what is set
  std::vector<std::string> absent;       // queries: known to the service, and not set
  std::vector<std::string> unsupported;  // queries: the service does not know them

  // Null when it is not set.
  const ConfigurationItem* find(std::string_view query, std::string_view id = {}) const noexcept;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

// "lifecycle", "inventory \"weekly\"": for messages.
std::string item_name(std::string_view query, std::string_view id);

// Without loss: what was read comes back byte for byte.
std::string to_json(const Configuration& configuration);
// Errors: protocol for a text that to_json did not write.
Result<Configuration> configuration_from_json(std::string_view text);

}  // namespace s3m::workflow
