// Copying when answers fail, lie or get lost, and when the world changes meanwhile.
#include <algorithm>

#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using sim::FaultEffect;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

// "a" to "e", an hour old.
sim::Scenario five_objects() {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  for (const auto key : {"a", "b", "c", "d", "e"}) {
    bucket.with({.key = key, .body = std::string("content of ") + key, .age = seconds(3600)});
  }
  return scenario;
}

sim::Scenario many_objects(std::uint64_t count) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "k", .count = count, .max_size = 9999});
  return scenario;
}

TEST(CopyFaults, AnErrorInsideA200IsAFailureThatIsRepeated) {
  Rig rig(five_objects());
  rig.fault({.operation = "CopyObject",
             .key = "c",
             .effect = FaultEffect::error_in_200,
             .code = "InternalError",
             .blanks = 3});
  rig.must_copy();
  EXPECT_EQ(rig.keys("copy").size(), 5U);
  EXPECT_EQ(rig.requests("CopyObject"), 6U);
}

TEST(CopyFaults, AnErrorInsideA200ThatStaysIsOneObjectsFailure) {
  Rig rig(five_objects());
  rig.fault({.operation = "CopyObject",
             .key = "c",
             .count = 0,
             .effect = FaultEffect::error_in_200,
             .code = "InternalError"});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_THAT(rig.keys("copy"), ElementsAre("a", "b", "d", "e"));
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].operation, "CopyObject");
  EXPECT_EQ(rig.failures[0].bucket, "copy");
  EXPECT_EQ(rig.failures[0].key, "c");
  EXPECT_EQ(rig.failures[0].code, "unavailable");
  EXPECT_EQ(rig.failures[0].service_code, "InternalError");
  EXPECT_FALSE(rig.failures[0].request_id.empty());
  EXPECT_EQ(rig.counters.failed, 1U);
}

TEST(CopyFaults, ResetsAndTruncatedAnswersAreRepeated) {
  for (const auto effect : {FaultEffect::reset_before_head, FaultEffect::reset_mid_head,
                            FaultEffect::reset_mid_body, FaultEffect::truncated_body}) {
    Rig rig(five_objects());
    rig.fault({.operation = "CopyObject", .first = 2, .effect = effect});
    rig.must_copy();
    EXPECT_EQ(rig.counters.copied, 5U) << static_cast<int>(effect);
  }
}

// The copy was made but its answer lost: the repetition finds its own object and gets 412.
TEST(CopyFaults, ALostAnswerIsSettledByLooking) {
  Rig rig(five_objects());
  rig.fault({.operation = "CopyObject",
             .key = "b",
             .effect = FaultEffect::reset_before_head,
             .applied = true});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 5U);
  EXPECT_TRUE(rig.same_content("b"));
}

TEST(CopyFaults, ALostAnswerOfACopyWithAnotherEtagIsSettledToo) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "parts", .size = 20 * mib, .part_size = 8 * mib, .checksum = "none"});
  scenario.switches.ignore_checksums = true;
  Rig rig(scenario);
  rig.fault({.operation = "CopyObject", .effect = FaultEffect::reset_before_head, .applied = true});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 1U);
  EXPECT_TRUE(rig.same_content("parts"));
}

// Every answer is lost, and each repetition meets the first one's success.
TEST(CopyFaults, AnObjectWhoseEveryAnswerIsLostIsFoundToBeCopied) {
  Rig rig(five_objects());
  rig.fault({.operation = "CopyObject",
             .key = "b",
             .count = 0,
             .effect = FaultEffect::reset_before_head,
             .applied = true});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 5U);
}

TEST(CopyFaults, AStormOfSlowDownEndsInACompleteCopy) {
  Rig rig(many_objects(400), {.governor = {.initial = 32}});
  rig.fault({.operation = "CopyObject", .count = 100, .code = "SlowDown"});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 400U);
  EXPECT_GT(rig.governor->rate(), 0) << "the job has learned to go slower";
  EXPECT_GE(rig.runtime->counters.throttled, 100U);
  rig.must_verify();
}

TEST(CopyFaults, AThrottledServiceIsApproachedUntilAllIsCopied) {
  auto scenario = many_objects(300);
  scenario.throttles.push_back(
      {.bucket = "copy", .writes_per_second = 1500, .burst_seconds = 0.02});
  Rig rig(scenario, {.governor = {.initial = 64}, .real_time = true});
  rig.must_copy();
  rig.must_verify();
}

TEST(CopyFaults, ExpiredSessionsAreRenewedOnTheWay) {
  auto scenario = many_objects(100);
  Rig rig(scenario, {.with_role = true});
  rig.fault({.operation = "CopyObject", .first = 30, .effect = FaultEffect::expire_session});
  rig.must_copy();
  EXPECT_GE(rig.requests("AssumeRole"), 2U);
  rig.must_verify();
}

TEST(CopyFaults, ExpiredSessionsInTheDialectThatNeverSaysSoAreRenewedToo) {
  Rig rig(many_objects(100), {.with_role = true});
  rig.switches([](auto& switches) { switches.expired_token_is_unknown_key = true; });
  rig.fault({.operation = "CopyObject", .first = 30, .effect = FaultEffect::expire_session});
  rig.must_copy();
  rig.must_verify();
}

TEST(CopyFaults, CredentialsThatCannotBeRenewedEndTheJob) {
  Rig rig(many_objects(500), {.with_role = true});
  rig.fault({.operation = "CopyObject", .first = 30, .effect = FaultEffect::expire_session});
  rig.fault(
      {.operation = "AssumeRole", .first = 2, .count = 0, .status = 403, .code = "AccessDenied"});
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_LT(rig.counters.copied + rig.counters.failed, 500U);
  EXPECT_LT(rig.requests("CopyObject"), 400U);
}

TEST(CopyFaults, WithoutAGrantTheJobStopsAndSaysSo) {
  Rig rig(many_objects(500));
  rig.fault({.operation = "CopyObject", .count = 0, .status = 403, .code = "AccessDenied"});
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::access_denied);
  EXPECT_NE(copied.error().message().find("grant"), std::string::npos);
  EXPECT_LE(rig.requests("CopyObject"), 20U + rig.governor->budget());
}

TEST(CopyFaults, ObjectsThatAreDeniedAmongOthersFailByThemselves) {
  Rig rig(many_objects(100));
  rig.fault({.operation = "CopyObject",
             .key = "k00001*",
             .count = 0,
             .status = 403,
             .code = "AccessDenied"});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.failed, 10U);
  EXPECT_EQ(rig.counters.copied, 90U);
}

// More of them than would end a job that none comes through: they were not refused now.
TEST(CopyFaults, WhatIsLeftAloneHasFailedAsBefore) {
  Rig rig(many_objects(100));
  LeftFailures left;
  for (const auto& key : rig.keys("original")) {
    if (left.size() < 30) left[key] = {.operation = "CopyObject", .key = key, .message = "before"};
  }
  CopyOptions options;
  options.left = std::make_shared<LeftFailures>(left);
  ASSERT_TRUE(rig.copy(options).has_value());
  EXPECT_EQ(rig.requests("CopyObject"), 70U);
  EXPECT_EQ(rig.counters.copied, 70U);
  EXPECT_EQ(rig.counters.failed, 30U);
  ASSERT_EQ(rig.failures.size(), 30U);
  EXPECT_TRUE(std::ranges::all_of(
      rig.failures, [](const FailureEvent& failure) { return failure.message == "before"; }));
  ASSERT_TRUE(rig.verify().has_value());
  EXPECT_EQ(rig.verification.missing, 30U);
  EXPECT_TRUE(rig.failures.empty()) << "what is missing was told as failed";

  // By somebody else's hand it is there meanwhile.
  rig.must_copy();
  ASSERT_TRUE(rig.copy(options).has_value());
  EXPECT_EQ(rig.counters.skipped, 100U);
  EXPECT_EQ(rig.counters.failed, 0U);
}

TEST(CopyFaults, ABucketThatGoesEndsTheJob) {
  Rig rig(many_objects(300));
  rig.fault(
      {.operation = "CopyObject", .first = 10, .count = 0, .status = 404, .code = "NoSuchBucket"});
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::no_such_bucket);
  EXPECT_LT(rig.requests("CopyObject"), 60U);
}

TEST(CopyFaults, AnObjectThatVanishesIsNoFailure) {
  Rig rig(five_objects());
  rig.fault({.operation = "CopyObject", .key = "c", .effect = FaultEffect::delete_object});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 4U);
  EXPECT_EQ(rig.counters.vanished, 1U);
  EXPECT_THAT(rig.keys("copy"), ElementsAre("a", "b", "d", "e"));
}

TEST(CopyFaults, AnObjectThatChangesIsCopiedAsItNowIs) {
  Rig rig(five_objects());
  rig.fault({.operation = "CopyObject", .key = "c", .effect = FaultEffect::overwrite_object});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 5U);
  EXPECT_EQ(rig.requests("CopyObject"), 6U) << "the first was refused: it was pinned";
  EXPECT_TRUE(rig.same_content("c"));
  rig.must_verify();
  EXPECT_EQ(rig.counters.copied_bytes, rig.verification.bytes);
  EXPECT_EQ(rig.counters.source_bytes, rig.verification.bytes);
}

TEST(CopyFaults, AnObjectThatChangesAllTheTimeIsGivenUp) {
  Rig rig(five_objects());
  rig.fault(
      {.operation = "CopyObject", .key = "c", .count = 0, .effect = FaultEffect::overwrite_object});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.failed, 1U);
  EXPECT_EQ(rig.counters.copied, 4U);
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].code, "precondition_failed");
  EXPECT_LT(rig.requests("CopyObject"), 20U);
}

TEST(CopyFaults, ConflictsAreRepeated) {
  Rig rig(five_objects());
  rig.fault(
      {.operation = "CopyObject", .key = "c", .status = 409, .code = "ConditionalRequestConflict"});
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 5U);
}

TEST(CopyFaults, ACancelledJobEndsSoonAndSaysSo) {
  auto scenario = many_objects(2000);
  scenario.latencies.push_back({.operation = "CopyObject", .fixed = milliseconds(5)});
  Rig rig(scenario);
  rig.before_first("CopyObject", [&rig](sim::Cloud&) {
    net::asio::post(rig.loop, [&rig] { rig.cancel->cancel(); });
  });
  const auto copied = rig.copy();
  ASSERT_FALSE(copied.has_value());
  EXPECT_EQ(copied.error().code(), Errc::cancelled);
  EXPECT_LT(rig.requests("CopyObject"), 200U);
  EXPECT_EQ(rig.governor->in_flight(), 0U);
}

}  // namespace
}  // namespace s3m::transfer
