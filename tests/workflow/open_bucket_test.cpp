// A migration whose new bucket is in use before the temporary one is gone.
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/access.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/run_task.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

sim::Scenario world(const std::string& versioning = {}) {
  auto world = article_world(9);
  world.switches.names_freed_at_once = true;
  world.switches.listing_page = 4;
  world.buckets.front().versioning = versioning;
  world.buckets.front().tags = {{"team", "photos"}};
  return world;
}

class OpenBucket : public testing::Test {
 protected:
  explicit OpenBucket(const sim::Scenario& scenario = world()) : rig(scenario) {
    at("prove", [] {});
  }

  // When the step begins. The proof always begins in a later second than the copy ended in: a
  // service dates no finer, and what is as young as the proof does not count as older.
  void at(std::string step, std::function<void()> act) {
    rig.on_event([step = std::move(step), act = std::move(act)](const Event& event) {
      const auto* const begun = std::get_if<StepEvent>(&event);
      if (begun == nullptr || begun->state != StepState::started) return;
      if (begun->step == "prove") std::this_thread::sleep_for(1100ms);
      if (begun->step == step) act();
    });
  }

  // As users do who find their bucket open.
  void use() {
    rig.cloud([](sim::Cloud& cloud) {
      EXPECT_TRUE(cloud.remove(source, "photo-000000"));
      EXPECT_TRUE(cloud.put(source, {.key = "photo-000001", .body = "another"}));
      EXPECT_TRUE(cloud.put(source, {.key = "a new one", .body = "new"}));
    });
  }
  void is_as_used() {
    EXPECT_THAT(rig.keys(source),
                AllOf(Contains("a new one"), Not(Contains("photo-000000")), testing::SizeIs(9)));
    EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) { return cloud.read(source, "photo-000001", 100); }),
              "another");
    EXPECT_FALSE(rig.cloud([this](auto& cloud) { return cloud.has_bucket(temporary()); }));
  }
  // Read once, as a lost store knows it no more.
  std::string temporary() {
    if (!temporary_.empty()) return temporary_;
    return temporary_ = rig.store()->fact(rig.last_job(), fact::temporary)->value_or("");
  }
  SummaryEvent resume() {
    rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
    auto done = rig.again("resume", rig.last_job());
    EXPECT_TRUE(done) << done.error().describe();
    return done.value_or(SummaryEvent{});
  }
  void stops(const std::string& operation, std::uint64_t first = 1) {
    at("discard", [=, this] {
      rig.deny({.operation = operation, .bucket = "s3m-*", .first = first, .count = 0});
    });
    const auto stopped = rig.migrate();
    rig.on_event({});
    EXPECT_EQ(stopped.exit_code, exit_fatal) << stopped.message;
    EXPECT_THAT(stopped.message, HasSubstr("proven and open"));
    EXPECT_FALSE(temporary().empty());
  }

  Rig rig;

 private:
  std::string temporary_;
};

TEST_F(OpenBucket, WhatItsUsersChangeDoesNotHoldTheMigrationUp) {
  at("discard", [this] { use(); });
  const auto done = rig.migrate();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  is_as_used();
}

class OpenVersionedBucket : public OpenBucket {
 protected:
  OpenVersionedBucket() : OpenBucket(world("Enabled")) {}
};

TEST_F(OpenVersionedBucket, WhatItsUsersChangeDoesNotHoldTheMigrationUp) {
  at("discard", [this] {
    use();
    rig.cloud([](sim::Cloud& cloud) { cloud.erase_version(source, "photo-000002", 0); });
  });
  const auto done = rig.migrate();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  EXPECT_FALSE(rig.cloud([this](auto& cloud) { return cloud.has_bucket(temporary()); }));
}

TEST_F(OpenBucket, NorDoesItWhereTheRunWasCutShortInTheMiddle) {
  stops("DeleteObjects", 3);
  use();
  const auto done = resume();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  is_as_used();
}

// Killed between the deletion of the temporary bucket and the note of it: nothing is left to do
// there, and no record to be kept in what is gone.
TEST_F(OpenBucket, ATemporaryBucketThatIsGoneAlreadyIsTheEnd) {
  stops("DeleteBucket");
  rig.cloud([this](sim::Cloud& cloud) { EXPECT_TRUE(cloud.drop_bucket(temporary())); });
  const auto done = resume();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
}

TEST_F(OpenBucket, NorWhereTheStoreIsLostToo) {
  stops("DeleteObjects", 3);
  use();
  for (const auto* const suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(rig.file("store.db") + suffix);
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto done = rig.adopt(temporary());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->exit_code, exit_verified) << done->message;
  is_as_used();
}

// Its users may set other tags, and those stay.
TEST_F(OpenBucket, ItsTagsAreItsUsersOwn) {
  stops("DeleteBucket");
  const std::string theirs =
      "<Tagging><TagSet><Tag><Key>team</Key><Value>theirs</Value></Tag></TagSet></Tagging>";
  {
    const auto engine = rig.engine("20261122t162800-3f9a1c");
    auto& context = engine->context();
    auto owner = s3_for(engine->destination(), "eu-central-1", context.runtime, context.governor);
    const auto set =
        run_task(engine->loop(),
                 owner.put_sub_resource(source, "tagging", {}, {.document = theirs, .headers = {}},
                                        std::string(sim::destination_account)));
    EXPECT_TRUE(set) << set.error().describe();
    engine->close();
  }
  const auto done = resume();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  EXPECT_THAT(
      rig.cloud([](sim::Cloud& cloud) { return cloud.bucket_configuration(source, "tagging"); }),
      HasSubstr("theirs"));
}

// --- and what still holds it up ------------------------------------------------------------------

// What nobody has proven to be anywhere else is not deleted (G22).
TEST_F(OpenBucket, G22WhatCameIntoTheTemporaryBucketAfterTheProofStays) {
  at("discard", [this] {
    use();
    rig.cloud([this](sim::Cloud& cloud) {
      EXPECT_TRUE(cloud.put(temporary(), {.key = "zz-late", .body = "late", .age = -60s}));
    });
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("zz-late"));
  EXPECT_THAT(rig.keys(temporary()), Contains("zz-late"));
}

// An object that is completed later is as old as the beginning of its upload.
TEST_F(OpenBucket, G22NoUploadIsLeftThatCouldBringAnOldObjectLater) {
  rig.deny({.operation = "CopyObject", .bucket = source, .count = 0});
  EXPECT_EQ(rig.migrate().exit_code, exit_fatal);
  const auto job = rig.last_job();
  {
    const auto engine = rig.engine(job);
    auto& context = engine->context();
    auto owner = s3_for(engine->destination(), "eu-central-1", context.runtime, context.governor);
    const auto begun = run_task(
        engine->loop(), owner.create_multipart_upload({.bucket = temporary(), .key = "zz-half"}));
    EXPECT_TRUE(begun) << begun.error().describe();
    engine->close();
  }
  const auto left = [this] {
    return rig.cloud([this](auto& cloud) { return cloud.uploads(temporary()).size(); });
  };
  EXPECT_EQ(left(), 1u);
  std::size_t then = 99;
  at("last-configuration", [&] { then = left(); });
  EXPECT_EQ(resume().exit_code, exit_verified);
  EXPECT_EQ(then, 0u);
}

// G22: the temporary bucket may hold the only copy.
TEST_F(OpenBucket, G22ABucketThatIsGoneAgainIsNotMadeAnewAndTheTemporaryOneStays) {
  stops("DeleteObjects");
  rig.cloud([](sim::Cloud& cloud) { EXPECT_TRUE(cloud.drop_bucket(source)); });
  const auto stopped = resume();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, AllOf(HasSubstr("not made anew"),
                                     HasSubstr("s3migrator cleanup s3://" + temporary())));
  EXPECT_FALSE(rig.cloud([](sim::Cloud& cloud) { return cloud.has_bucket(source); }));
  EXPECT_THAT(rig.keys(temporary()), Contains("photo-000003"));
}

}  // namespace
}  // namespace s3m::workflow
