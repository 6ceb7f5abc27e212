// versions_rig.hpp: the rig over two buckets that keep versions, and what histories they have.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {

// One step of a key's history: its content, or nothing for a delete marker.
using Steps = std::vector<std::optional<std::string>>;
using Histories = std::map<std::string, Steps>;

inline sim::Scenario versioned_buckets() {
  auto scenario = two_buckets();
  scenario.record = true;
  scenario.bucket("original", sim::source_account).versioning = "Enabled";
  scenario.bucket("copy", sim::source_account).versioning = "Enabled";
  return scenario;
}

class Versions {
 public:
  explicit Versions(sim::Scenario scenario = versioned_buckets(), RigOptions options = {})
      : rig(std::move(scenario), std::move(options)) {}

  void add(const std::string& bucket, const std::string& key, const Steps& steps) {
    for (const auto& step : steps) {
      rig.clock.advance(std::chrono::seconds(1));
      if (step) {
        rig.put(bucket, {.key = key, .body = *step});
      } else {
        rig.cloud([&](sim::Cloud& cloud) {
          EXPECT_TRUE(cloud.add_delete_marker(bucket, key, rig.clock.now()));
        });
      }
    }
  }

  // As the bucket has them, oldest first; content by its ETag and size.
  std::map<std::string, std::vector<std::string>> histories(const std::string& bucket) {
    std::map<std::string, std::vector<std::string>> all;
    for (const auto& version :
         rig.cloud([&](sim::Cloud& cloud) { return cloud.versions(bucket); })) {
      all[version.key].push_back(
          version.delete_marker ? "deleted" : version.etag + "/" + std::to_string(version.size));
    }
    for (auto& [key, versions] : all)
      std::ranges::reverse(versions);
    return all;
  }

  void must_copy() {
    rig.must_copy(options);
    EXPECT_EQ(histories("copy"), histories("original"));
  }
  Result<void> copy() { return rig.copy(options); }
  Result<void> verify(VerifyMode mode = VerifyMode::listing) {
    rig.verification = {};
    rig.failures.clear();
    return rig.run(transfer::verify(*rig.context, {.mode = mode, .all_versions = true},
                                    {KeyRange{}}, rig.verification));
  }

  CopyOptions options{.all_versions = true};
  Rig rig;
};

inline Histories random_histories(std::mt19937& random, std::size_t keys, std::size_t longest) {
  static const std::vector<std::string> letters{"a", "b", "/", "+", "\n", "\xc3\xa9"};
  Histories all;
  while (all.size() < keys) {
    std::string key;
    for (auto length = 1 + random() % 4; length > 0; --length)
      key += letters[random() % letters.size()];
    Steps steps;
    for (auto count = 1 + random() % longest; count > 0; --count) {
      steps.push_back(random() % 4 == 0 ? std::nullopt
                                        : std::optional(std::to_string(random() % 5)));
    }
    all[key] = std::move(steps);
  }
  return all;
}

}  // namespace s3m::transfer
