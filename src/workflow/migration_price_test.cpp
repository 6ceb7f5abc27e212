// The arithmetic of a migration's price and time, against figures worked out by hand.
#include "workflow/migration_price.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workflow/price_table.hpp"

namespace s3m::workflow {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::uint64_t gib = 1ull << 30;
constexpr double day = 86'400;
const Range no_time;

// `objects` of a GiB each, none of them young.
MigrationLoad load_of(std::string storage_class, std::uint64_t objects) {
  MigrationLoad load;
  load.source_region = load.destination_region = "us-east-1";
  load.plan.source_objects = load.plan.current_objects = objects;
  load.plan.source_bytes = objects * gib;
  load.plan.classes[std::move(storage_class)] = {.objects = objects,
                                                 .bytes = objects * gib,
                                                 .billed_bytes = objects * gib,
                                                 .early_byte_days = 0,
                                                 .writes = objects};
  return load;
}

Range line(const MigrationPrice& price, std::string_view what) {
  const auto found = std::ranges::find(price.lines, what, &Range::what);
  if (found == price.lines.end()) return {"none", -1, -1};
  return *found;
}

TEST(Price, CopyingTwice) {
  // 2 x 1,000 requests at $0.005 a thousand.
  const auto price = price_of(load_of("STANDARD", 1000), no_time);
  EXPECT_DOUBLE_EQ(line(price, "copying twice").low, 0.01);
  EXPECT_DOUBLE_EQ(line(price, "copying twice").high, 0.01);
}

TEST(Price, TheClassOfTheCopiesIsWhatTheyCost) {
  auto load = load_of("STANDARD", 1000);
  load.storage_class = "GLACIER_IR";
  EXPECT_DOUBLE_EQ(line(price_of(load, no_time), "copying twice").low, 0.04);
  load.destination_region = "eu-central-1";
  load.storage_class.clear();
  EXPECT_DOUBLE_EQ(line(price_of(load, no_time), "copying twice").low, 0.0108);
}

TEST(Price, PartsAreCopiesToo) {
  auto load = load_of("STANDARD", 1);
  load.plan.classes["STANDARD"].writes = 102;
  EXPECT_DOUBLE_EQ(line(price_of(load, no_time), "copying twice").low, 204 * 0.005 / 1000);
}

TEST(Price, TransferIsTheSourcesAndOnlyBetweenRegions) {
  auto load = load_of("STANDARD", 100);
  EXPECT_LT(line(price_of(load, no_time), "transfer between regions").low, 0);
  load.destination_region = "eu-west-1";
  EXPECT_DOUBLE_EQ(line(price_of(load, no_time), "transfer between regions").low, 2.0);
  load.source_region = "ap-southeast-1";
  EXPECT_DOUBLE_EQ(line(price_of(load, no_time), "transfer between regions").low, 9.0);
}

TEST(Price, TheTemporaryBucketForTheTimeAndTheDaysItIsKept) {
  auto load = load_of("STANDARD", 100);
  const Range time{"", 3 * day, 6 * day};
  // 100 GB at $0.023 a month of 30 days.
  EXPECT_NEAR(line(price_of(load, time), "storage of the temporary bucket").low, 0.23, 1e-12);
  EXPECT_NEAR(line(price_of(load, time), "storage of the temporary bucket").high, 0.46, 1e-12);
  load.keep_temporary_days = 27;
  EXPECT_NEAR(line(price_of(load, time), "storage of the temporary bucket").low, 2.3, 1e-12);
}

TEST(Price, InfrequentAccessIsReadTwiceAndDeletedEarly) {
  auto load = load_of("GLACIER_IR", 100);
  load.plan.classes["GLACIER_IR"].early_byte_days = 100.0 * gib * 45;
  const auto price = price_of(load, {"", 10 * day, 10 * day});
  EXPECT_NEAR(line(price, "retrieval of infrequent access classes").low, 6.0, 1e-12);
  // 45 of 30 days at $0.004 a month, and 80 of the 90 that the temporary bucket pays.
  EXPECT_NEAR(line(price, "early deletion in the source").low, 0.6, 1e-12);
  EXPECT_NEAR(line(price, "early deletion in the temporary bucket").low, 100 * 0.004 * 80 / 30,
              1e-12);
}

TEST(Price, AnotherClassForTheCopiesSavesTheSecondEarlyDeletion) {
  auto load = load_of("STANDARD_IA", 10);
  EXPECT_GT(line(price_of(load, no_time), "early deletion in the temporary bucket").low, 0);
  load.storage_class = "STANDARD";
  const auto price = price_of(load, no_time);
  EXPECT_LT(line(price, "early deletion in the temporary bucket").low, 0);
  EXPECT_NEAR(line(price, "retrieval of infrequent access classes").low, 0.1, 1e-12);
}

TEST(Price, KeysAreARangeFromNothing) {
  auto load = load_of("STANDARD", 10'000);
  EXPECT_LT(line(price_of(load, no_time), "KMS requests").high, 0);
  load.kms = true;
  // Four for the two copies of each object, and sixteen looks.
  EXPECT_DOUBLE_EQ(line(price_of(load, no_time), "KMS requests").low, 0);
  EXPECT_DOUBLE_EQ(line(price_of(load, no_time), "KMS requests").high, 20 * 0.03);
}

TEST(Price, LookingIsARange) {
  const auto price = price_of(load_of("STANDARD", 1'000'000), no_time);
  // 19 and 27 listings of 1,001 pages, each page looked at once more, and 400 of the rest; 6 looks
  // at each object and at the tags of 10,099, or 16 at each.
  EXPECT_NEAR(line(price, "listing, looking and proving").low,
              (20 * 1.001 + 0.4) * 0.005 + 6 * 1'010.099 * 0.0004, 1e-9);
  EXPECT_NEAR(line(price, "listing, looking and proving").high,
              (28 * 1.001 + 0.4) * 0.005 + 16'000 * 0.0004, 1e-9);
}

TEST(Price, ARegionWithoutPricesIsSaid) {
  auto load = load_of("STANDARD", 1000);
  load.source_region = load.destination_region = "mx-central-1";
  const auto price = price_of(load, no_time);
  EXPECT_DOUBLE_EQ(line(price, "copying twice").low, 0.01);
  EXPECT_THAT(price.notes, Contains(HasSubstr("mx-central-1")));
  EXPECT_THAT(price.notes, SizeIs(2));  // once, though it stands for both sides
}

TEST(Price, OtherServicesHaveNone) {
  auto load = load_of("STANDARD", 1000);
  load.aws = false;
  EXPECT_TRUE(price_of(load, no_time).lines.empty());
}

TEST(PriceTable, EveryRegionBeginsWithStandard) {
  for (const auto* region : {"us-east-1", "eu-central-1", "ap-southeast-1"}) {
    ASSERT_NE(prices_of(region), nullptr);
    EXPECT_EQ(prices_of(region)->of("ANYTHING").storage_class, "STANDARD");
    EXPECT_EQ(prices_of(region)->of("STANDARD_IA").storage_class, "STANDARD_IA");
  }
  EXPECT_EQ(prices_of("moon-1"), nullptr);
}

TEST(MigrationTime, RequestsOrBytesBoundACopy) {
  const auto find = [](const std::vector<Range>& parts, std::string_view what) {
    return *std::ranges::find(parts, what, &Range::what);
  };
  auto load = load_of("STANDARD", 3500);
  load.plan.source_bytes = 0;
  EXPECT_DOUBLE_EQ(find(times_of(load), "copy to the final bucket").low, 1);
  load.plan.source_bytes = 40'000'000'000;
  EXPECT_DOUBLE_EQ(find(times_of(load), "copy to the final bucket").low, 10);
  EXPECT_DOUBLE_EQ(find(times_of(load), "copy to the final bucket").high, 200);
}

TEST(MigrationTime, OnlyAwsHasToSettle) {
  auto load = load_of("STANDARD", 1);
  load.all_versions = true;
  const auto total = total_of(times_of(load));
  EXPECT_GT(total.low, 45 * 60);
  EXPECT_LT(total.low, total.high);
  load.aws = false;
  EXPECT_LT(total_of(times_of(load)).low, 60);
}

TEST(MigrationRequests, DeleteMarkersAreNotLookedAt) {
  auto load = load_of("STANDARD", 10);
  load.plan.source_objects = 12;
  load.plan.delete_markers = 2;
  EXPECT_EQ(requests_of(load).reads_low, 120u);
  load.acls = true;
  EXPECT_EQ(requests_of(load).reads_low, 180u);
}

}  // namespace
}  // namespace s3m::workflow
