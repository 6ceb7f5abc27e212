// What the plan says of the requests, against what a whole migration has sent.
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

Counts sent(Rig& rig) {
  return rig.cloud([](sim::Cloud& cloud) {
    Counts counts;
    for (const auto& record : cloud.metrics().records())
      ++counts[record.operation];
    return counts;
  });
}

std::string words_of(const Counts& counts) {
  std::string words;
  for (const auto& [operation, count] : counts)
    words += fmt::format("{} {}\n", operation, count);
  return words;
}

MigrationPlanEvent planned(Rig& rig) {
  const auto plan = rig.migrate_until_asked({"--dry-run"});
  EXPECT_EQ(plan.exit_code, 0) << plan.message;
  const auto plans = rig.events<MigrationPlanEvent>();
  EXPECT_FALSE(plans.empty());
  return plans.empty() ? MigrationPlanEvent{} : plans.back();
}

// The last number of the sentence on tags.
std::uint64_t with_tags(const MigrationPlanEvent& plan) {
  for (const auto& warning : plan.warnings) {
    if (!warning.starts_with("the requests are those of objects without tags")) continue;
    auto number = warning.substr(warning.rfind(' ') + 1);
    std::erase(number, ',');
    return parse_u64(number).value_or(0);
  }
  return 0;
}

void expect_what_was_planned(const sim::Scenario& world, bool tagged = false) {
  Rig rig(world);
  const auto plan = planned(rig);
  rig.forget_requests();
  const auto moved = rig.migrate();
  ASSERT_EQ(moved.exit_code, 0) << moved.message << rig.told();
  const auto counts = sent(rig);
  std::uint64_t all = 0;
  for (const auto& [operation, count] : counts)
    all += count;
  const auto told = static_cast<double>(tagged ? with_tags(plan) : plan.requests);
  EXPECT_GT(told, 0.8 * static_cast<double>(all)) << plan.requests << "\n" << words_of(counts);
  EXPECT_LT(told, 1.2 * static_cast<double>(all)) << plan.requests << "\n" << words_of(counts);
}

TEST(MigrationRequestsSent, OfAPlainBucket) {
  expect_what_was_planned(article_world(1500));
}

TEST(MigrationRequestsSent, OfABucketWithTagsOnEachObject) {
  auto world = article_world(0);
  auto& bucket = world.bucket(source, sim::source_account);
  for (int i = 0; i < 800; ++i)
    bucket.with({.key = fmt::format("t{:05}", i), .body = "x", .tags = {{"team", "photos"}}});
  expect_what_was_planned(world, true);
}

TEST(MigrationRequestsSent, OfAVersionedBucket) {
  auto world = article_world(500);
  auto& bucket = world.bucket(source, sim::source_account);
  bucket.versioning = "Enabled";
  for (int i = 0; i < 500; ++i) {
    for (const auto* const body : {"a", "bb"})
      bucket.with({.key = fmt::format("v{:05}", i), .body = body});
  }
  expect_what_was_planned(world);
}

}  // namespace
}  // namespace s3m::workflow
