#include "workflow/grant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workflow/policy_test_support.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class GrantTest : public PolicyTest {
 protected:
  static GrantRequest request() {
    return {.terms = {.bucket = "photos", .sid = grant_sid("job")},
            .principal = {.account = "111111111111",
                          .arn = "arn:aws:iam::111111111111:role/s3m-source",
                          .session_arn = "arn:aws:sts::111111111111:assumed-role/s3m-source/job"},
            .job_id = "job"};
  }

  Result<GrantResult> place(GrantRequest wanted) {
    auto edits = editor();
    Grant grant(std::move(wanted), policy_, edits, probe_, pause(), warn());
    auto placed = run_task(loop_, grant.place());
    placed_ = grant.placed();
    return placed;
  }

  Result<bool> revoke() { return take_out(grant_sid("job")); }

  FakeProbe probe_;
};

TEST_F(GrantTest, IsPlacedRecordedProvenAndTakenOutAgain) {
  policy_.document = others;
  const auto placed = place(request());
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_EQ(probe_.uses, 1);
  EXPECT_THAT(find_sids(*policy_.document, "").value(), ElementsAre("Logs", grant_sid("job")));
  ASSERT_EQ(recorded().size(), 1u);
  EXPECT_EQ(recorded()[0].original_policy, others);

  EXPECT_TRUE(revoke().value());
  EXPECT_EQ(policy_.document, others);
  EXPECT_TRUE(recorded().empty());
}

TEST_F(GrantTest, WhereThereWasNoPolicyThereIsNoneAgain) {
  ASSERT_TRUE(place(request()));
  EXPECT_TRUE(revoke().value());
  EXPECT_EQ(policy_.document, std::nullopt);
  EXPECT_EQ(policy_.removed, 1);
}

TEST_F(GrantTest, IsRecordedBeforeItIsPut) {
  policy_.refuse = [this](const std::string&) -> Result<void> {
    EXPECT_EQ(recorded().size(), 1u);
    return fail(Errc::timeout, "no answer");
  };
  const auto placed = place(request());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::timeout);
  EXPECT_TRUE(placed_);  // for all we know
  policy_.refuse = nullptr;
  EXPECT_FALSE(revoke().value());
  EXPECT_TRUE(recorded().empty());
}

TEST_F(GrantTest, APutThatTheServiceRefusesLeavesNoRecord) {
  policy_.refuse = [](const std::string&) -> Result<void> {
    Error error(Errc::access_denied, "Access Denied");
    error.http_status(403);
    return fail(std::move(error));
  };
  EXPECT_EQ(place(request()).error().code(), Errc::access_denied);
  EXPECT_FALSE(placed_);
  EXPECT_TRUE(recorded().empty());
}

TEST_F(GrantTest, WhatOthersChangedInBetweenStays) {
  policy_.document = others;
  ASSERT_TRUE(place(request()));
  auto edited = *policy_.document;
  edited.replace(edited.find("\"Logs\""), 6, "\"Diary\"");
  policy_.document = edited;
  EXPECT_TRUE(revoke().value());
  EXPECT_THAT(find_sids(*policy_.document, "").value(), ElementsAre("Diary"));
}

TEST_F(GrantTest, IsPutAgainWhenSomebodyOverwritesIt) {
  policy_.on_write = [this] {
    if (policy_.written.size() == 1) policy_.document = others;
  };
  ASSERT_TRUE(place(request()));
  EXPECT_THAT(find_sids(*policy_.document, "").value(), ElementsAre("Logs", grant_sid("job")));
}

TEST_F(GrantTest, GivesUpWhenSomebodyKeepsOverwritingIt) {
  policy_.on_write = [this] { policy_.document = others; };
  const auto placed = place(request());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::conflict);
}

TEST_F(GrantTest, WaitsUntilThePolicyTakesEffect) {
  probe_.works = [this] { return probe_.uses > 6; };
  const auto placed = place(request());
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->dialect, Dialect::account_and_arn);
  EXPECT_GT(placed->effective_after, 1s);
}

TEST_F(GrantTest, OnAwsItGivesUpAfterTwoMinutesAndSaysWho) {
  probe_.works = [] { return false; };
  const auto placed = place(request());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::access_denied);
  EXPECT_THAT(placed.error().message(), HasSubstr("role/s3m-source is still denied"));
  EXPECT_EQ(waited(), 120s);
  EXPECT_TRUE(placed_);
}

TEST_F(GrantTest, ElsewhereAnotherDialectIsTried) {
  auto wanted = request();
  wanted.aws = false;
  probe_.works = [this] { return policy_.document->find("assumed-role") != std::string::npos; };
  const auto placed = place(wanted);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->dialect, Dialect::arns);
  EXPECT_TRUE(revoke().value());
  EXPECT_EQ(policy_.document, std::nullopt);
}

TEST_F(GrantTest, ElsewhereUnknownActionsAreLeftOut) {
  auto wanted = request();
  wanted.aws = false;
  policy_.refuse = [](const std::string& text) -> Result<void> {
    if (text.find("Annotation") == std::string::npos) return ok;
    Error error(Errc::invalid_request, "unsupported action");
    error.http_status(400);
    return fail(std::move(error));
  };
  ASSERT_TRUE(place(wanted));
  EXPECT_EQ(policy_.document->find("Annotation"), std::string::npos);
}

TEST_F(GrantTest, WhatIsRefusedChangesNothing) {
  policy_.document = R"({"Statement":[{"Sid":"Old","Principal":{"AWS":"AROAEXAMPLEID12345678"}}]})";
  auto placed = place(request());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::refused);
  EXPECT_THAT(placed.error().message(), HasSubstr("\"Old\""));

  policy_.document = R"({"Statement":[{"Sid":")" + std::string(20'200, 'x') + R"("}]})";
  placed = place(request());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::too_large);
  EXPECT_TRUE(policy_.written.empty());
  EXPECT_FALSE(placed_);
  EXPECT_TRUE(recorded().empty());
}

TEST_F(GrantTest, WarnsOfADenyThatMayBite) {
  policy_.document =
      R"({"Statement":[{"Sid":"NoWrites","Effect":"Deny","Principal":"*","Action":"s3:Put*",)"
      R"("Resource":"*"}]})";
  ASSERT_TRUE(place(request()));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("\"NoWrites\"")));
}

TEST_F(GrantTest, AFailureThatIsNoDenialEndsAtOnce) {
  probe_.works = [] { return false; };
  probe_.otherwise = Errc::connect;
  EXPECT_EQ(place(request()).error().code(), Errc::connect);
  EXPECT_EQ(probe_.uses, 1);
}

TEST_F(GrantTest, CancellingEndsTheWait) {
  probe_.works = [this] {
    cancelled_ = true;
    return false;
  };
  EXPECT_EQ(place(request()).error().code(), Errc::cancelled);
  EXPECT_TRUE(placed_);
}

TEST_F(GrantTest, WaitsForAnotherEditorOfTheSameBucket) {
  const store::LockOwner other{"other-job", "elsewhere"};
  const auto locked = store_->run_blocking(
      [&](store::Store& store) { return store.try_lock_policy(bucket_, other, 60s); });
  ASSERT_TRUE(locked->ours);
  const auto placed = place(request());
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::conflict);
  EXPECT_THAT(placed.error().message(), HasSubstr("other-job"));
  EXPECT_TRUE(policy_.written.empty());
}

TEST_F(GrantTest, AnotherJobsGrantIsNeitherTakenOutNorBroughtBack) {
  const auto another = with_statements(
      others,
      {{.sid = grant_sid("another"), .principals = {"*"}, .actions = {"a"}, .resources = {"b"}}},
      grant_sid("another"));
  policy_.document = *another;
  ASSERT_TRUE(place(request()));
  // The other job ends first.
  auto without = without_statements(*policy_.document, grant_sid("another"), std::nullopt);
  policy_.document = without->document;
  EXPECT_TRUE(revoke().value());
  EXPECT_THAT(find_sids(*policy_.document, "").value(), ElementsAre("Logs"));
}

TEST_F(GrantTest, RevokingReportsAStatementThatStaysAndKeepsItsRecord) {
  ASSERT_TRUE(place(request()));
  const auto stubborn = *policy_.document;
  policy_.document = with_statements(stubborn, {{.sid = "New"}}, "New").value();
  policy_.on_write = [&] { policy_.document = stubborn; };
  const auto revoked = revoke();
  ASSERT_FALSE(revoked);
  EXPECT_EQ(revoked.error().code(), Errc::conflict);
  EXPECT_EQ(recorded().size(), 1u);
}

TEST_F(GrantTest, NobodyNamedIsRefused) {
  auto wanted = request();
  wanted.principal = {};
  EXPECT_EQ(place(wanted).error().code(), Errc::refused);
}

}  // namespace
}  // namespace s3m::workflow
