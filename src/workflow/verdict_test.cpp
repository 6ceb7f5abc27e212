#include "workflow/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::HasSubstr;

SummaryEvent judged(const Ending& ending) {
  SummaryEvent summary;
  judge(ending, summary);
  return summary;
}

Ending verified(transfer::Verification found) {
  return {.verified = true, .verification = std::move(found)};
}

TEST(Judge, EverythingProvenIsZero) {
  const auto summary = judged(verified({.objects = 1'204'331, .same_strong = 1'204'331}));
  EXPECT_EQ(summary.exit_code, 0);
  EXPECT_EQ(summary.outcome, "verified");
  EXPECT_THAT(summary.message, HasSubstr("1,204,331 objects verified"));
}

TEST(Judge, OneIsNotMany) {
  EXPECT_THAT(judged(verified({.objects = 1})).message, HasSubstr("1 object verified"));
  EXPECT_THAT(judged({.failed = 1}).message, HasSubstr("1 object failed; it is listed"));
  EXPECT_THAT(judged(verified({.objects = 2, .mismatched = 1})).message,
              HasSubstr("1 object differs and 0 are missing"));
}

TEST(Judge, VersionsAreNotCalledObjects) {
  auto ending = verified({.objects = 9});
  ending.all_versions = true;
  EXPECT_THAT(judged(ending).message, HasSubstr("9 versions and delete markers verified"));
  ending.failed = 1;
  EXPECT_THAT(judged(ending).message, HasSubstr("1 version or delete marker failed"));
}

TEST(Judge, CopiesThatWereThereAreNotSpokenFor) {
  auto ending = verified({.objects = 9});
  ending.not_looked_at = 4;
  EXPECT_EQ(judged(ending).exit_code, 0);
  EXPECT_THAT(judged(ending).message, HasSubstr("4 copies were there already"));
}

TEST(Judge, WeakPairsAreToldAndCountOnlyWhereStrongOnesWereAskedFor) {
  auto ending = verified({.objects = 10, .same_strong = 7, .same_weak = 3});
  EXPECT_EQ(judged(ending).exit_code, 0);
  EXPECT_THAT(judged(ending).message, HasSubstr("3 pairs are proven only weakly"));
  ending.strict = true;
  EXPECT_EQ(judged(ending).exit_code, 4);
  ending.strict = false;
  ending.mode = transfer::VerifyMode::checksum;
  EXPECT_EQ(judged(ending).exit_code, 4);
}

TEST(Judge, DifferencesAreFour) {
  EXPECT_EQ(judged(verified({.objects = 10, .mismatched = 1})).exit_code, 4);
  EXPECT_EQ(judged(verified({.objects = 10, .missing = 1})).exit_code, 4);
  EXPECT_EQ(judged(verified({.objects = 10, .extra = 5})).exit_code, 0);
}

TEST(Judge, FailedObjectsAreThreeAlsoWhereVerificationMissesThem) {
  auto ending = verified({.objects = 10, .missing = 2});
  ending.failed = 2;
  EXPECT_EQ(judged(ending).exit_code, 3);
  EXPECT_EQ(judged(ending).outcome, "failed-objects");
}

TEST(Judge, AFatalErrorIsOneAndAnInterruptionCanGoOn) {
  const Error fatal(Errc::no_such_bucket, "gone");
  EXPECT_EQ(judged({.fatal = &fatal}).exit_code, 1);
  EXPECT_THAT(judged({.fatal = &fatal}).message, HasSubstr("gone"));

  const Error cancelled(Errc::cancelled);
  const auto summary = judged({.fatal = &cancelled, .failed = 3, .resume_command = "s3migrator x"});
  EXPECT_EQ(summary.exit_code, 130);
  EXPECT_THAT(summary.message, testing::EndsWith("go on with: s3migrator x"));
}

TEST(Judge, AJobThatWasStoppedFromOutsideSaysBySuch) {
  const Error cancelled(Errc::cancelled);
  const auto paused = judged(
      {.fatal = &cancelled, .stop = Stop::paused, .resume_command = "s3migrator jobs resume j"});
  EXPECT_EQ(paused.exit_code, 130);
  EXPECT_THAT(paused.message, testing::StartsWith("Paused, as another process asked"));
  EXPECT_THAT(paused.message, testing::EndsWith("go on with: s3migrator jobs resume j"));
  const auto ended = judged(
      {.fatal = &cancelled, .stop = Stop::cancelled, .resume_command = "s3migrator jobs resume j"});
  EXPECT_EQ(ended.exit_code, 130);
  EXPECT_EQ(ended.outcome, "cancelled");
  EXPECT_THAT(ended.message, testing::Not(HasSubstr("resume"))) << "it cannot be resumed";
}

TEST(Judge, WithoutVerificationItSaysSo) {
  EXPECT_EQ(judged({}).outcome, "copied");
  EXPECT_EQ(judged({}).exit_code, 0);
}

TEST(Judge, AGrantThatStaysIsNeverASuccess) {
  const Error left(Errc::access_denied, "Access Denied");
  auto ending = verified({.objects = 1, .same_strong = 1});
  ending.grant_left = &left;
  ending.granted_bucket = "photos";
  ending.cleanup_command = "s3migrator cleanup s3://photos --profile ada";
  EXPECT_EQ(judged(ending).exit_code, 1);
  EXPECT_THAT(judged(ending).message,
              testing::EndsWith("s3migrator cleanup s3://photos --profile ada"));
  ending.failed = 1;
  EXPECT_EQ(judged(ending).exit_code, 3);
}

}  // namespace
}  // namespace s3m::workflow
