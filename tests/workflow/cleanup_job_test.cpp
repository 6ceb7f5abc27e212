// `cleanup JOB`: what a job left in all its buckets, and its temporary bucket by a proven walk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/bucket_policy.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string elsewhere = "17 4242 pid:[1] another-boot";

sim::Scenario moving_world(std::uint64_t objects = 12) {
  auto world = article_world(objects);
  world.switches.names_freed_at_once = true;
  return world;
}

std::string temporary_of(Rig& rig, const std::string& job) {
  return rig.store()->fact(job, "temporary-bucket").value().value_or("");
}

bool there(Rig& rig, const std::string& bucket) {
  return rig.cloud([&](sim::Cloud& cloud) { return cloud.has_bucket(bucket); });
}

std::vector<std::string> objects_in(Rig& rig, const std::string& bucket) {
  auto keys = rig.keys(bucket);
  std::erase_if(keys, [](const std::string& key) { return key.starts_with(".s3migrator/"); });
  return keys;
}

void put(Rig& rig, const std::string& bucket, const std::string& key, const std::string& body) {
  rig.cloud([&](sim::Cloud& cloud) { EXPECT_TRUE(cloud.put(bucket, {.key = key, .body = body})); });
}

// Ends a copy with its grant left behind.
std::string copy_with_grant_left(Rig& rig) {
  rig.deny({.operation = "DeleteBucketPolicy"});
  EXPECT_EQ(rig.copy().exit_code, 1);
  EXPECT_THAT(rig.policy(destination), HasSubstr("S3MigratorGrant"));
  return rig.last_job();
}

// Puts an object into the source behind the freeze, once the job has deleted from it.
void late_object(Rig& rig, const std::string& operation = "DeleteObjects") {
  rig.cloud([&](sim::Cloud& cloud) {
    cloud.before_each([&cloud, operation, done = false](const sim::RequestRecord& record) mutable {
      if (done || record.bucket != source || record.operation != operation) return;
      done = true;
      cloud.put(source, {.key = "zz-late", .body = "late"});
    });
  });
}

TEST(CleanupJob, OfACopyTakesItsGrantOutByTheRolesOfItsOwnCommand) {
  Rig rig(two_bucket_world());
  const auto job = copy_with_grant_left(rig);
  const auto cleaned = rig.cleanup_job(job);
  ASSERT_TRUE(cleaned) << cleaned.error().describe();
  EXPECT_EQ(cleaned->exit_code, 0) << cleaned->message;
  EXPECT_THAT(cleaned->message, HasSubstr("1 grants taken out"));
  EXPECT_EQ(rig.policy(destination), "");
  EXPECT_THAT(rig.store()->grants().value(), IsEmpty());
  EXPECT_EQ(rig.store()->find_job(job).value()->state, store::JobState::failed);
  EXPECT_EQ(rig.store()->claim_of(job).value(), std::nullopt);
}

TEST(CleanupJob, LeavesWhatIsOfOtherJobs) {
  Rig rig(two_bucket_world());
  const std::string others =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"S3MigratorGrant0123456789abcdef",)"
      R"("Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:PutObject",)"
      R"("Resource":"arn:aws:s3:::destination-bucket/*"}]})";
  rig.cloud([&](sim::Cloud& cloud) { EXPECT_TRUE(cloud.set_policy(destination, others)); });
  rig.deny({.operation = "PutBucketPolicy", .first = 2});
  ASSERT_EQ(rig.copy().exit_code, 1);
  const auto job = rig.last_job();
  const auto cleaned = rig.cleanup_job(job);
  ASSERT_TRUE(cleaned) << cleaned.error().describe();
  EXPECT_EQ(cleaned->exit_code, 0) << cleaned->message;
  EXPECT_THAT(cleaned->message, HasSubstr("1 grants taken out"));
  EXPECT_THAT(rig.policy(destination),
              AllOf(HasSubstr("S3MigratorGrant0123456789abcdef"), Not(HasSubstr(grant_sid(job)))));
}

TEST(CleanupJob, IsRefusedWhileAnotherProcessRunsTheJob) {
  Rig rig(two_bucket_world());
  const auto job = copy_with_grant_left(rig);
  ASSERT_TRUE(rig.store()->claim_job(job, elsewhere, 1h).value().ours);
  const auto refused = rig.cleanup_job(job);
  ASSERT_TRUE(refused) << refused.error().describe();
  EXPECT_EQ(refused->exit_code, 1);
  EXPECT_THAT(refused->message, HasSubstr("is being run by"));
  EXPECT_THAT(rig.policy(destination), HasSubstr("S3MigratorGrant"));
}

TEST(CleanupJob, OfAJobThatNobodyKnowsOrOnAnotherServerIsRefused) {
  Rig rig(two_bucket_world());
  EXPECT_THAT(rig.cleanup_job("20261122t162800-3f9a1c").error().describe(),
              HasSubstr("the store knows no job"));
  const auto job = copy_with_grant_left(rig);
  rig.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9";
  const auto refused = rig.cleanup_job(job);
  ASSERT_TRUE(refused) << refused.error().describe();
  EXPECT_THAT(refused->message, HasSubstr("http://127.0.0.1:9"));
}

TEST(CleanupJob, OfABucketThatIsGoneOnlyForgets) {
  Rig rig(two_bucket_world());
  const auto job = copy_with_grant_left(rig);
  rig.fault({.operation = "HeadBucket",
             .bucket = destination,
             .count = 0,
             .status = 404,
             .code = "NoSuchBucket"});
  const auto cleaned = rig.cleanup_job(job);
  ASSERT_TRUE(cleaned) << cleaned.error().describe();
  EXPECT_EQ(cleaned->exit_code, 0) << cleaned->message;
  EXPECT_THAT(rig.store()->grants().value(), IsEmpty());
}

// G22: the kept temporary bucket goes by its name, and only after each object was seen.
TEST(CleanupJob, G22AKeptTemporaryBucketGoesByItsNameAlone) {
  Rig rig(moving_world());
  const auto moved = rig.migrate({"--keep-temp", "30"});
  ASSERT_EQ(moved.exit_code, 0) << moved.message;
  const auto job = rig.last_job();
  EXPECT_THAT(rig.told(), HasSubstr("s3migrator cleanup " + job));
  const auto temporary = temporary_of(rig, job);
  ASSERT_TRUE(there(rig, temporary));
  const auto objects = rig.keys(source);
  rig.forget_requests();

  const auto asked = rig.cleanup_job(job);
  ASSERT_TRUE(asked) << asked.error().describe();
  EXPECT_EQ(asked->exit_code, 130);
  EXPECT_THAT(asked->message, HasSubstr("--confirm-delete " + temporary));
  const auto wrong = rig.cleanup_job(job, {"--confirm-delete", source});
  ASSERT_TRUE(wrong) << wrong.error().describe();
  EXPECT_EQ(wrong->exit_code, 1);
  EXPECT_THAT(rig.writes(), IsEmpty());
  EXPECT_THAT(objects_in(rig, temporary), testing::SizeIs(12));

  const auto cleaned = rig.cleanup_job(job, {"--confirm-delete", temporary});
  ASSERT_TRUE(cleaned) << cleaned.error().describe();
  EXPECT_EQ(cleaned->exit_code, 0) << cleaned->message;
  EXPECT_FALSE(there(rig, temporary));
  EXPECT_EQ(rig.keys(source), objects);
  EXPECT_THAT(rig.store()->grants().value(), IsEmpty());
  EXPECT_EQ(rig.store()->find_job(job).value()->exit_code, 0);
  EXPECT_TRUE(rig.store()->delete_job(job));
}

TEST(CleanupJob, G22WhatTheLivingBucketNoLongerHasStays) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate({"--keep-temp", "30"}).exit_code, 0);
  const auto job = rig.last_job();
  const auto temporary = temporary_of(rig, job);
  const auto last = rig.keys(source).back();
  rig.cloud([&](sim::Cloud& cloud) { ASSERT_TRUE(cloud.remove(source, last)); });
  const auto stopped = rig.cleanup_job(job, {"--confirm-delete", temporary});
  ASSERT_TRUE(stopped) << stopped.error().describe();
  EXPECT_EQ(stopped->exit_code, 1);
  EXPECT_THAT(stopped->message, AllOf(HasSubstr(last), HasSubstr("cleanup s3://" + temporary)));
  EXPECT_THAT(objects_in(rig, temporary), Contains(last));
}

// G22: living means of the account and in the region that it was moved to.
TEST(CleanupJob, G22WithoutTheLivingBucketTheTemporaryOneStays) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate({"--keep-temp", "30"}).exit_code, 0);
  const auto job = rig.last_job();
  const auto temporary = temporary_of(rig, job);
  rig.deny({.operation = "HeadBucket", .bucket = source, .count = 0});
  const auto refused = rig.cleanup_job(job, {"--confirm-delete", temporary});
  ASSERT_TRUE(refused) << refused.error().describe();
  EXPECT_EQ(refused->exit_code, 1);
  EXPECT_THAT(refused->message, HasSubstr("stays"));
  EXPECT_THAT(objects_in(rig, temporary), testing::SizeIs(12));
}

TEST(CleanupJob, OfAMigrationThatWaitsTakesAllAwayAndCancelsIt) {
  auto world = moving_world();
  const std::string lifecycle =
      "<LifecycleConfiguration><Rule><ID>old</ID><Status>Enabled</Status><Filter/>"
      "<Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>";
  for (auto& bucket : world.buckets)
    if (bucket.name == source) bucket.configuration["lifecycle"] = lifecycle;
  Rig rig(world);
  ASSERT_EQ(rig.migrate_until_asked().exit_code, 130);
  const auto job = rig.last_job();
  const auto temporary = temporary_of(rig, job);
  EXPECT_THAT(rig.policy(source), HasSubstr("S3MigratorFreeze"));
  EXPECT_EQ(rig.cleanup_job(job)->exit_code, 130);
  EXPECT_THAT(rig.policy(source), HasSubstr("S3MigratorFreeze"));

  const auto cleaned = rig.cleanup_job(job, {"--confirm-delete", temporary});
  ASSERT_TRUE(cleaned) << cleaned.error().describe();
  EXPECT_EQ(cleaned->exit_code, 0) << cleaned->message;
  EXPECT_FALSE(there(rig, temporary));
  EXPECT_EQ(rig.policy(source), "");
  EXPECT_EQ(
      rig.cloud([&](sim::Cloud& cloud) { return cloud.bucket_configuration(source, "lifecycle"); }),
      lifecycle);
  EXPECT_THAT(objects_in(rig, source), testing::SizeIs(12));
  EXPECT_THAT(rig.store()->grants().value(), IsEmpty());
  EXPECT_THAT(rig.again("resume", job).error().describe(), HasSubstr("was cancelled"));
}

// --- a job that has begun to delete ------------------------------------------------------------

// G19 after the first delete: a delta pass would delete from the temporary bucket what the job has
// just deleted from the source, which is nowhere else by then.
TEST(CleanupJob, WhatIsFoundInTheEmptiedSourceNeverEmptiesTheTemporaryBucket) {
  for (const bool versioned : {false, true}) {
    auto world = moving_world();
    for (auto& bucket : world.buckets)
      if (bucket.name == source && versioned) bucket.versioning = "Enabled";
    Rig rig(world);
    const auto objects = rig.keys(source);
    late_object(rig);
    const auto stopped = rig.migrate();
    EXPECT_EQ(stopped.exit_code, 1) << stopped.message;
    const auto job = rig.last_job();
    const auto temporary = temporary_of(rig, job);
    EXPECT_EQ(objects_in(rig, temporary), objects);

    const auto refused = rig.cleanup_job(job, {"--confirm-delete", temporary});
    ASSERT_TRUE(refused) << refused.error().describe();
    EXPECT_EQ(refused->exit_code, 1);
    EXPECT_THAT(refused->message, HasSubstr("s3migrator jobs resume " + job));
    EXPECT_EQ(objects_in(rig, temporary), objects);

    rig.cloud([&](sim::Cloud& cloud) {
      EXPECT_TRUE(versioned ? cloud.erase_version(source, "zz-late", 0)
                            : cloud.remove(source, "zz-late"));
    });
    const auto resumed = rig.again("resume", job);
    ASSERT_TRUE(resumed) << resumed.error().describe();
    EXPECT_EQ(resumed->exit_code, 0) << resumed->message;
    EXPECT_EQ(rig.keys(source), objects);
    EXPECT_FALSE(there(rig, temporary));
  }
}

// --- after the end -----------------------------------------------------------------------------

TEST(MovedBefore, TheSameCommandAgainSaysWhereTheBucketIs) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate().exit_code, 0);
  const auto job = rig.last_job();
  const auto objects = rig.keys(source);
  rig.forget_requests();
  const auto again = rig.migrate();
  EXPECT_EQ(again.exit_code, 0) << again.message;
  EXPECT_EQ(again.outcome, "already-moved");
  EXPECT_THAT(again.message, AllOf(HasSubstr(job), HasSubstr(std::string(sim::destination_account)),
                                   HasSubstr("eu-central-1"), HasSubstr("nothing left to do")));
  EXPECT_THAT(rig.writes(), IsEmpty());
  EXPECT_EQ(rig.keys(source), objects);
  EXPECT_EQ(rig.store()->jobs(10).value().size(), 1u) << "it is no job";
}

TEST(MovedBefore, ABucketThatIsNotWhereItWasMovedToIsAnError) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate().exit_code, 0);
  rig.fault({.operation = "HeadBucket",
             .bucket = source,
             .count = 0,
             .status = 404,
             .code = "NoSuchBucket"});
  const auto again = rig.migrate();
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.message, HasSubstr("does not answer there"));
}

TEST(MovedBefore, ANewBucketOfThatNameIsMovedAnew) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate({"--rename", "renamed-bucket"}).exit_code, 0);
  rig.cloud([](sim::Cloud& cloud) {
    sim::BucketSpec bucket{.name = source, .owner = std::string(sim::source_account)};
    ASSERT_TRUE(cloud.add_bucket(bucket));
  });
  put(rig, source, "new", "new");
  const auto again = rig.migrate();
  EXPECT_EQ(again.exit_code, 0) << again.message;
  EXPECT_EQ(again.outcome, "verified");
  EXPECT_THAT(rig.keys(source), ElementsAre("new"));
}

// The name that a later command line gave counts for all that come after it.
TEST(MovedBefore, ARenamedBucketIsFoundUnderItsNewName) {
  Rig rig(moving_world());
  ASSERT_EQ(rig.migrate({"--rename", "renamed-bucket", "--keep-temp", "1"}).exit_code, 0);
  const auto job = rig.last_job();
  const auto again = rig.migrate();
  EXPECT_EQ(again.exit_code, 0) << again.message;
  EXPECT_THAT(again.message, HasSubstr("s3://renamed-bucket"));
  const auto cleaned = rig.cleanup_job(job, {"--confirm-delete", temporary_of(rig, job)});
  ASSERT_TRUE(cleaned) << cleaned.error().describe();
  EXPECT_EQ(cleaned->exit_code, 0) << cleaned->message;
  EXPECT_THAT(rig.keys("renamed-bucket"), testing::SizeIs(12));
}

// A setting that the new place does not know is met before the source is gone, and left behind.
TEST(MovedConfiguration, WhatTheNewPlaceDoesNotKnowIsNotSetThere) {
  auto world = moving_world();
  for (auto& bucket : world.buckets) {
    if (bucket.name != source) continue;
    bucket.configuration["accelerate"] =
        "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>";
  }
  Rig rig(world);
  rig.fault({.operation = "GetBucketAccelerateConfiguration",
             .bucket = "s3m-*",
             .count = 0,
             .status = 501,
             .code = "NotImplemented"});
  rig.fault({.operation = "PutBucketAccelerateConfiguration",
             .count = 0,
             .status = 501,
             .code = "NotImplemented"});
  const auto moved = rig.migrate();
  EXPECT_EQ(moved.exit_code, 0) << moved.message;
  EXPECT_EQ(rig.requests("PutBucketAccelerateConfiguration"), 0u);
}

}  // namespace
}  // namespace s3m::workflow
