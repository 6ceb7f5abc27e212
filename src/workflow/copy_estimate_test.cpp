// The arithmetic of a copy's price and time, against figures worked out by hand.
#include "workflow/copy_estimate.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workflow/estimates.hpp"

namespace s3m::workflow {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t gib = 1ull << 30;

// A source of `objects` of a GiB each, of which `missing` are to be copied.
transfer::Plan plan_of(std::uint64_t objects, std::uint64_t missing,
                       const std::string& storage_class = "STANDARD") {
  transfer::Plan plan;
  plan.source_objects = objects;
  plan.destination_objects = objects - missing;
  plan.to_copy = missing;
  plan.to_copy_bytes = missing * gib;
  plan.classes[storage_class].objects = objects;
  plan.copies[storage_class] = {.objects = missing, .bytes = missing * gib, .writes = missing};
  return plan;
}

PlanEvent estimated(const transfer::Plan& plan, CopyEstimate terms) {
  if (terms.source_region.empty()) terms.source_region = "us-east-1";
  if (terms.destination_region.empty()) terms.destination_region = "us-east-1";
  PlanEvent event;
  fill_estimate(event, terms, plan);
  return event;
}

PlanRange in(const std::vector<PlanRange>& parts, std::string_view what) {
  const auto found = std::ranges::find(parts, what, &PlanRange::what);
  if (found == parts.end()) return {"none", -1, -1};
  return *found;
}

TEST(CopyEstimate, OnlyWhatIsToBeCopiedIsPaidFor) {
  const auto event = estimated(plan_of(100'000, 1000), {});
  // 1,000 COPY requests at $0.005 a thousand.
  EXPECT_DOUBLE_EQ(in(event.prices, "copying").low, 0.005);
  EXPECT_DOUBLE_EQ(in(event.prices, "copying").high, 0.005);
  EXPECT_EQ(event.prices_as_of, "2025-10-28");
  EXPECT_DOUBLE_EQ(event.high_dollars, total_of(event.prices).high);
  EXPECT_THAT(event.warnings, Contains(HasSubstr("list prices")));
}

TEST(CopyEstimate, ListsBothSidesForTheCopyAndForItsVerification) {
  const auto plan = plan_of(100'000, 1000);
  // 100 + 99 pages and the two last ones, twice; and 101 where the source is counted ahead.
  const auto listing = in(estimated(plan, {}).prices, "listing, looking and verifying");
  EXPECT_DOUBLE_EQ(listing.low, 402 * 0.005 / 1000);
  EXPECT_DOUBLE_EQ(listing.high, 503 * 0.005 / 1000);
  const auto alone = estimated(plan, {.verify = transfer::VerifyMode::none});
  EXPECT_DOUBLE_EQ(in(alone.prices, "listing, looking and verifying").low, 201 * 0.005 / 1000);
}

TEST(CopyEstimate, ChecksumsTakeALookAtEachSide) {
  const auto plan = plan_of(5500, 0);
  const auto event = estimated(plan, {.verify = transfer::VerifyMode::checksum});
  EXPECT_DOUBLE_EQ(in(event.times, "verifying").low, 2);
  EXPECT_DOUBLE_EQ(in(event.times, "verifying").high, 22);
  EXPECT_DOUBLE_EQ(in(estimated(plan, {.strict = true}).times, "verifying").low, 0);
  EXPECT_DOUBLE_EQ(in(estimated(plan, {.strict = true}).times, "verifying").high, 22);
  EXPECT_LT(in(estimated(plan, {}).times, "verifying").high, 0) << "the listings prove them";
}

TEST(CopyEstimate, BetweenRegionsEachByteIsPaidFor) {
  const auto plan = plan_of(100, 50);
  EXPECT_LT(in(estimated(plan, {}).prices, "transfer between regions").low, 0);
  const auto away = estimated(plan, {.destination_region = "eu-west-1"});
  EXPECT_DOUBLE_EQ(in(away.prices, "transfer between regions").low, 1.0);
}

TEST(CopyEstimate, InfrequentAccessIsPaidForByTheByteThatIsRead) {
  const auto event = estimated(plan_of(100, 50, "STANDARD_IA"), {});
  EXPECT_DOUBLE_EQ(in(event.prices, "retrieval of infrequent access classes").low, 0.5);
  CopyEstimate cold;
  cold.options.storage_class = "GLACIER_IR";
  EXPECT_DOUBLE_EQ(in(estimated(plan_of(1000, 1000), cold).prices, "copying").low, 0.02);
}

TEST(CopyEstimate, TakesTheTimeOfItsRequestsOrOfItsBytes) {
  auto plan = plan_of(7000, 7000);
  plan.to_copy_bytes = 1;
  EXPECT_DOUBLE_EQ(in(estimated(plan, {}).times, "copying").low, 2);
  plan.to_copy_bytes = 40'000'000'000;
  EXPECT_DOUBLE_EQ(in(estimated(plan, {}).times, "copying").low, 10);
  EXPECT_DOUBLE_EQ(in(estimated(plan, {}).times, "copying").high, 200);
  plan.destination_only = 3500;
  EXPECT_DOUBLE_EQ(in(estimated(plan, {.deletes = true}).times, "deleting").low, 1);
  const auto event = estimated(plan, {});
  EXPECT_DOUBLE_EQ(event.low_seconds, total_of(event.times).low);
  EXPECT_GT(event.high_seconds, event.low_seconds);
}

TEST(CopyEstimate, OfAnotherServiceNothingIsKnownButTheTime) {
  const auto event = estimated(plan_of(10, 10), {.aws = false});
  EXPECT_THAT(event.prices, IsEmpty());
  EXPECT_THAT(event.prices_as_of, IsEmpty());
  EXPECT_DOUBLE_EQ(event.high_dollars, 0);
  EXPECT_GT(event.high_seconds, 0);
  EXPECT_THAT(event.warnings, Contains("prices are known of AWS alone"));
}

TEST(CopyEstimate, SaysWhichPricesStandIn) {
  const auto event = estimated(plan_of(10, 10), {.destination_region = "me-south-1"});
  EXPECT_THAT(event.warnings, Contains(HasSubstr("no prices are known for me-south-1")));
}

}  // namespace
}  // namespace s3m::workflow
