// A policy that names roles of the source's account, on its way to an account that may not have
// them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string source_role(sim::source_role), destination_role(sim::destination_role);

const std::string readers = fmt::format(
    R"({{"Sid": "Readers", "Effect": "Allow", "Principal": {{"AWS": ["{0}", "111111111111"]}}, )"
    R"("Action": "s3:GetObject", "Resource": "arn:aws:s3:::{1}/*"}})",
    sim::source_role, source);

sim::Scenario world() {
  auto world = article_world(6);
  world.switches.name_release = 0ms;
  world.buckets.front().policy =
      fmt::format(R"({{"Version": "2012-10-17", "Statement": [{}]}})", readers);
  return world;
}

class NewPrincipals : public testing::Test {
 protected:
  std::string temporary() {
    const auto store = rig.store();
    return store->fact(rig.last_job(), "temporary-bucket")->value_or("");
  }

  Rig rig{world()};
};

// At the new bucket the policy would be refused when there is no way back.
TEST_F(NewPrincipals, ThatDoNotExistStopItBeforeTheConfirmation) {
  const auto before = rig.keys(source);
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal) << stopped.message;
  EXPECT_THAT(stopped.message,
              AllOf(HasSubstr("Readers"), HasSubstr("arn:aws:iam::222222222222:role/s3m-source"),
                    HasSubstr("--map " + source_role + "="), HasSubstr("Nothing was deleted")));
  EXPECT_EQ(rig.keys(source), before);
  EXPECT_THAT(rig.policy(temporary()), Not(HasSubstr("S3MigratorTrial")));
}

TEST_F(NewPrincipals, ThatTheUserNamesAreTriedAndCarried) {
  const auto done = rig.migrate({"--map", source_role + "=" + destination_role});
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  EXPECT_THAT(rig.policy(source), AllOf(HasSubstr(destination_role), HasSubstr("222222222222"),
                                        Not(HasSubstr("S3Migrator"))));
}

// What is taken over by the run that goes on was never tried by the one that was killed.
TEST_F(NewPrincipals, ThatAppearAfterTheConfirmationStopTheRunThatGoesOn) {
  rig.cloud([](sim::Cloud& cloud) {
    EXPECT_TRUE(cloud.set_policy(source, others_policy(source)));
    EXPECT_TRUE(cloud.set_configuration(
        source, "notification",
        "<NotificationConfiguration><QueueConfiguration><Id>q</Id>"
        "<Queue>arn:aws:sqs:us-east-1:111111111111:q</Queue><Event>s3:ObjectCreated:*</Event>"
        "</QueueConfiguration></NotificationConfiguration>"));
  });
  const auto before = rig.keys(source);
  rig.deny({.operation = "PutBucketNotificationConfiguration", .bucket = source, .count = 0});
  ASSERT_EQ(rig.migrate().exit_code, exit_fatal);
  const auto job = rig.last_job();
  ASSERT_TRUE(rig.store()->fact(job, "confirmed")->has_value());
  rig.cloud([](sim::Cloud& cloud) {
    cloud.faults().clear();
    auto now = cloud.bucket_policy(source);
    now.insert(now.find('[', now.find("\"Statement\"")) + 1, readers + ",");
    EXPECT_TRUE(cloud.set_policy(source, now)) << now;
  });
  for (int twice = 0; twice < 2; ++twice) {
    const auto stopped = rig.again("resume", job);
    ASSERT_TRUE(stopped) << stopped.error().describe();
    EXPECT_EQ(stopped->exit_code, exit_fatal) << stopped->message;
    EXPECT_THAT(stopped->message, AllOf(HasSubstr("Readers"), HasSubstr("--map")));
    EXPECT_EQ(rig.keys(source), before);
  }
}

// One more chance before the source itself goes.
TEST_F(NewPrincipals, ThatAppearWhileItIsEmptiedKeepTheSource) {
  rig.cloud([](sim::Cloud& cloud) {
    EXPECT_TRUE(cloud.set_policy(source, others_policy(source)));
    const auto hook = [&cloud, done = false](const sim::RequestRecord& request) mutable {
      if (done || request.operation != "DeleteObjects" || request.bucket != source) return;
      done = true;
      auto now = cloud.bucket_policy(source);
      now.insert(now.find('[', now.find("\"Statement\"")) + 1, readers + ",");
      EXPECT_TRUE(cloud.set_policy(source, now)) << now;
    };
    cloud.before_each(hook);
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal) << stopped.message;
  EXPECT_THAT(stopped.message, HasSubstr("--map"));
  const auto again = rig.again("resume", rig.last_job());
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_THAT(again->message, HasSubstr("--map"));
  EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) { return cloud.bucket_owner(source); }),
            sim::source_account);
}

}  // namespace
}  // namespace s3m::workflow
