#include "workflow/deny.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workflow/policy_test_support.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string freeze_sid = deny_sid(DenyKind::freeze, "job");
const Principal session{.account = "111111111111",
                        .arn = "arn:aws:iam::111111111111:role/s3m-source",
                        .session_arn = "arn:aws:sts::111111111111:assumed-role/s3m-source/job",
                        .user_id = "AROASOURCE:job"};

Error refusal(Errc code, int status) {
  Error error(code, "no");
  error.http_status(status);
  return error;
}

// The probes obey the policy as a server of the given understanding would.
class DenyTest : public PolicyTest {
 protected:
  enum class Server { aws, not_principal_alone, hits_everyone, hits_nobody };

  DenyTest() {
    own_.works = [this] {
      if (!stands()) return own_may_write_;
      return server_ == Server::hits_nobody || understood();
    };
    stranger_.works = [this] { return !stands() || server_ == Server::hits_nobody; };
  }

  bool holds(std::string_view text) const {
    return policy_.document && policy_.document->find(text) != std::string::npos;
  }
  bool stands() const { return holds("S3MigratorFreeze") || holds("S3MigratorClosed"); }
  bool understood() const {
    return (server_ == Server::aws && holds("aws:userid")) ||
           (server_ == Server::not_principal_alone && holds("NotPrincipal"));
  }

  static DenyRequest request(bool aws = true) {
    return {.terms = {.kind = DenyKind::freeze, .bucket = "photos", .spared = {session}},
            .job_id = "job",
            .aws = aws};
  }

  template <class Use>
  auto use(DenyRequest wanted, Use use) {
    auto edits = editor();
    Deny deny(std::move(wanted), policy_, edits, own_, has_stranger_ ? &stranger_ : nullptr,
              pause(), warn());
    auto result = run_task(loop_, use(deny));
    placed_ = deny.placed();
    return result;
  }
  Result<DenyResult> place(DenyRequest wanted = request()) {
    return use(std::move(wanted), [](Deny& deny) { return deny.place(); });
  }
  Result<void> prove() {
    return use(request(), [](Deny& deny) { return deny.prove(); });
  }

  FakeProbe own_, stranger_;
  Server server_ = Server::aws;
  bool own_may_write_ = true;
  bool has_stranger_ = true;
};

TEST_F(DenyTest, IsRecordedPutProvenAndTakenOutAgain) {
  policy_.document = others;
  policy_.on_write = [this] { EXPECT_EQ(recorded().size(), 1u); };
  const auto placed = place();
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_EQ(placed->dialect, DenyDialect::user_id);
  EXPECT_FALSE(placed->stood);
  EXPECT_TRUE(placed->others_refused);
  EXPECT_GT(placed->proven_at, WallTime{});
  EXPECT_EQ(stranger_.uses, 5);
  EXPECT_THAT(find_sids(*policy_.document, "").value(),
              ElementsAre("Logs", freeze_sid + "Objects", freeze_sid + "Bucket"));

  policy_.on_write = nullptr;
  EXPECT_TRUE(take_out(freeze_sid).value());
  EXPECT_EQ(policy_.document, others);
  EXPECT_TRUE(recorded().empty());
}

TEST_F(DenyTest, WhoMayNotWriteWithoutItIsToldSoAndNothingIsPut) {
  own_may_write_ = false;
  const auto placed = place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::access_denied);
  EXPECT_THAT(placed.error().message(), HasSubstr("this job itself may not write"));
  EXPECT_THAT(policy_.written, IsEmpty());
  EXPECT_FALSE(placed_);
}

TEST_F(DenyTest, AServerThatDoesNotKnowTheUserIdGetsAnotherDialect) {
  server_ = Server::not_principal_alone;
  policy_.document = others;
  const auto placed = place(request(false));
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_EQ(placed->dialect, DenyDialect::not_principal);
  EXPECT_FALSE(holds("aws:userid"));
  EXPECT_TRUE(take_out(freeze_sid).value());
  EXPECT_EQ(policy_.document, others);
}

TEST_F(DenyTest, ThatHitsTheJobItselfIsTakenOffAgainAndTheErrorSaysSo) {
  server_ = Server::hits_everyone;
  policy_.document = others;
  const auto placed = place(request(false));
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::access_denied);
  EXPECT_THAT(placed.error().message(),
              AllOf(HasSubstr("bucket photos"), HasSubstr("own session was refused"),
                    HasSubstr("taken off again"), HasSubstr("--source-is-quiet")));
  EXPECT_EQ(policy_.document, others);
  EXPECT_TRUE(recorded().empty());
  EXPECT_FALSE(placed_);
}

TEST_F(DenyTest, ThatWasProvenBeforeStaysWhenOurRightIsLost) {
  ASSERT_TRUE(place(request(false)));
  const auto standing = policy_.document;
  own_.works = [] { return false; };
  auto wanted = request(false);
  wanted.proven_as = DenyDialect::user_id;
  const auto again = place(wanted);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Errc::access_denied);
  EXPECT_THAT(again.error().message(),
              AllOf(HasSubstr("the freeze of bucket photos stays"), HasSubstr(session.session_arn),
                    HasSubstr("s3:PutObject on arn:aws:s3:::photos/*"), HasSubstr("Access Denied"),
                    Not(HasSubstr("--source-is-quiet"))));
  EXPECT_EQ(policy_.document, standing);
  EXPECT_EQ(policy_.written.size(), 1u) << "no other dialect was tried";
}

TEST_F(DenyTest, ThatWasProvenBeforeStaysWhenOthersAreLetIn) {
  ASSERT_TRUE(place(request(false)));
  const auto standing = policy_.document;
  server_ = Server::hits_nobody;
  auto wanted = request(false);
  wanted.proven_as = DenyDialect::user_id;
  const auto again = place(wanted);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message(), HasSubstr("does not hold any more"));
  EXPECT_EQ(policy_.document, standing);
}

TEST_F(DenyTest, ThatWasProvenBeforeIsPutAgainInTheSameDialectAndStays) {
  server_ = Server::hits_everyone;
  policy_.document = others;
  auto wanted = request(false);
  wanted.proven_as = DenyDialect::user_id;
  const auto again = place(wanted);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message(), HasSubstr("a right was lost"));
  EXPECT_TRUE(holds("aws:userid"));
  EXPECT_EQ(policy_.written.size(), 1u) << "no other dialect was tried";
}

TEST_F(DenyTest, StandsAsLongAsItsVeryStatementsDo) {
  const auto stands = [this] {
    return use(request(), [](Deny& deny) { return deny.stands(); }).value();
  };
  EXPECT_FALSE(stands());
  ASSERT_TRUE(place());
  EXPECT_TRUE(stands());
  auto narrowed = *policy_.document;
  narrowed.replace(narrowed.find("photos/*"), 8, "photos/a");
  policy_.document = narrowed;
  EXPECT_FALSE(stands());
  policy_.document = others;
  EXPECT_FALSE(stands());
}

TEST_F(DenyTest, ThatHitsNobodyIsTakenOffAgain) {
  server_ = Server::hits_nobody;
  const auto placed = place(request(false));
  ASSERT_FALSE(placed);
  EXPECT_THAT(placed.error().message(), HasSubstr("another session of the same role could still"));
  EXPECT_EQ(policy_.document, std::nullopt);
}

TEST_F(DenyTest, ThatCannotBeTakenOffStaysRecordedAndTheErrorNamesIt) {
  server_ = Server::hits_everyone;
  policy_.document = others;
  policy_.refuse = [](const std::string& text) -> Result<void> {
    if (text.find("S3Migrator") != std::string::npos) return ok;
    return fail(Errc::unavailable, "try later");
  };
  const auto placed = place(request(false));
  ASSERT_FALSE(placed);
  EXPECT_THAT(placed.error().message(),
              AllOf(HasSubstr(freeze_sid), HasSubstr("s3migrator cleanup s3://photos")));
  EXPECT_TRUE(placed_);
  EXPECT_EQ(recorded().size(), 1u);
}

TEST_F(DenyTest, AFreezeWithoutAnotherSessionToProveItByIsRefused) {
  has_stranger_ = false;
  const auto placed = place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::refused);
  EXPECT_THAT(placed.error().message(), HasSubstr("--source-role-arn"));
  EXPECT_THAT(policy_.written, IsEmpty());
}

TEST_F(DenyTest, TheNewBucketIsClosedWithoutOneAndItIsToldThatNobodyWasSeenRefused) {
  has_stranger_ = false;
  auto wanted = request();
  wanted.terms.kind = DenyKind::closed;
  const auto placed = place(wanted);
  ASSERT_TRUE(placed) << placed.error().describe();
  EXPECT_FALSE(placed->others_refused);
  EXPECT_EQ(own_.uses, 6);
}

TEST_F(DenyTest, NobodyToSpareIsRefused) {
  auto wanted = request();
  wanted.terms.spared = {};
  EXPECT_EQ(place(wanted).error().code(), Errc::refused);
  wanted.terms.spared = {session, Principal{}};
  EXPECT_EQ(place(wanted).error().code(), Errc::refused);
  EXPECT_THAT(policy_.written, IsEmpty());
}

TEST_F(DenyTest, OfAKilledRunIsFoundAndProvenWithoutPuttingItAgain) {
  policy_.document = others;
  ASSERT_TRUE(place());
  const auto standing = policy_.document;
  own_may_write_ = false;  // asked only under the Deny
  const auto again = place();
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_TRUE(again->stood);
  EXPECT_EQ(policy_.written.size(), 1u);
  EXPECT_EQ(policy_.document, standing);
  EXPECT_TRUE(placed_);
}

TEST_F(DenyTest, OfAKilledRunIsFoundInItsDialect) {
  server_ = Server::not_principal_alone;
  ASSERT_TRUE(place(request(false)));
  pauses_.clear();
  const auto again = place(request(false));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->dialect, DenyDialect::not_principal);
  EXPECT_TRUE(again->stood);
  EXPECT_EQ(policy_.written.size(), 2u);
}

TEST_F(DenyTest, ThatSparesASessionOfTheRoleAsItWasBeforeItWasMadeAnewIsReplaced) {
  ASSERT_TRUE(place());
  auto wanted = request();
  wanted.terms.spared[0].user_id = "AROANEW:job";
  own_.works = [this] { return !stands() || holds("AROANEW"); };
  const auto again = place(wanted);
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_FALSE(again->stood);
  EXPECT_FALSE(holds("AROASOURCE"));
}

TEST_F(DenyTest, OneRefusalIsNotEnoughFiveInARowAre) {
  // The policy has reached some of the servers, not all.
  stranger_.works = [this] { return stranger_.uses <= 3 || stranger_.uses == 6; };
  const auto placed = place();
  ASSERT_TRUE(placed);
  EXPECT_EQ(stranger_.uses, 11);
  EXPECT_THAT(placed->effective_after, Gt(0ms));
}

TEST_F(DenyTest, OnAwsItIsWaitedForTwoMinutesInOneDialect) {
  server_ = Server::hits_nobody;
  const auto placed = place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(waited(), 120s);
  EXPECT_EQ(policy_.written.size(), 1u);
  EXPECT_EQ(policy_.removed, 1);
}

TEST_F(DenyTest, IsProvenAgainWithoutPatienceAndLeftWhereItIs) {
  ASSERT_TRUE(place());
  ASSERT_TRUE(prove());
  const auto standing = policy_.document;
  policy_.document = others;  // somebody put the policy back
  pauses_.clear();
  const auto gone = prove();
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code(), Errc::access_denied);
  EXPECT_THAT(gone.error().message(), HasSubstr("does not hold any more"));
  EXPECT_THAT(pauses_, IsEmpty());
  EXPECT_EQ(policy_.document, others);
  policy_.document = standing;
  EXPECT_TRUE(prove());
}

TEST_F(DenyTest, WithAGrantInTheSamePolicyTheOriginalBytesComeBackInEitherOrder) {
  const auto grant = [this] {
    auto edits = editor();
    return run_task(loop_,
                    edits.add({.sid = grant_sid("job"),
                               .job_id = "job",
                               .dialect = "arns",
                               .statements = {{.sid = grant_sid("job"),
                                               .principals = {"arn:aws:iam::222222222222:root"},
                                               .actions = {"s3:GetObject"},
                                               .resources = {"arn:aws:s3:::photos/*"}}}}));
  };
  for (const bool grant_first : {true, false}) {
    policy_.document = others;
    ASSERT_TRUE(grant());
    ASSERT_TRUE(place());
    EXPECT_EQ(recorded().size(), 2u);
    ASSERT_TRUE(take_out(grant_first ? grant_sid("job") : freeze_sid).value());
    EXPECT_NE(policy_.document, others);
    ASSERT_TRUE(take_out(grant_first ? freeze_sid : grant_sid("job")).value());
    EXPECT_EQ(policy_.document, others);
    EXPECT_TRUE(recorded().empty());
  }
}

TEST_F(DenyTest, WhatOthersChangedInBetweenStays) {
  policy_.document = others;
  ASSERT_TRUE(place());
  auto edited = *policy_.document;
  edited.replace(edited.find("\"Logs\""), 6, "\"Diary\"");
  policy_.document = edited;
  EXPECT_TRUE(take_out(freeze_sid).value());
  EXPECT_THAT(find_sids(*policy_.document, "").value(), ElementsAre("Diary"));
}

TEST_F(DenyTest, ADeadPrincipalInThePolicyIsRefusedWithItsStatement) {
  policy_.document = R"({"Statement":[{"Sid":"Old","Principal":{"AWS":"AROAEXAMPLEID12345678"}}]})";
  const auto placed = place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::refused);
  EXPECT_THAT(placed.error().message(), HasSubstr("\"Old\""));
  EXPECT_THAT(policy_.written, IsEmpty());
}

TEST_F(DenyTest, DeliveriesThatAFreezeRefusesAreWarnedOf) {
  policy_.document = R"({"Statement":[{"Sid":"Trail","Effect":"Allow","Principal":{"Service":)"
                     R"("cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"*"}]})";
  ASSERT_TRUE(place());
  EXPECT_THAT(warnings_, ElementsAre(AllOf(HasSubstr("\"Trail\""), HasSubstr("bucket photos"),
                                           HasSubstr("cloudtrail.amazonaws.com"))));
}

TEST_F(DenyTest, ElsewhereUnknownActionsAreLeftOut) {
  policy_.refuse = [](const std::string& text) -> Result<void> {
    if (text.find("s3:Replicate*") == std::string::npos) return ok;
    return fail(refusal(Errc::invalid_request, 400));
  };
  ASSERT_TRUE(place(request(false)));
  EXPECT_TRUE(holds("s3:PutObject*"));
  const auto again = place(request(false));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->stood);
}

TEST_F(DenyTest, AServiceThatRefusesEveryDialectIsLeftAsItWas) {
  policy_.document = others;
  policy_.refuse = [](const std::string&) -> Result<void> {
    return fail(refusal(Errc::invalid_request, 400));
  };
  const auto placed = place(request(false));
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::access_denied);
  EXPECT_THAT(placed.error().message(), HasSubstr("nothing was changed"));
  EXPECT_FALSE(placed_);
  EXPECT_TRUE(recorded().empty());
}

TEST_F(DenyTest, APutWithoutTheRightToItIsToldAsItIs) {
  policy_.refuse = [](const std::string&) -> Result<void> {
    return fail(refusal(Errc::access_denied, 403));
  };
  const auto placed = place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().http_status(), 403);
  EXPECT_FALSE(placed_);
}

TEST_F(DenyTest, ARecordSurvivesARefusedPutWhileAnEarlierDialectStands) {
  server_ = Server::hits_everyone;
  ASSERT_FALSE(place(request(false)));
  policy_.document =
      with_statements(
          others, deny_statements(request().terms, "job", DenyDialect::user_id, ActionSet::full),
          freeze_sid)
          .value();
  policy_.refuse = [](const std::string& text) -> Result<void> {
    if (text.find("NotPrincipal") == std::string::npos &&
        text.find("S3Migrator") != std::string::npos) {
      return ok;
    }
    return fail(refusal(Errc::access_denied, 403));
  };
  EXPECT_FALSE(place(request(false)));
  EXPECT_TRUE(placed_);
  EXPECT_EQ(recorded().size(), 1u);
}

TEST_F(DenyTest, AFailureThatIsNoRefusalEndsAtOnce) {
  stranger_.works = [] { return false; };
  stranger_.otherwise = Errc::refused;  // its session cannot be assumed
  const auto placed = place();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code(), Errc::refused);
  EXPECT_EQ(stranger_.uses, 1);
  EXPECT_TRUE(placed_);
}

TEST_F(DenyTest, CancellingEndsTheWait) {
  server_ = Server::hits_nobody;
  cancelled_ = true;
  EXPECT_EQ(place().error().code(), Errc::cancelled);
  EXPECT_TRUE(placed_);
}

TEST(FreezeSettle, IsAQuarterOfAnHourAgainstAwsAlone) {
  EXPECT_EQ(default_freeze_settle(true), 15min);
  EXPECT_EQ(default_freeze_settle(false), 0min);
}

}  // namespace
}  // namespace s3m::workflow
