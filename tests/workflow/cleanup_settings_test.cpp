// `cleanup s3://BUCKET` of a bucket whose settings a migration has switched off.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string lifecycle =
    "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter/>"
    "<Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>";
const std::string notification =
    "<NotificationConfiguration><QueueConfiguration><Id>new</Id>"
    "<Queue>arn:aws:sqs:us-east-1:111111111111:new</Queue><Event>s3:ObjectCreated:*</Event>"
    "</QueueConfiguration></NotificationConfiguration>";

class CleanupSettings : public testing::Test {
 protected:
  CleanupSettings() : rig(world()) {}

  static sim::Scenario world() {
    auto world = article_world(6);
    world.switches.names_freed_at_once = true;
    world.buckets.front().configuration["lifecycle"] = lifecycle;
    world.buckets.front().configuration["notification"] = notification;
    return world;
  }

  SummaryEvent cleanup() {
    auto summary =
        rig.run({"cleanup", "s3://" + source, "--migrator-role-arn",
                 std::string(sim::migrator_role), "--role-arn", std::string(sim::source_role),
                 "--external-id", std::string(sim::source_external_id)});
    EXPECT_THAT(rig.policy(source), Not(HasSubstr("S3Migrator")));
    return summary;
  }
  std::string setting(const std::string& name) {
    return rig.cloud([&](sim::Cloud& cloud) { return cloud.bucket_configuration(source, name); });
  }
  // Notifications are off, and nothing is deleted yet.
  std::string stopped_before_the_first_delete() {
    rig.on_event([this](const Event& event) {
      const auto* const step = std::get_if<StepEvent>(&event);
      if (step == nullptr || step->step != "empty" || step->state != StepState::started) return;
      rig.fault({.operation = "ListObjectsV2",
                 .bucket = source,
                 .count = 0,
                 .status = 400,
                 .code = "InternalFailure"});
    });
    EXPECT_EQ(rig.migrate().exit_code, exit_fatal);
    rig.on_event({});
    rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
    return rig.last_job();
  }

  Rig rig;
};

TEST_F(CleanupSettings, OfAJobThatWaitsAreOnAgain) {
  ASSERT_EQ(rig.migrate_until_asked().exit_code, exit_interrupted);
  ASSERT_EQ(setting("lifecycle"), "");
  const auto cleaned = cleanup();
  EXPECT_EQ(cleaned.exit_code, 0) << cleaned.message;
  EXPECT_EQ(setting("lifecycle"), lifecycle);
  EXPECT_THAT(rig.told(), HasSubstr("put back: lifecycle"));
}

// G8: the job switches them off again before it deletes.
TEST_F(CleanupSettings, AJobThatGoesOnSwitchesThemOffAgain) {
  const auto job = stopped_before_the_first_delete();
  ASSERT_THAT(setting("notification"), Not(HasSubstr("Queue")));
  EXPECT_EQ(cleanup().exit_code, 0);
  EXPECT_EQ(setting("lifecycle"), lifecycle);
  EXPECT_EQ(setting("notification"), notification);
  std::string then = "never";
  rig.cloud([&](sim::Cloud& cloud) {
    cloud.before_each([&](const sim::RequestRecord& request) {
      if (request.operation == "DeleteObjects" && request.bucket == source)
        then = cloud.bucket_configuration(source, "notification");
    });
  });
  const auto done = rig.again("resume", job);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->exit_code, exit_verified) << done->message;
  EXPECT_THAT(then, AllOf(Not(HasSubstr("Queue")), Not(HasSubstr("never"))));
  EXPECT_THAT(setting("notification"), HasSubstr("arn:aws:sqs:eu-central-1:222222222222:new"));
  EXPECT_THAT(setting("lifecycle"), HasSubstr("<ID>old</ID>"));
}

TEST_F(CleanupSettings, OfAJobThatBeganToDeleteAreNamedWithTheWayOn) {
  rig.deny({.operation = "DeleteObjects", .bucket = source, .count = 0});
  ASSERT_EQ(rig.migrate().exit_code, exit_fatal);
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  EXPECT_EQ(cleanup().exit_code, 0);
  EXPECT_EQ(setting("lifecycle"), "");
  EXPECT_THAT(rig.told(), AllOf(HasSubstr("stay off"), HasSubstr("lifecycle"),
                                HasSubstr("notification"), HasSubstr("s3migrator undo")));
}

TEST_F(CleanupSettings, OfAJobThatNoStoreKnowsAreNamedWithTheCommands) {
  ASSERT_EQ(rig.migrate_until_asked().exit_code, exit_interrupted);
  const auto job = rig.last_job();
  for (const auto* const suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(rig.file("store.db") + suffix);
  EXPECT_EQ(cleanup().exit_code, 0);
  EXPECT_THAT(rig.told(),
              AllOf(HasSubstr(job), HasSubstr("lifecycle rules"),
                    HasSubstr("aws s3api put-bucket-lifecycle-configuration --bucket " + source),
                    HasSubstr("s3migrator adopt"), Not(HasSubstr("notifications"))));
}

TEST_F(CleanupSettings, ThatCouldNotBePutBackAreAnError) {
  ASSERT_EQ(rig.migrate_until_asked().exit_code, exit_interrupted);
  rig.deny({.operation = "PutBucketLifecycleConfiguration", .count = 0});
  const auto failed = cleanup();
  EXPECT_EQ(failed.exit_code, exit_fatal);
  EXPECT_THAT(failed.message,
              AllOf(HasSubstr("Not put back: lifecycle"), HasSubstr("AccessDenied")));
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  EXPECT_EQ(cleanup().exit_code, 0) << "once more does it";
  EXPECT_EQ(setting("lifecycle"), lifecycle);
}

}  // namespace
}  // namespace s3m::workflow
