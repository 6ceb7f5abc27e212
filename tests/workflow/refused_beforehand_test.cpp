// What would stop a migration later is found before it has changed anything, with the way on.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/deny_statements.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RefusedBeforehand : public testing::Test {
 protected:
  RefusedBeforehand() : rig(world()) {}

  static sim::Scenario world() {
    auto world = article_world(6);
    world.switches.names_freed_at_once = true;
    return world;
  }

  void lose_the_store() {
    for (const auto* const suffix : {"", "-wal", "-shm"})
      std::filesystem::remove(rig.file("store.db") + suffix);
  }
  // Nothing stands that could be gone on with or taken back.
  SummaryEvent refused(std::vector<std::string> options = {}) {
    rig.forget_requests();
    auto summary = rig.migrate(std::move(options));
    EXPECT_EQ(summary.exit_code, exit_fatal) << summary.message;
    EXPECT_THAT(rig.writes(), IsEmpty());
    EXPECT_EQ(summary.go_on, "");
    EXPECT_EQ(summary.take_back, "");
    return summary;
  }

  Rig rig;
};

TEST_F(RefusedBeforehand, ABucketThatAJobOfAnotherStoreHasFrozen) {
  ASSERT_EQ(rig.migrate_until_asked().exit_code, exit_interrupted);
  const auto frozen_by = rig.last_job();
  const auto policy = rig.policy(source);
  lose_the_store();
  for (const auto& options : {std::vector<std::string>{}, {"--dry-run"}}) {
    const auto message = refused(options).message;
    EXPECT_THAT(message, AllOf(HasSubstr("frozen-already"), HasSubstr(frozen_by),
                               HasSubstr(deny_sid(DenyKind::freeze, frozen_by)),
                               HasSubstr("s3migrator adopt"),
                               HasSubstr("s3migrator cleanup s3://" + source)));
  }
  EXPECT_EQ(rig.policy(source), policy);
}

TEST_F(RefusedBeforehand, ANewNameThatIsInUse) {
  rig.cloud([](sim::Cloud& cloud) {
    cloud.add_bucket({.name = "ours", .owner = std::string(sim::destination_account)});
    cloud.add_bucket({.name = "theirs", .owner = std::string(sim::migrator_account)});
  });
  for (const std::string name : {"ours", "theirs"}) {
    EXPECT_THAT(refused({"--rename", name}).message,
                AllOf(HasSubstr("new-name-in-use"), HasSubstr(name)));
    EXPECT_THAT(refused({"--rename", name, "--dry-run"}).message, HasSubstr("new-name-in-use"));
  }
  EXPECT_EQ(rig.migrate({"--rename", "nobodys"}).exit_code, exit_verified);
}

// It would be proven against itself, and be deleted.
TEST_F(RefusedBeforehand, G26TheTemporaryBucketsOwnNameAsTheNewOne) {
  rig.deny({.operation = "CreateBucket", .bucket = source, .count = 0});
  EXPECT_EQ(rig.migrate().exit_code, exit_fatal);
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto job = rig.last_job();
  const auto temporary = rig.store()->fact(job, fact::temporary)->value_or("");
  const auto kept = rig.keys(temporary);
  ASSERT_FALSE(rig.cloud([](sim::Cloud& cloud) { return cloud.has_bucket(source); }));

  ASSERT_TRUE(rig.store()->set_fact(job, fact::renamed, temporary));
  const auto stopped = rig.again("resume", job);
  ASSERT_TRUE(stopped) << stopped.error().describe();
  EXPECT_EQ(stopped->exit_code, exit_fatal);
  EXPECT_THAT(stopped->message, HasSubstr("a name of its own"));
  EXPECT_EQ(rig.keys(temporary), kept);
}

// Somebody may take it while the confirmation is waited for.
TEST_F(RefusedBeforehand, ANewNameThatWasTakenSince) {
  ASSERT_EQ(rig.migrate_until_asked({"--rename", "nobodys"}).exit_code, exit_interrupted);
  rig.cloud([](sim::Cloud& cloud) {
    cloud.add_bucket({.name = "nobodys", .owner = std::string(sim::migrator_account)});
  });
  const auto stopped = rig.again("resume", rig.last_job());
  ASSERT_TRUE(stopped) << stopped.error().describe();
  EXPECT_EQ(stopped->exit_code, exit_fatal);
  EXPECT_THAT(stopped->message, HasSubstr("new-name-in-use"));
  EXPECT_THAT(rig.keys(source), testing::SizeIs(6));
}

TEST_F(RefusedBeforehand, ATemporaryBucketThatMayNotBeClosedSaysWhatToAllow) {
  rig.deny({.operation = "PutBucketPolicy", .bucket = "s3m-*", .count = 0});
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  const auto temporary = *rig.store()->fact(rig.last_job(), fact::temporary);
  ASSERT_TRUE(temporary);
  EXPECT_THAT(
      stopped.message,
      AllOf(HasSubstr(*temporary), HasSubstr("PutBucketPolicy"), HasSubstr("request id"),
            HasSubstr("s3:PutBucketPolicy"), HasSubstr("arn:aws:s3:::s3m-*"),
            HasSubstr(std::string(sim::destination_role)), Not(HasSubstr("could not be frozen"))));
  EXPECT_THAT(stopped.take_back, HasSubstr("undo")) << "the temporary bucket stands";
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto done = rig.again("resume", rig.last_job());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->exit_code, exit_verified) << done->message;
}

TEST_F(RefusedBeforehand, ATemporaryBucketThatMayNotBeMadeLeavesNothing) {
  rig.deny({.operation = "CreateBucket", .bucket = "s3m-*", .count = 0});
  EXPECT_THAT(refused().message, HasSubstr("CreateBucket"));
  EXPECT_EQ(rig.store()->fact(rig.last_job(), fact::temporary)->value_or(""), "");
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  EXPECT_EQ(rig.migrate().exit_code, exit_verified);
}

}  // namespace
}  // namespace s3m::workflow
