// What goes wrong on the way, and what the call makes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "tests/aws/simulated_s3.hpp"

namespace s3m::aws {
namespace {

using namespace std::chrono_literals;
using sim::FaultEffect;

class FaultsTest : public SimulatedS3 {
 protected:
  FaultsTest() {
    cloud([](sim::Cloud& cloud) { cloud.put("photos", {.key = "k", .body = "hello"}); });
  }

  Result<CopyResult> copy(S3& s3) {
    return run(s3.copy_object({.source = {"photos", "k", ""}, .bucket = "copies", .key = "k"}));
  }
  bool was_copied() {
    return cloud([](sim::Cloud& cloud) { return cloud.object("copies", "k").has_value(); });
  }

  S3 s3_ = s3(administrator());
};

TEST_F(FaultsTest, AStormOf503IsOutlasted) {
  add_fault({.operation = "CopyObject", .count = 200});
  EXPECT_EQ(outcome(copy(s3_)), "ok");
  EXPECT_EQ(runtime_.counters.throttled, 200u);
  EXPECT_TRUE(was_copied());
}

TEST_F(FaultsTest, AThrottledHeadIsThrottledThoughItCannotSaySo) {
  add_fault({.operation = "HeadObject", .count = 20});
  EXPECT_EQ(outcome(run(s3_.head_object({.object = {"photos", "k", ""}}))), "ok");
  EXPECT_EQ(runtime_.counters.throttled, 20u);
}

TEST_F(FaultsTest, AnErrorInsideA200IsNoCopy) {
  add_fault({.operation = "CopyObject",
             .count = 3,
             .effect = FaultEffect::error_in_200,
             .code = "InternalError",
             .blanks = 50});
  EXPECT_EQ(outcome(copy(s3_)), "ok");
  EXPECT_EQ(seen("CopyObject"), 4u);
  EXPECT_TRUE(was_copied());
}

TEST_F(FaultsTest, AnErrorInsideA200ThatStaysIsAnError) {
  runtime_.retry.max_attempts = 3;
  add_fault({.operation = "CopyObject",
             .count = 0,
             .effect = FaultEffect::error_in_200,
             .code = "InternalError"});
  const auto result = copy(s3_);
  EXPECT_EQ(outcome(result), "unavailable");
  EXPECT_EQ(result.error().service_code(), "InternalError");
  EXPECT_EQ(seen("CopyObject"), 3u);
  EXPECT_FALSE(was_copied());
}

TEST_F(FaultsTest, ConnectionsThatBreakAnywhereAreRepeated) {
  for (const auto effect : {FaultEffect::reset_before_head, FaultEffect::reset_mid_head,
                            FaultEffect::reset_mid_body, FaultEffect::truncated_body}) {
    add_fault({.operation = "CopyObject", .effect = effect});
    EXPECT_EQ(outcome(copy(s3_)), "ok") << static_cast<int>(effect);
    add_fault({.operation = "ListObjectsV2", .effect = effect});
    EXPECT_EQ(outcome(run(s3_.list_objects({.bucket = "photos"}))), "ok")
        << static_cast<int>(effect);
  }
}

TEST_F(FaultsTest, ALostReplyOfAConditionalWriteMeetsItself) {
  add_fault({.operation = "PutObject", .effect = FaultEffect::reset_mid_head, .applied = true});
  const auto put = run(s3_.put_object(
      {.bucket = "copies", .key = "n", .body = "x", .write = {.if_none_match = true}}));
  EXPECT_EQ(outcome(put), "precondition_failed");  // s3.hpp, Doubt: the caller looks
}

TEST_F(FaultsTest, WhiteSpaceBeforeTheAnswerIsPatience) {
  add_fault(
      {.operation = "CopyObject", .effect = FaultEffect::trickle, .blanks = 5, .blank_gap = 10ms});
  EXPECT_EQ(outcome(copy(s3_)), "ok");
  EXPECT_EQ(seen("CopyObject"), 1u);
}

TEST_F(FaultsTest, AHundredRequestsAConnectionAreOrdinary) {
  for (int i = 0; i < 250; ++i)
    ASSERT_EQ(outcome(run(s3_.head_object({.object = {"photos", "k", ""}}))), "ok");
  EXPECT_EQ(runtime_.counters.retried, 0u);
  EXPECT_GE(http_.stats().connections_opened, 3u);
}

TEST_F(FaultsTest, TheServicesDelayIsKept) {
  add_fault({.operation = "CopyObject", .retry_after = 30ms});
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(outcome(copy(s3_)), "ok");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 30ms);
}

TEST_F(FaultsTest, AWrongClockIsCorrectedForAllThatFollow) {
  for (const auto skew : {std::chrono::milliseconds(2h), std::chrono::milliseconds(-3h)}) {
    cloud([skew](sim::Cloud& cloud) { cloud.switches().clock_skew = skew; });
    EXPECT_EQ(outcome(copy(s3_)), "ok");
    const auto corrected = runtime_.counters.refreshed;
    EXPECT_EQ(outcome(copy(s3_)), "ok");
    EXPECT_EQ(runtime_.counters.refreshed, corrected);
  }
  EXPECT_EQ(runtime_.counters.refreshed, 2u);
}

TEST_F(FaultsTest, AHeadLearnsTheTimeFromItsDate) {
  cloud([](sim::Cloud& cloud) { cloud.switches().clock_skew = 2h; });
  EXPECT_EQ(outcome(run(s3_.head_object({.object = {"photos", "k", ""}}))), "ok");
  EXPECT_EQ(runtime_.counters.refreshed, 1u);
}

class SessionFaults : public FaultsTest {
 protected:
  void expire() {
    cloud([](sim::Cloud& cloud) { cloud.expire_sessions(sim::source_role); });
  }
  std::shared_ptr<Identity> identity_ = role_session();
  S3 role_ = s3(identity_);
};

TEST_F(SessionFaults, AnExpiredSessionIsRenewedInEachDialect) {
  for (const bool unknown_key : {false, true}) {
    cloud([unknown_key](sim::Cloud& cloud) {
      cloud.switches().expired_token_is_unknown_key = unknown_key;
    });
    ASSERT_EQ(outcome(copy(role_)), "ok");
    expire();
    EXPECT_EQ(outcome(copy(role_)), "ok") << unknown_key;
  }
  EXPECT_EQ(runtime_.counters.refreshed, 2u);
}

TEST_F(SessionFaults, ManyRequestsRenewItOnce) {
  ASSERT_EQ(outcome(copy(role_)), "ok");
  expire();
  const auto before = seen("AssumeRole");
  net::TaskGroup group(loop_);
  int copied = 0;
  const auto one = [](S3& s3, int& count) -> net::Task<void> {
    const auto head = co_await s3.get_object({"photos", "k", ""}, "");
    count += head ? 1 : 0;
  };
  for (int i = 0; i < 50; ++i)
    group.spawn(one(role_, copied));
  net::testing::run_task(loop_, group.join());
  EXPECT_EQ(copied, 50);
  EXPECT_EQ(seen("AssumeRole"), before + 1);
}

TEST_F(SessionFaults, ASessionThatEndsInTheMiddleOfManyIsRenewed) {
  add_fault({.operation = "CopyObject", .first = 3, .effect = FaultEffect::expire_session});
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(outcome(copy(role_)), "ok");
  EXPECT_EQ(runtime_.counters.refreshed, 1u);
}

TEST_F(SessionFaults, SessionsOfTwoSecondsAreRenewedInTime) {
  cloud([](sim::Cloud& cloud) { cloud.switches().session_lifetime = 2s; });
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(outcome(copy(role_)), "ok");
    clock_.advance(100ms);
  }
  EXPECT_EQ(runtime_.counters.refreshed, 0u);  // never by an error
}

TEST_F(SessionFaults, AFailedRenewalIsTheErrorThatIsTold) {
  ASSERT_EQ(outcome(copy(role_)), "ok");
  expire();
  add_fault({.operation = "AssumeRole", .count = 0, .status = 403, .code = "AccessDenied"});
  const auto result = copy(role_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::access_denied);
  EXPECT_EQ(result.error().operation(), "AssumeRole");
}

}  // namespace
}  // namespace s3m::aws
