#include "transfer/failures.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "transfer/test_journal.hpp"

namespace s3m::transfer {
namespace {

class FailuresTest : public testing::Test {
 protected:
  bool fail_one(Errc code) {
    return failures_.failed(Error(code, "no"), {"CopyObject", "bucket", "key"});
  }

  Errc outcome() {
    const auto result = failures_.result();
    EXPECT_FALSE(result.has_value());
    return result ? Errc::mismatch : result.error().code();
  }

  net::Loop loop_;
  net::HttpClient http_{loop_, {}};
  aws::Runtime runtime_{.loop = loop_, .http = http_};
  net::CancelToken cancel_{loop_};
  Governor governor_{loop_, {}, cancel_};
  TestJournal journal_;
  std::vector<FailureEvent> reported_;
  Context context_{.runtime = runtime_,
                   .governor = governor_,
                   .cancel = cancel_,
                   .journal = journal_,
                   .on_failure = [this](const auto& event) { reported_.push_back(event); }};
  Failures failures_{context_};
};

TEST_F(FailuresTest, OneObjectsFailureIsReportedAndStopsNothing) {
  EXPECT_TRUE(fail_one(Errc::invalid_state));
  EXPECT_FALSE(failures_.stopped());
  EXPECT_TRUE(failures_.result().has_value());
  ASSERT_EQ(reported_.size(), 1U);
  EXPECT_EQ(reported_[0].code, "invalid_state");
}

TEST_F(FailuresTest, AReportCarriesAllThatIsKnown) {
  Error error(Errc::access_denied, "Access Denied");
  error.operation("UploadPartCopy").bucket("copy").key("k").service_code("AccessDenied");
  error.request_id("R1").http_status(403);
  failures_.failed(std::move(error), {"CopyObject", "bucket", "key"});
  ASSERT_EQ(reported_.size(), 1U);
  const auto& event = reported_[0];
  EXPECT_EQ(event.operation, "UploadPartCopy");
  EXPECT_EQ(event.bucket, "copy");
  EXPECT_EQ(event.key, "k");
  EXPECT_EQ(event.code, "access_denied");
  EXPECT_EQ(event.service_code, "AccessDenied");
  EXPECT_EQ(event.request_id, "R1");
  EXPECT_EQ(event.http_status, 403);
  EXPECT_EQ(event.message, "Access Denied");
}

TEST_F(FailuresTest, WhatTheErrorDoesNotNameTheSubjectDoes) {
  fail_one(Errc::invalid_state);
  EXPECT_EQ(reported_[0].operation, "CopyObject");
  EXPECT_EQ(reported_[0].bucket, "bucket");
  EXPECT_EQ(reported_[0].key, "key");
}

TEST_F(FailuresTest, WhatConcernsAllStopsTheJobAtOnce) {
  for (const auto code : {Errc::expired_credentials, Errc::no_such_bucket, Errc::connect,
                          Errc::wrong_region, Errc::io, Errc::cancelled}) {
    Failures failures(context_);
    EXPECT_FALSE(failures.failed(Error(code), {"CopyObject", "bucket", "key"}));
    EXPECT_TRUE(failures.stopped());
    const auto result = failures.result();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), code);
  }
  EXPECT_TRUE(reported_.empty());
}

TEST_F(FailuresTest, TheFirstReasonToStopIsTheOneThatIsTold) {
  fail_one(Errc::no_such_bucket);
  fail_one(Errc::connect);
  EXPECT_EQ(outcome(), Errc::no_such_bucket);
}

TEST_F(FailuresTest, TwentyRefusalsWithoutASuccessMeanThatTheGrantIsMissing) {
  for (int i = 0; i < 19; ++i)
    EXPECT_TRUE(fail_one(Errc::access_denied));
  EXPECT_FALSE(fail_one(Errc::access_denied));
  const auto result = failures_.result();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), Errc::access_denied);
  EXPECT_NE(result.error().message().find("grant"), std::string::npos);
}

TEST_F(FailuresTest, AServiceThatLacksWhatEveryCopyNeedsStopsTheJob) {
  for (int i = 0; i < 19; ++i)
    EXPECT_TRUE(fail_one(Errc::not_supported));
  EXPECT_FALSE(fail_one(Errc::not_supported));
  EXPECT_EQ(outcome(), Errc::not_supported);
}

TEST_F(FailuresTest, RefusalsAfterASuccessAreSingleObjects) {
  failures_.succeeded();
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(fail_one(Errc::access_denied));
  EXPECT_EQ(reported_.size(), 100U);
}

TEST_F(FailuresTest, CredentialsThatAreWithdrawnStopTheJobInTheMiddleToo) {
  failures_.succeeded();
  for (int i = 0; i < 19; ++i)
    EXPECT_TRUE(fail_one(Errc::invalid_credentials));
  failures_.succeeded();
  for (int i = 0; i < 19; ++i)
    EXPECT_TRUE(fail_one(Errc::invalid_credentials));
  EXPECT_FALSE(fail_one(Errc::invalid_credentials));
  EXPECT_EQ(outcome(), Errc::invalid_credentials);
}

TEST_F(FailuresTest, ARoleThatCannotBeAssumedAgainStopsTheJob) {
  failures_.succeeded();
  Error error(Errc::access_denied, "not authorized to perform: sts:AssumeRole");
  error.operation("AssumeRole");
  EXPECT_FALSE(failures_.failed(std::move(error), {"CopyObject", "bucket", "key"}));
  EXPECT_EQ(outcome(), Errc::access_denied);
}

TEST_F(FailuresTest, ACancelledJobIsStopped) {
  cancel_.cancel();
  EXPECT_TRUE(failures_.stopped());
  EXPECT_EQ(outcome(), Errc::cancelled);
}

}  // namespace
}  // namespace s3m::transfer
