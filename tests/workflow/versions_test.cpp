// --versions all between two accounts: grant, versioning of the destination, report.
#include <fstream>
#include <sstream>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"

namespace s3m::workflow {
namespace {

using testing::Contains;
using testing::HasSubstr;

sim::Scenario versioned_world() {
  auto world = article_world(5);
  world.bucket(source, sim::source_account).versioning = "Enabled";
  return world;
}

// Two more versions and a delete marker.
void add_history(Rig& rig) {
  rig.cloud([](sim::Cloud& cloud) {
    cloud.put(source,
              sim::ObjectSpec{.key = "photo-000000", .body = "second", .tags = {{"a", "b"}}});
    cloud.add_delete_marker(source, "photo-000000");
    cloud.put(source, sim::ObjectSpec{.key = "photo-000000", .body = "third"});
    cloud.add_delete_marker(source, "photo-000001");
  });
}

std::vector<std::string> history(Rig& rig, const std::string& bucket) {
  std::vector<std::string> all;
  rig.cloud([&](sim::Cloud& cloud) {
    for (const auto& version : cloud.versions(bucket))
      all.push_back(version.key + (version.delete_marker ? " deleted" : " " + version.etag));
  });
  return all;
}

TEST(VersionsCopy, CarriesAllIntoABucketWhoseVersioningIsSetFirst) {
  Rig rig(versioned_world());
  add_history(rig);
  const auto copied = rig.copy({"--versions", "all", "--report", rig.file("report.json")});
  ASSERT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(history(rig, destination), history(rig, source));
  EXPECT_EQ(copied.objects, 9u);
  EXPECT_EQ(copied.copied, 9u);
  EXPECT_EQ(copied.version_keys, 5u);
  EXPECT_EQ(copied.delete_markers, 2u);
  EXPECT_EQ(copied.copied_markers, 2u);
  EXPECT_EQ(copied.same_strong, 9u);
  EXPECT_EQ(rig.policy(destination), "");
  EXPECT_THAT(rig.told(), HasSubstr("version ids and a LastModified of their own"));
  EXPECT_THAT(rig.step("destination")->message, HasSubstr("versioning switched on"));

  std::ostringstream text;
  text << std::ifstream(rig.file("report.json")).rdbuf();
  const auto versions = boost::json::parse(text.str()).at("versions");
  EXPECT_EQ(versions.at("delete_markers").to_number<int>(), 2);
  EXPECT_EQ(versions.at("objects").to_number<int>(), 9);
  EXPECT_EQ(versions.at("not_kept").as_array().size(), 2u);
  // The destination's own role makes its delete markers, and versioning comes before any write.
  bool on = false;
  rig.cloud([&](sim::Cloud& cloud) {
    for (const auto& record : cloud.metrics().records()) {
      if (record.operation == "PutBucketVersioning") on = true;
      if (record.operation == "CopyObject") EXPECT_TRUE(on);
      if (record.operation == "DeleteObject") EXPECT_THAT(record.signer, HasSubstr("destination"));
    }
  });

  rig.forget_requests();
  const auto again = rig.copy({"--versions", "all"});
  EXPECT_EQ(again.exit_code, 0) << again.message;
  EXPECT_EQ(again.skipped, 9u);
  EXPECT_EQ(again.digest, copied.digest);
  EXPECT_EQ(rig.requests("CopyObject") + rig.requests("PutBucketVersioning"), 0u);
}

TEST(VersionsCopy, BySourcePolicyAsWell) {
  auto world = versioned_world();
  Rig rig(world);
  add_history(rig);
  const auto copied = rig.copy({"--versions", "all", "--grant", "source-policy"});
  EXPECT_EQ(copied.exit_code, 0) << copied.message;
  EXPECT_EQ(history(rig, destination), history(rig, source));
}

TEST(VersionsCopy, AKeyThatFailsIsListedOnce) {
  Rig rig(versioned_world());
  add_history(rig);
  rig.deny({.operation = "CopyObject", .key = "photo-000000", .count = 0});
  const auto copied = rig.copy({"--versions", "all"});
  EXPECT_EQ(copied.exit_code, 3) << copied.message;
  EXPECT_GT(copied.missing, 1u);
  const auto failures = rig.events<FailureEvent>();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].operation, "CopyObject");
}

TEST(VersionsVerify, ComparesHistories) {
  Rig rig(versioned_world());
  add_history(rig);
  ASSERT_EQ(rig.copy({"--versions", "all"}).exit_code, 0);
  const auto verified = rig.verify({"--versions", "all"});
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_EQ(verified.version_keys, 5u);
  rig.cloud([](sim::Cloud& cloud) { cloud.erase_version(destination, "photo-000000", 1); });
  EXPECT_EQ(rig.verify().exit_code, 0) << "the current objects are the same";
  EXPECT_EQ(rig.verify({"--versions", "all"}).exit_code, 4);
  EXPECT_FALSE(rig.events<FailureEvent>().at(0).version.empty());
}

TEST(VersionsPlan, CountsThemAndWritesNothing) {
  Rig rig(versioned_world());
  add_history(rig);
  rig.forget_requests();
  ASSERT_EQ(rig.copy({"--versions", "all", "--dry-run"}).exit_code, 0);
  const auto plan = rig.events<PlanEvent>().at(0);
  EXPECT_EQ(plan.objects, 9u);
  EXPECT_EQ(plan.version_keys, 5u);
  EXPECT_EQ(plan.delete_markers, 2u);
  EXPECT_EQ(plan.to_copy, 9u);
  EXPECT_THAT(rig.writes(), testing::IsEmpty());
}

}  // namespace
}  // namespace s3m::workflow
