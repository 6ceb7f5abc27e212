// buckets_rig.hpp: the bucket steps of a migration against the simulator, with the administrators
// of the two accounts and a clock that pauses alone move.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/aws/simulated_s3.hpp"
#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {

inline const std::string job = "20261122t162800-3f9a1c";

class BucketSteps : public aws::SimulatedS3 {
 protected:
  explicit BucketSteps(const sim::Scenario& scenario) : SimulatedS3(scenario) {}

  static sim::Scenario accounts() {
    auto scenario = sim::article_scenario();
    scenario.record = true;
    return scenario;
  }

  // Pauses take no time but that of the simulator.
  Pause pause() {
    return [this](std::chrono::milliseconds time) -> net::Task<bool> { return slept(time); };
  }
  net::Task<bool> slept(std::chrono::milliseconds time) {
    clock_.advance(time);
    ++pauses_;
    co_return !stopped_;
  }

  bool there(const std::string& bucket) {
    return cloud([&](sim::Cloud& cloud) { return cloud.has_bucket(bucket); });
  }
  std::string owner_of(const std::string& bucket) {
    return cloud([&](sim::Cloud& cloud) { return cloud.bucket_owner(bucket); });
  }
  std::string region_of(const std::string& bucket) {
    return cloud([&](sim::Cloud& cloud) { return cloud.bucket_region(bucket); });
  }
  std::string tags_of(const std::string& bucket) {
    return cloud([&](sim::Cloud& cloud) { return cloud.bucket_configuration(bucket, "tagging"); });
  }
  std::vector<std::string> keys(const std::string& bucket) {
    return cloud([&](sim::Cloud& cloud) { return cloud.keys(bucket); });
  }
  void add_bucket(const sim::BucketSpec& spec) {
    cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.add_bucket(spec, clock_.now())); });
  }
  void put(const std::string& bucket, const std::string& key) {
    cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.put(bucket, {.key = key, .body = "x"})); });
  }
  void switches(const std::function<void(sim::Switches&)>& change) {
    cloud([&](sim::Cloud& cloud) { change(cloud.switches()); });
  }
  // Calls `hook` on the simulator's thread before the first request of an operation.
  void before_first(std::string operation, std::function<void(sim::Cloud&)> hook) {
    cloud([&](sim::Cloud& world) {
      world.before_each([&world, operation = std::move(operation), hook = std::move(hook),
                         done = false](const sim::RequestRecord& request) mutable {
        if (done || request.operation != operation) return;
        done = true;
        hook(world);
      });
    });
  }
  // Names of the operations on a bucket, in their order.
  std::vector<std::string> operations_on(const std::string& bucket) {
    return cloud([&](sim::Cloud& cloud) {
      std::vector<std::string> names;
      for (const auto& record : cloud.metrics().records())
        if (record.bucket == bucket) names.push_back(record.operation);
      return names;
    });
  }
  // Those that change something and were not refused, CreateBucket apart.
  std::vector<std::string> writes_to(const std::string& bucket) {
    return cloud([&](sim::Cloud& cloud) {
      std::vector<std::string> names;
      for (const auto& record : cloud.metrics().records()) {
        const auto& name = record.operation;
        const bool reads =
            name.starts_with("Get") || name.starts_with("List") || name.starts_with("Head");
        if (record.bucket == bucket && !reads && name != "CreateBucket" && record.status < 300)
          names.push_back(name);
      }
      return names;
    });
  }

  int pauses_ = 0;
  bool stopped_ = false;  // pauses end early, as for a job that is cancelled
};

}  // namespace s3m::workflow
