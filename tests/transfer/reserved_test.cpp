// What lies below .s3migrator/ is the program's own: no walk shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/versions_rig.hpp"

namespace s3m::transfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class Reserved : public testing::Test {
 protected:
  static sim::Scenario world() {
    auto scenario = two_buckets();
    for (const auto* const key : {".s3migrator", ".s3migrator/record.json", ".s3migrator0", "a"})
      scenario.bucket("original", sim::source_account).with({.key = key, .body = key});
    for (const auto* const key : {".s3migrator/record.json", ".s3migrator/x/y"})
      scenario.bucket("copy", sim::source_account).with({.key = key, .body = "of the copy"});
    return scenario;
  }
};

TEST_F(Reserved, IsNeitherCopiedNorCountedNorDeleted) {
  for (const std::size_t page : {1U, 2U, 1000U}) {
    auto scenario = world();
    scenario.switches.listing_page = page;
    Rig rig(scenario);
    ASSERT_TRUE(rig.plan().has_value());
    EXPECT_EQ(rig.planned.to_copy, 3U);
    rig.must_copy();
    EXPECT_EQ(rig.counters.copied, 3U);
    EXPECT_EQ(rig.counters.destination_only, 0U);
    EXPECT_EQ(rig.counters.expected.keys, 3.0);
    EXPECT_TRUE(rig.counters.expected.exact);
    rig.must_verify();
    EXPECT_EQ(rig.verification.objects, 3U);
    EXPECT_EQ(rig.verification.extra, 0U);
    ASSERT_TRUE(rig.delete_extra([](const Deletion&) { return Result<void>(ok); }).has_value());
    EXPECT_EQ(rig.deletion.extra, 0U);
    EXPECT_THAT(rig.keys("copy"), ElementsAre(".s3migrator", ".s3migrator/record.json",
                                              ".s3migrator/x/y", ".s3migrator0", "a"));
    EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) {
      return cloud.read("copy", ".s3migrator/record.json", 99);
    }),
              "of the copy");
  }
}

TEST_F(Reserved, OfOneSideHasNoCounterpartBelowAPrefix) {
  Rig there(world(), {.destination = "s3://copy/backup/"});
  there.put("copy", {.key = "backup/.s3migrator/x", .body = "not ours"});
  there.must_copy();
  EXPECT_EQ(there.counters.copied, 3U);
  EXPECT_EQ(there.counters.destination_only, 0U);
  EXPECT_THAT(there.keys("copy"), Not(Contains("backup/.s3migrator/record.json")));
  Rig back(world(), {.source = "s3://original/backup/"});
  back.put("original", {.key = "backup/.s3migrator/x", .body = "not ours"});
  back.must_copy();
  EXPECT_EQ(back.counters.copied, 0U);
}

TEST_F(Reserved, IsShownToWhoAsksForIt) {
  Rig rig(world(), {.source = "s3://original/.s3migrator/", .destination = "s3://copy/records/"});
  rig.must_copy();
  EXPECT_THAT(rig.keys("copy"), Contains("records/record.json"));
}

TEST_F(Reserved, IsLeftOutOfHistoriesToo) {
  auto scenario = versioned_buckets();
  scenario.switches.listing_page = 2;
  Versions versions(scenario);
  versions.add("original", ".s3migrator/record.json", {"1", "2", "3"});
  versions.add("original", "a", {"1", "2", "3"});
  versions.rig.must_copy(versions.options);
  EXPECT_EQ(versions.rig.counters.version_keys, 1U);
  EXPECT_EQ(versions.histories("copy").size(), 1U);
}

}  // namespace
}  // namespace s3m::transfer
