#include "app/migration_plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MigrationPlanText, Dollars) {
  EXPECT_EQ(dollars_text(0, 0.004), "less than $0.01");
  EXPECT_EQ(dollars_text(0.5, 0.5), "$0.50");
  EXPECT_EQ(dollars_text(1.5, 12), "$1.50-12.00");
  EXPECT_EQ(dollars_text(99, 1234.4), "$99.00-1234");
}

TEST(MigrationPlanText, Time) {
  EXPECT_EQ(duration_range_text(0.2, 59.5), "1s - 1m");
  EXPECT_EQ(duration_range_text(900, 900), "15m");
}

MigrationPlanEvent planned() {
  MigrationPlanEvent plan;
  plan.bucket = "photos";
  plan.source_region = "us-east-1";
  plan.destination_region = "eu-central-1";
  plan.objects = 12;
  plan.first_key = "a\x1b[2J";
  plan.times = {{.what = "copy", .low = 60, .high = 120}};
  plan.low_seconds = 60;
  plan.high_seconds = 120;
  plan.prices = {{.what = "copying twice", .low = 1, .high = 1}};
  plan.low_dollars = plan.high_dollars = 1;
  plan.prices_as_of = "2025-10-28";
  plan.permissions = {{"source", "s3:ListBucket", "arn:aws:s3:::photos", "proven", "listed"},
                      {"source", "s3:DeleteBucket", "arn:aws:s3:::photos", "unproven", "untried"}};
  plan.source_policy = R"({"Version":"2012-10-17"})";
  plan.advice = "copy instead";
  return plan;
}

TEST(MigrationPlanText, SaysWhatItTakesAndWhatIsNotSure) {
  const auto text = migration_plan_text(planned());
  EXPECT_THAT(text, HasSubstr("photos, from us-east-1 to eu-central-1"));
  EXPECT_THAT(text, HasSubstr("$1.00 (list prices of 2025-10-28)"));
  EXPECT_THAT(text, HasSubstr("1 proven, 0 inferred, 1 unproven, 0 denied"));
  EXPECT_THAT(text, HasSubstr("unproven source: s3:DeleteBucket on arn:aws:s3:::photos: untried"));
  EXPECT_THAT(text, Not(HasSubstr("s3:ListBucket on")));
  EXPECT_THAT(text, HasSubstr(R"({"Version":"2012-10-17"})"));
  EXPECT_THAT(text, HasSubstr("copy instead"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(MigrationPlanText, ARefusalComesWithItsWayOut) {
  auto plan = planned();
  plan.times.clear();
  plan.refusals = {{.code = "mfa-delete", .reason = "only root can", .way_out = "switch it off"}};
  const auto text = migration_plan_text(plan);
  EXPECT_THAT(text, HasSubstr("mfa-delete: only root can"));
  EXPECT_THAT(text, HasSubstr("switch it off"));
  EXPECT_THAT(text, HasSubstr("not counted"));
}

}  // namespace
}  // namespace s3m::app
