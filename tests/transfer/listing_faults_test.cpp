// Listings that cannot be believed: nothing may be taken for missing, extra or done because of one.
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using sim::FaultEffect;

struct Case {
  std::string name;
  FaultEffect effect;
  std::string bucket;
  std::uint64_t occurrence;  // which page of that bucket
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const std::string bucket : {"original", "copy"}) {
    all.push_back({"OutOfOrder_" + bucket, FaultEffect::page_out_of_order, bucket, 1});
    all.push_back({"OutOfOrderLater_" + bucket, FaultEffect::page_out_of_order, bucket, 3});
    all.push_back({"WithoutToken_" + bucket, FaultEffect::page_without_token, bucket, 2});
    all.push_back({"RepeatsToken_" + bucket, FaultEffect::page_repeats_token, bucket, 2});
    all.push_back({"GoesBack_" + bucket, FaultEffect::page_goes_back, bucket, 3});
  }
  return all;
}

// Pages of 50 keys; both sides have 300 in common.
sim::Scenario both_filled() {
  auto scenario = two_buckets();
  for (const auto name : {"original", "copy"}) {
    scenario.bucket(name, sim::source_account)
        .with(sim::GeneratorSpec{.prefix = "k", .count = 300});
  }
  scenario.switches.listing_page = 50;
  return scenario;
}

class ListingFaults : public testing::TestWithParam<Case> {
 protected:
  void plant(Rig& rig) {
    rig.fault({.operation = "ListObjectsV2",
               .bucket = GetParam().bucket,
               .first = GetParam().occurrence,
               .effect = GetParam().effect});
  }

  static void expect_named(const Result<void>& result) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), Errc::listing_order);
    EXPECT_EQ(result.error().bucket(), GetParam().bucket);
    EXPECT_EQ(result.error().operation(), "ListObjectsV2");
    EXPECT_FALSE(result.error().request_id().empty());
  }
};

TEST_P(ListingFaults, EndTheCopy) {
  Rig rig(both_filled());
  plant(rig);
  expect_named(rig.copy());
  EXPECT_FALSE(rig.counters.listing_done);
}

TEST_P(ListingFaults, EndTheVerification) {
  Rig rig(both_filled());
  plant(rig);
  expect_named(rig.verify());
}

TEST_P(ListingFaults, DeleteNothing) {
  Rig rig(both_filled());
  rig.put("copy", {.key = "extra", .body = "x"});
  plant(rig);
  expect_named(rig.delete_extra([](const auto&) -> Result<void> { return ok; }));
  EXPECT_EQ(rig.requests("DeleteObject"), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, ListingFaults, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

TEST(ListingFault, AnEmptyPageThatGoesOnIsNotTheEnd) {
  Rig rig(both_filled());
  for (const auto bucket : {"original", "copy"}) {
    rig.fault({.operation = "ListObjectsV2",
               .bucket = bucket,
               .first = 2,
               .count = 3,
               .effect = FaultEffect::page_empty});
  }
  rig.must_copy();
  EXPECT_EQ(rig.counters.skipped, 300U);
  EXPECT_EQ(rig.counters.destination_only, 0U);
}

TEST(ListingFault, AServiceThatDoesNotSortIsRefused) {
  Rig rig(both_filled());
  rig.switches([](auto& switches) { switches.unordered_listing = true; });
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::listing_order);
  EXPECT_EQ(rig.requests("CopyObject"), 0U);
}

TEST(ListingFault, AFailedPageIsNeverAnEmptyOne) {
  for (const auto bucket : {"original", "copy"}) {
    Rig rig(both_filled());
    rig.fault({.operation = "ListObjectsV2",
               .bucket = bucket,
               .first = 3,
               .count = 0,
               .status = 500,
               .code = "InternalError"});
    const auto copied = rig.copy();
    ASSERT_FALSE(copied.has_value()) << bucket;
    EXPECT_EQ(copied.error().code(), Errc::unavailable);
    EXPECT_EQ(copied.error().bucket(), bucket);
    EXPECT_FALSE(rig.counters.listing_done);
  }
}

TEST(ListingFault, ATruncatedOrBrokenPageIsAskedForAgain) {
  for (const auto effect : {FaultEffect::truncated_body, FaultEffect::reset_mid_body,
                            FaultEffect::reset_before_head, FaultEffect::error_in_200}) {
    Rig rig(both_filled());
    rig.fault({.operation = "ListObjectsV2",
               .first = 4,
               .effect = effect,
               .status = 200,
               .code = "InternalError"});
    rig.must_copy();
    EXPECT_EQ(rig.counters.skipped, 300U) << static_cast<int>(effect);
  }
}

TEST(ListingFault, ListingsThatAreDeniedEndTheJob) {
  Rig rig(both_filled());
  rig.fault({.operation = "ListObjectsV2",
             .bucket = "original",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::access_denied);
}

TEST(ListingFault, AMissingBucketEndsTheJob) {
  Rig rig(two_buckets(), {.destination = "s3://not-there"});
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::no_such_bucket);
}

}  // namespace
}  // namespace s3m::transfer
