// Whole migrations in this process, with the world changed between two of their requests: what the
// guards of a migration keep, and what would be lost without them (docs/guards.md).
#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/process_identity.hpp"
#include "tests/workflow/rig.hpp"
#include "workflow/deny_statements.hpp"
#include "workflow/job_story.hpp"
#include "workflow/migration_machine.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr auto notification =
    "<NotificationConfiguration><QueueConfiguration><Id>new</Id>"
    "<Queue>arn:aws:sqs:us-east-1:111111111111:new</Queue><Event>s3:ObjectCreated:*</Event>"
    "</QueueConfiguration></NotificationConfiguration>";
// A process of another machine.
const std::string elsewhere = "17 4711 pid:[1] another-boot";

sim::Scenario world(std::uint64_t objects = 6) {
  auto world = article_world(objects);
  world.switches.name_release = 0ms;
  world.buckets.front().configuration["notification"] = notification;
  world.buckets.front().with(sim::ObjectSpec{.key = "plain", .body = "as it was"});
  return world;
}

bool is_own(const std::string& key) {
  return key.starts_with(".s3migrator/");
}

bool deletes_object(const sim::RequestRecord& request) {
  return request.bucket == source && request.operation.starts_with("DeleteObject") &&
         !is_own(request.key);
}

// After the service was tried for its pins, and the source listed.
bool is_emptied(sim::Cloud& cloud) {
  bool tried = false, listed = false;
  for (const auto& request : cloud.metrics().records()) {
    if (request.bucket != source) continue;
    if (request.operation == "PutObject" && is_own(request.key)) listed = !(tried = true);
    if (request.operation.starts_with("ListObject")) listed = true;
  }
  return tried && listed;
}

class MigrationTest : public testing::Test {
 protected:
  explicit MigrationTest(const sim::Scenario& scenario = world()) : rig(scenario) {}

  // Once, before the first request that `wanted` is true of takes effect.
  template <class Wanted, class Act>
  void before_first(Wanted wanted, Act act) {
    rig.cloud([wanted, act](sim::Cloud& cloud) {
      const auto hook = [&cloud, wanted, act, done = false](const auto& request) mutable {
        if (done || !wanted(request, cloud)) return;
        done = true;
        act(cloud);
      };
      cloud.before_each(hook);
    });
  }
  template <class Act>
  void before_first(const std::string& operation, const std::string& bucket, Act act) {
    before_first(
        [operation, bucket](const sim::RequestRecord& request, sim::Cloud&) {
          return request.operation == operation && request.bucket == bucket;
        },
        std::move(act));
  }
  template <class Act>
  void before_the_first_delete(Act act) {
    before_first([](const sim::RequestRecord& request,
                    sim::Cloud& cloud) { return deletes_object(request) && is_emptied(cloud); },
                 std::move(act));
  }
  // The only edit of the source's policy: with the default grant it is the freeze.
  template <class Act>
  void before_the_freeze(Act act) {
    before_first("PutBucketPolicy", source, std::move(act));
  }
  // Confirmed, and nothing deleted yet.
  template <class Act>
  void after_the_confirmation(Act act) {
    before_first("PutBucketNotificationConfiguration", source, std::move(act));
  }

  std::vector<sim::RequestRecord> requests() {
    return rig.cloud([](sim::Cloud& cloud) { return cloud.metrics().records(); });
  }
  std::ptrdiff_t deletions() { return std::ranges::count_if(requests(), deletes_object); }
  std::string temporary() {
    for (const auto& request : requests()) {
      if (request.operation == "CreateBucket" && request.bucket.starts_with("s3m-"))
        return request.bucket;
    }
    return {};
  }
  std::vector<std::string> keys_of(const std::string& bucket) {
    auto keys = rig.keys(bucket);
    std::erase_if(keys, is_own);
    return keys;
  }
  std::string owner() {
    return rig.cloud([](sim::Cloud& cloud) { return cloud.bucket_owner(source); });
  }
  std::string content(const std::string& key) {
    return rig.cloud([&](sim::Cloud& cloud) { return cloud.read(source, key, 100); });
  }
  std::vector<std::string> intents() {
    std::vector<std::string> names;
    for (const auto& intent : *rig.store()->intents_of(rig.last_job()))
      names.push_back(intent.name);
    return names;
  }

  void migrates(std::vector<std::string> options = {}) {
    const auto done = rig.migrate(std::move(options));
    EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  }
  void moved() {
    EXPECT_EQ(owner(), sim::destination_account);
    EXPECT_FALSE(
        rig.cloud([name = temporary()](sim::Cloud& cloud) { return cloud.has_bucket(name); }));
  }
  void untouched(const std::vector<std::string>& before) {
    EXPECT_EQ(owner(), sim::source_account);
    EXPECT_EQ(keys_of(source), before);
    EXPECT_EQ(deletions(), 0);
  }

  Rig rig;
};

TEST_F(MigrationTest, MovesABucket) {
  const auto before = keys_of(source);
  migrates();
  moved();
  EXPECT_EQ(rig.keys(source), before);
}

// --- what is deleted, and when -------------------------------------------------------------------

TEST_F(MigrationTest, G1EachDeletionHasItsIntentInTheStoreBefore) {
  std::vector<std::string> at_first_delete, at_bucket;
  rig.cloud([&](sim::Cloud& cloud) {
    cloud.before_each([&](const sim::RequestRecord& request) {
      if (deletes_object(request) && at_first_delete.empty()) at_first_delete = intents();
      if (request.operation == "DeleteBucket" && request.bucket == source) at_bucket = intents();
    });
  });
  migrates();
  EXPECT_THAT(at_first_delete, ElementsAre(std::string(intent_first_delete)));
  EXPECT_THAT(at_bucket, Contains(std::string(intent_delete_source)));
}

TEST_F(MigrationTest, G4NothingIsDeletedWhereTheSourceCannotBeFrozen) {
  rig.switches([](sim::Switches& switches) { switches.deny_hits_everyone = true; });
  const auto before = keys_of(source);
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("--source-is-quiet"));
  untouched(before);
}

TEST_F(MigrationTest, G4TheOperatorsWordDoesNotConfirmUnattended) {
  rig.switches([](sim::Switches& switches) { switches.deny_hits_everyone = true; });
  const auto before = keys_of(source);
  const auto waits = rig.migrate({"--source-is-quiet"});
  EXPECT_EQ(waits.exit_code, exit_interrupted) << waits.message;
  EXPECT_THAT(waits.message, HasSubstr("waits for the confirmation"));
  EXPECT_THAT(rig.told(), HasSubstr("the operator's word"));
  untouched(before);
}

TEST_F(MigrationTest, G4AFreezeThatIsLiftedIsNoticedBeforeTheFirstDelete) {
  const auto before = keys_of(source);
  after_the_confirmation(
      [](sim::Cloud& cloud) { cloud.set_policy(source, others_policy(source)); });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("does not hold any more"));
  untouched(before);
}

// Where aws:userid is unknown the first Deny that is tried hits the job itself; who resumes finds
// it.
TEST_F(MigrationTest, G22ARunKilledUnderADenyThatSparesNobodyIsTakenUp) {
  rig.switches([](sim::Switches& switches) {
    switches.user_id_never_matches = true;
    switches.not_principal_needs_whole_chain = false;
  });
  rig.fault({.operation = "PutBucketPolicy",
             .bucket = "s3m-*",
             .first = 2,
             .count = 0,
             .status = 400,
             .code = "InternalFailure"});
  EXPECT_EQ(rig.migrate({"--grant-timeout", "1"}).exit_code, exit_fatal);
  EXPECT_THAT(rig.policy(temporary()), HasSubstr("Deny"));

  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto done = rig.again("resume", rig.last_job());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->exit_code, exit_verified) << done->message;
  moved();
}

// Such a run could not tell whether the service keeps tags that are given at creation; to wait for
// them on the bucket with the name would take minutes in which it is of no use.
TEST_F(MigrationTest, ARunKilledBeforeItMarkedTheTemporaryBucketIsTakenUpWithoutWaiting) {
  rig.switches([](sim::Switches& switches) { switches.ignore_tags_at_create = true; });
  rig.deny({.operation = "PutBucketTagging", .bucket = "s3m-*", .count = 0});
  EXPECT_EQ(rig.migrate().exit_code, exit_fatal);

  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto done = rig.again("resume", rig.last_job());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->exit_code, exit_verified) << done->message;
  moved();
}

TEST_F(MigrationTest, G8NotificationsAreOffBeforeTheFirstDelete) {
  std::string then = "never";
  before_the_first_delete(
      [&then](sim::Cloud& cloud) { then = cloud.bucket_configuration(source, "notification"); });
  migrates();
  EXPECT_THAT(then, AllOf(Not(HasSubstr("Queue")), Not(HasSubstr("never"))));
  const auto now = rig.cloud(
      [](sim::Cloud& cloud) { return cloud.bucket_configuration(source, "notification"); });
  EXPECT_THAT(now, HasSubstr("arn:aws:sqs:eu-central-1:222222222222:new"));
}

TEST_F(MigrationTest, WhatAppearsWhileTheSourceIsEmptiedStopsItAndCostsNothing) {
  const auto before = keys_of(source);
  before_the_first_delete([](sim::Cloud& cloud) {
    cloud.put(source, {.key = "zz-late", .body = "came past the freeze"});
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal) << stopped.message;
  EXPECT_THAT(stopped.message, HasSubstr("zz-late"));
  EXPECT_EQ(owner(), sim::source_account);
  EXPECT_THAT(keys_of(source), ElementsAre("zz-late"));
  EXPECT_EQ(keys_of(temporary()), before) << "the only copies";

  rig.cloud([](sim::Cloud& cloud) { cloud.remove(source, "zz-late"); });
  const auto done = rig.again("resume", rig.last_job());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->exit_code, exit_verified) << done->message;
  moved();
  EXPECT_EQ(rig.keys(source), before);
}

// --- what is carried -----------------------------------------------------------------------------

TEST_F(MigrationTest, G19WhatHappensBeforeTheFreezeIsCarriedDeletionsToo) {
  before_the_freeze([](sim::Cloud& cloud) {
    cloud.remove(source, "photo-000003");
    cloud.put(source, {.key = "photo-000004", .body = "overwritten"});
    cloud.put(source, {.key = "new", .body = "new"});
  });
  migrates();
  moved();
  EXPECT_THAT(rig.keys(source), AllOf(Contains("new"), Not(Contains("photo-000003"))));
  EXPECT_EQ(content("photo-000004"), "overwritten");
}

TEST_F(MigrationTest, G12ANewTagOnTheSameContentIsCarried) {
  before_the_freeze([](sim::Cloud& cloud) {
    cloud.put(source, {.key = "plain", .body = "as it was", .tags = {{"kept", "yes"}}});
  });
  migrates();
  moved();
  const auto object = rig.cloud([](sim::Cloud& cloud) { return cloud.object(source, "plain"); });
  ASSERT_TRUE(object);
  EXPECT_THAT(object->tags, ElementsAre(std::pair<std::string, std::string>("kept", "yes")));
  // The first proof told of it; the next found it right.
  EXPECT_THAT(rig.events<FailureEvent>(), SizeIs(1));
  const auto store = rig.store();
  EXPECT_FALSE(read_story(*store, rig.last_job())->has_failures);
  EXPECT_EQ(read_failures(*store, rig.last_job())->count(), 0u);
}

TEST_F(MigrationTest, G23WhatChangesAfterTheProofIsProvenAgainBeforeItIsDeleted) {
  after_the_confirmation(
      [](sim::Cloud& cloud) { cloud.put(source, {.key = "plain", .body = "changed after all"}); });
  migrates();
  EXPECT_THAT(rig.told(), HasSubstr("back to step delta"));
  moved();
  EXPECT_EQ(content("plain"), "changed after all");
}

TEST_F(MigrationTest, G23TheNewBucketIsProvenAgainstWhatWasConfirmed) {
  const auto asked_for = [](const sim::RequestRecord& request, sim::Cloud& cloud) {
    return request.operation == "CreateBucket" && !cloud.has_bucket(source);
  };
  before_first(asked_for, [](sim::Cloud& cloud) {
    std::string name;
    for (const auto& request : cloud.metrics().records()) {
      if (request.operation == "CreateBucket" && request.bucket.starts_with("s3m-"))
        name = request.bucket;
    }
    cloud.put(name, {.key = "plain", .body = "of somebody else"});
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("is not what was confirmed"));
  EXPECT_THAT(keys_of(temporary()), SizeIs(7)) << "it stays";
}

TEST_F(MigrationTest, G22TheTemporaryBucketTellsWhatItIsForUntilItGoes) {
  std::vector<std::string> own;
  before_first("DeleteBucket", source, [&own](sim::Cloud& cloud) {
    for (const auto& request : cloud.metrics().records()) {
      if (request.operation != "PutObject" || !is_own(request.key)) continue;
      if (cloud.object(request.bucket, request.key)) own.push_back(request.key);
    }
  });
  migrates();
  EXPECT_THAT(own, Contains(".s3migrator/record.json"));
  EXPECT_THAT(own, Contains(AllOf(StartsWith(".s3migrator/"), HasSubstr("manifest"))));
}

// --- who may go on -------------------------------------------------------------------------------

TEST_F(MigrationTest, G25WhoLostTheJobDeletesNothing) {
  const auto before = keys_of(source);
  after_the_confirmation([this](sim::Cloud&) {
    const auto store = rig.store();
    ASSERT_TRUE(store->release_job(rig.last_job(), store::this_process()));
    ASSERT_TRUE(store->claim_job(rig.last_job(), elsewhere, 1h)->ours);
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("was taken over by process 17"));
  EXPECT_THAT(intents(), IsEmpty());
  untouched(before);
}

// --- what stands against the confirmation --------------------------------------------------------

TEST_F(MigrationTest, G27AnObjectThatCannotBeCopiedStopsItBeforeTheConfirmation) {
  rig.deny({.operation = "CopyObject", .key = "photo-000002", .count = 0});
  const auto before = keys_of(source);
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("could not be copied"));
  EXPECT_THAT(keys_of(temporary()), SizeIs(before.size() - 1)) << "the others are there";
  untouched(before);
}

TEST_F(MigrationTest, G27ATrialCopyThatFailsChangesNothing) {
  rig.fault({.operation = "CopyObject",
             .key = ".s3migrator/trial-*",
             .count = 0,
             .status = 400,
             .code = "KMS.DisabledException"});
  const auto before = keys_of(source);
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("the trial copy"));
  EXPECT_THAT(keys_of(temporary()), IsEmpty());
  untouched(before);
}

// Nobody's walk shows it, so nobody copies it.
TEST_F(MigrationTest, WhatAppearsBelowTheReservedPrefixIsNeitherLostNorDeleted) {
  const std::string key = ".s3migrator/precious.txt";
  before_first([](const auto& request, auto&) { return request.operation == "CopyObject"; },
               [&](sim::Cloud& cloud) { cloud.put(source, {.key = key, .body = "precious"}); });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, AllOf(HasSubstr(key), HasSubstr("would be lost")));
  EXPECT_EQ(deletions(), 0);
}

TEST_F(MigrationTest, NorIsItDeletedWhereItCameThroughTheFreeze) {
  const std::string key = ".s3migrator/precious.txt";
  after_the_confirmation(
      [&](sim::Cloud& cloud) { cloud.put(source, {.key = key, .body = "precious"}); });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr(key));
  EXPECT_THAT(rig.keys(source), Contains(key));
  EXPECT_EQ(owner(), sim::source_account);
}

TEST_F(MigrationTest, ATemporaryBucketThatIsGoneIsNotMadeAnew) {
  rig.deny({.operation = "CreateBucket", .bucket = source, .count = 0});
  ASSERT_EQ(rig.migrate().exit_code, exit_fatal);
  const auto job = rig.last_job();
  const auto name = temporary();
  rig.cloud([&](sim::Cloud& cloud) {
    cloud.faults().clear();
    cloud.drop_bucket(name);
  });
  const auto stopped = rig.again("resume", job);
  ASSERT_TRUE(stopped) << stopped.error().describe();
  EXPECT_EQ(stopped->exit_code, exit_fatal);
  EXPECT_THAT(stopped->message, HasSubstr("is not there any more"));
  EXPECT_FALSE(rig.cloud([&](sim::Cloud& cloud) { return cloud.has_bucket(name); }));
}

TEST_F(MigrationTest, OnceTheNewBucketIsOpenItIsTheLiveCopy) {
  rig.deny({.operation = "DeleteBucket", .bucket = "s3m-*", .count = 0});
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("proven and open"));
  EXPECT_THAT(stopped.message, Not(HasSubstr("live copy")));
  const auto again = rig.again("resume", rig.last_job());
  ASSERT_TRUE(again);
  EXPECT_THAT(again->message, HasSubstr("proven and open"));
}

class VersionedMigrationTest : public MigrationTest {
 protected:
  VersionedMigrationTest() : MigrationTest(versioned()) {}

  static sim::Scenario versioned() {
    auto scenario = world();
    scenario.buckets.front().versioning = "Enabled";
    return scenario;
  }
};

// A run that was killed before it had kept it does not answer for the next one.
TEST_F(VersionedMigrationTest, G7WhetherThereAreVersionsIsNeverTakenForAnswered) {
  rig.deny({.operation = "CreateBucket", .count = 0});
  ASSERT_EQ(rig.migrate().exit_code, exit_fatal);
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  const auto job = rig.last_job();
  ASSERT_TRUE(rig.store()->set_facts(job, {{fact::all_versions, ""}, {fact::acl, ""}}));
  const auto moves = rig.again("resume", job);
  ASSERT_TRUE(moves) << moves.error().describe();
  EXPECT_EQ(moves->exit_code, exit_verified) << moves->message;
  EXPECT_TRUE(moves->all_versions);
  EXPECT_EQ(owner(), sim::destination_account);
}

class WeakMigrationTest : public MigrationTest {
 protected:
  WeakMigrationTest() : MigrationTest(encrypted()) {}

  static sim::Scenario encrypted() {
    auto scenario = world();
    scenario.buckets.front().with(sim::ObjectSpec{
        .key = "secret", .size = 100, .sse = "aws:kms", .checksum = "none", .age = 3h});
    return scenario;
  }
};

TEST_F(WeakMigrationTest, G14WeakProofsNeedAWord) {
  const auto before = keys_of(source);
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, HasSubstr("--accept-weak-proof"));
  untouched(before);
}

TEST_F(WeakMigrationTest, G14WithThatWordTheyGo) {
  migrates({"--accept-weak-proof"});
  moved();
}

}  // namespace
}  // namespace s3m::workflow
