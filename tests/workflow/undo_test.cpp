// A migration taken back after it has begun to empty its source (guard G24): from wherever it was
// cut short, from wherever the undo itself was cut short, and never onto ground that is not proven.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "transfer/scratch.hpp"
#include "workflow/run_task.hpp"

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::size_t objects = 30;

// Short pages, so that the emptying is many requests.
sim::Scenario plain_world() {
  auto world = article_world(objects);
  auto& bucket = world.bucket(source, sim::source_account);
  bucket.policy = others_policy(source);
  bucket.with({.key = "tagged",
               .body = "with more than its bytes",
               .metadata = {{"turn", "1"}},
               .tags = {{"team", "photos"}}});
  world.switches.listing_page = 5;
  return world;
}

sim::Scenario versioned_world(const std::string& versioning = "Enabled") {
  auto world = plain_world();
  world.bucket(source, sim::source_account).versioning = versioning;
  return world;
}

// Equal contents with other tags, and markers in a row: what is left of them looks like a
// beginning.
void add_histories(Rig& rig) {
  rig.cloud([](sim::Cloud& cloud) {
    for (const std::string key : {"photo-000000", "photo-000003", "photo-000017"}) {
      for (const std::string turn : {"1", "2", "3"}) {
        cloud.put(source, sim::ObjectSpec{.key = key, .body = "same", .tags = {{"turn", turn}}});
      }
      cloud.add_delete_marker(source, key);
      cloud.add_delete_marker(source, key);
      cloud.put(source, sim::ObjectSpec{.key = key, .body = "last of " + key});
    }
    cloud.add_delete_marker(source, "photo-000009");
  });
}

// By the source role, as an owner would; gives the status before. Empty: only looks.
std::string set_versioning(Rig& rig, const std::string& status) {
  const auto engine = rig.engine("20261122t162800-3f9a1c");
  auto& context = engine->context();
  auto owner = s3_for(*engine->source(), "us-east-1", context.runtime, context.governor);
  const std::string account(sim::source_account);
  const auto before = run_task(engine->loop(), owner.get_bucket_versioning(source, account));
  if (!status.empty()) {
    const auto set =
        run_task(engine->loop(),
                 owner.put_sub_resource(source, "versioning", {},
                                        {.document = "<VersioningConfiguration><Status>" + status +
                                                     "</Status></VersioningConfiguration>",
                                         .headers = {}},
                                        account));
    EXPECT_TRUE(set) << set.error().describe();
  }
  engine->close();
  return before ? *before : "unknown";
}

// What a reader can see of all versions, newest first; no ids and no dates.
std::vector<std::string> contents(Rig& rig, const std::string& bucket) {
  std::vector<std::string> all;
  rig.cloud([&](sim::Cloud& cloud) {
    for (const auto& version : cloud.versions(bucket)) {
      if (version.key.starts_with(".s3migrator/")) continue;
      auto line = version.key + (version.delete_marker ? " deleted" : " " + version.etag);
      for (const auto& list : {version.metadata, version.tags})
        for (const auto& [name, value] : list)
          line += " " + name + "=" + value;
      all.push_back(std::move(line));
    }
  });
  return all;
}

std::string temporary(Rig& rig) {
  return rig.store()->fact(rig.store()->jobs(1)->front().id, "temporary-bucket")->value_or("");
}

// From the `nth` deletion at the bucket on everything is refused, as if the program were killed.
void cut_short(Rig& rig, std::uint64_t nth, const std::string& bucket = source) {
  rig.deny({.operation = "DeleteObjects", .bucket = bucket, .first = nth, .count = 0});
}

void mend(Rig& rig) {
  rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
}

class Undo : public testing::Test {
 protected:
  // A migration that stops while it empties. Of what stood there something is gone, something left.
  std::string begin(Rig& rig, std::uint64_t nth = 4, std::vector<std::string> options = {}) {
    before_ = contents(rig, source);
    cut_short(rig, nth);
    const auto cut = rig.migrate(std::move(options));
    EXPECT_EQ(cut.exit_code, 1) << cut.message;
    EXPECT_THAT(cut.take_back, HasSubstr("s3migrator undo " + rig.last_job()));
    mend(rig);
    const auto left = contents(rig, source).size();
    EXPECT_LT(left, before_.size());
    EXPECT_GT(left, 0u);
    EXPECT_THAT(rig.policy(source), HasSubstr("Freeze"));
    return rig.last_job();
  }

  // Everything is back, and nothing of ours is anywhere.
  void expect_undone(Rig& rig, const std::string& job) {
    const auto undone = rig.undo(job);
    ASSERT_TRUE(undone) << undone.error().describe();
    ASSERT_EQ(undone->exit_code, 0) << undone->message << "\n" << rig.told();
    EXPECT_EQ(undone->outcome, "undone");
    message_ = undone->message;
    expect_as_before(rig);
  }
  void expect_as_before(Rig& rig) {
    EXPECT_EQ(contents(rig, source), before_);
    EXPECT_EQ(rig.policy(source), others_policy(source));
    EXPECT_FALSE(rig.cloud([name = temporary(rig)](sim::Cloud& c) { return c.has_bucket(name); }));
    EXPECT_THAT(*rig.store()->grants(), IsEmpty());
    EXPECT_THAT(rig.cloud([](sim::Cloud& cloud) { return cloud.uploads(source); }), IsEmpty());
  }

  // A run of the undo that stops, and leaves all that is needed for the next.
  std::string cut_undo(Rig& rig, const std::string& job) {
    const auto cut = rig.undo(job);
    EXPECT_TRUE(cut) << cut.error().describe();
    EXPECT_EQ(cut->exit_code, 1) << cut->message;
    EXPECT_THAT(rig.policy(source), HasSubstr("Freeze")) << "the source stays closed";
    return cut->message;
  }

  void expect_no_way_forward(Rig& rig, const std::string& job) {
    rig.forget_requests();
    const auto resumed = rig.again("resume", job);
    ASSERT_TRUE(resumed) << resumed.error().describe();
    EXPECT_EQ(resumed->exit_code, 1);
    EXPECT_THAT(resumed->message, HasSubstr("is being undone"));
    EXPECT_THAT(resumed->take_back, HasSubstr("s3migrator undo " + job));
    EXPECT_THAT(rig.writes(), IsEmpty());
  }

  std::vector<std::string> before_;
  std::string message_;
};

TEST_F(Undo, TakesBackHistoriesThatWereNotCopiedToTheirEnd) {
  Rig rig(versioned_world());
  add_histories(rig);
  before_ = contents(rig, source);
  rig.deny({.operation = "CopyObject", .key = "photo-00000*", .first = 6, .count = 0});
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, 1) << stopped.message;
  mend(rig);
  EXPECT_LT(contents(rig, temporary(rig)).size(), before_.size());
  expect_undone(rig, rig.last_job());
}

TEST_F(Undo, CopiesBackWhatTheEmptyingHasDeleted) {
  Rig rig(plain_world());
  const auto job = begin(rig);
  expect_undone(rig, job);
  EXPECT_THAT(message_, AllOf(HasSubstr("were copied back"), HasSubstr("LastModified")));
  EXPECT_THAT(message_, Not(HasSubstr("version ids")));
  EXPECT_THAT(rig.store()->jobs(10)->front().state, store::JobState::done);

  const auto moved = rig.migrate();
  EXPECT_EQ(moved.exit_code, 0) << moved.message;
  EXPECT_NE(rig.last_job(), job) << "it begins anew";
  EXPECT_EQ(contents(rig, source), before_);
  EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) { return cloud.bucket_owner(source); }),
            sim::destination_account);
}

TEST_F(Undo, MakesHistoriesWholeOfWhichOnlyAnEndWasLeft) {
  for (const std::uint64_t nth : {2u, 3u, 4u, 6u, 8u}) {
    Rig rig(versioned_world());
    add_histories(rig);
    const auto job = begin(rig, nth);
    expect_undone(rig, job);
    EXPECT_THAT(message_, HasSubstr("version ids"));
  }
}

// What was written before versioning was on, or while it was suspended, is a version like any
// other.
TEST_F(Undo, MakesHistoriesWholeWhereVersioningIsSuspended) {
  Rig rig(versioned_world());
  add_histories(rig);
  set_versioning(rig, "Suspended");
  rig.cloud([](sim::Cloud& cloud) {
    cloud.put(source, sim::ObjectSpec{.key = "photo-000003", .body = "null"});
    cloud.put(source, sim::ObjectSpec{.key = "photo-000030", .body = "null"});
  });
  const auto job = begin(rig, 6);
  expect_undone(rig, job);
  EXPECT_EQ(set_versioning(rig, ""), "Suspended");
}

// Killed while it tried how the service deletes, a run leaves the object that it tried on.
TEST_F(Undo, AScratchObjectOfAKilledRunGoesTooAndHoldsNobodyUp) {
  const auto scratch = transfer::scratch_key("pins");
  for (const bool back : {true, false}) {
    Rig rig(plain_world());
    const auto job = begin(rig);
    rig.cloud([&](sim::Cloud& cloud) {
      cloud.put(source, sim::ObjectSpec{.key = scratch, .body = "scratch"});
    });
    if (back) {
      expect_undone(rig, job);
      EXPECT_THAT(rig.keys(source), Not(Contains(scratch)));
    } else {
      const auto moved = rig.again("resume", job);
      ASSERT_TRUE(moved);
      EXPECT_EQ(moved->exit_code, 0) << moved->message;
    }
  }
}

TEST_F(Undo, CutShortWhileItCopiesItGoesOnAndTheJobDoesNotGoForward) {
  Rig rig(plain_world());
  const auto job = begin(rig, 5);
  rig.deny({.operation = "CopyObject", .bucket = source, .first = 3, .count = 0});
  cut_undo(rig, job);
  mend(rig);
  expect_no_way_forward(rig, job);
  expect_undone(rig, job);
  EXPECT_THAT(message_, HasSubstr("were copied back")) << "all of it, not what this run copied";
}

TEST_F(Undo, CutShortBetweenTwoVersionsOfAKeyItGoesOn) {
  for (const std::uint64_t first : {1u, 2u, 5u}) {
    Rig rig(versioned_world());
    add_histories(rig);
    const auto job = begin(rig, 6);
    rig.deny({.operation = "CopyObject", .bucket = source, .first = first, .count = 0});
    cut_undo(rig, job);
    mend(rig);
    expect_no_way_forward(rig, job);
    expect_undone(rig, job);
  }
}

TEST_F(Undo, CutShortWhileItClearsItGoesOn) {
  Rig rig(versioned_world());
  add_histories(rig);
  const auto job = begin(rig, 3);
  cut_short(rig, 1);
  cut_undo(rig, job);
  mend(rig);
  expect_no_way_forward(rig, job);
  expect_undone(rig, job);
}

// The temporary bucket is half gone then: it must not be taken for what was confirmed.
TEST_F(Undo, CutShortWhileItDiscardsItGoesOn) {
  Rig rig(plain_world());
  const auto job = begin(rig);
  cut_short(rig, 3, temporary(rig));
  cut_undo(rig, job);
  EXPECT_EQ(contents(rig, source), before_);
  EXPECT_LT(contents(rig, temporary(rig)).size(), before_.size());
  mend(rig);
  expect_no_way_forward(rig, job);
  expect_undone(rig, job);
  EXPECT_THAT(message_, HasSubstr("were copied back"));
}

TEST_F(Undo, CutShortWhileItOpensItGoesOn) {
  Rig rig(plain_world());
  const auto job = begin(rig);
  for (const auto* const operation : {"PutBucketPolicy", "DeleteBucketPolicy"}) {
    rig.deny({.operation = operation, .bucket = source, .count = 0});
  }
  cut_undo(rig, job);
  EXPECT_FALSE(rig.cloud([name = temporary(rig)](sim::Cloud& c) { return c.has_bucket(name); }));
  mend(rig);
  expect_no_way_forward(rig, job);
  expect_undone(rig, job);
}

TEST_F(Undo, WhatAThiefHasChangedInTheTemporaryBucketIsNotCopiedBack) {
  Rig rig(plain_world());
  const auto job = begin(rig);
  const auto left = contents(rig, source);
  rig.cloud([name = temporary(rig)](sim::Cloud& cloud) {
    cloud.put(name, sim::ObjectSpec{.key = "photo-000000", .body = "forged"});
  });
  rig.forget_requests();
  EXPECT_THAT(cut_undo(rig, job), AllOf(HasSubstr("has not what was confirmed"),
                                        HasSubstr("stays closed"), HasSubstr("manifest")));
  EXPECT_EQ(contents(rig, source), left);
  EXPECT_EQ(rig.requests("CopyObject"), 0u);
}

TEST_F(Undo, ATagThatWasChangedThereIsSeenToo) {
  Rig rig(plain_world());
  const auto job = begin(rig);
  rig.cloud([name = temporary(rig)](sim::Cloud& cloud) {
    cloud.put(name, sim::ObjectSpec{.key = "tagged",
                                    .body = "with more than its bytes",
                                    .metadata = {{"turn", "1"}},
                                    .tags = {{"team", "thieves"}}});
  });
  EXPECT_THAT(cut_undo(rig, job), HasSubstr("has not what was confirmed"));
}

// A right that was lost says nothing about the objects.
TEST_F(Undo, WhatMayNotBeReadIsNotToldAsADifference) {
  for (const std::string operation : {"HeadObject", "GetObjectTagging"}) {
    Rig rig(plain_world());
    const auto job = begin(rig);
    const auto left = contents(rig, source);
    rig.deny({.operation = operation, .bucket = temporary(rig), .key = "tagged", .count = 0});
    EXPECT_THAT(cut_undo(rig, job),
                AllOf(HasSubstr("1 object could not be compared"),
                      HasSubstr(operation + " s3://" + temporary(rig) + "/tagged"),
                      HasSubstr("allow s3:GetObject"), HasSubstr("request id "),
                      HasSubstr("Nothing was copied"), Not(HasSubstr("differ")),
                      Not(HasSubstr("has not what was confirmed"))));
    EXPECT_EQ(contents(rig, source), left);
    mend(rig);
    expect_undone(rig, job);
  }
}

TEST_F(Undo, WhereTheTemporaryBucketHasLostObjectsItStops) {
  Rig rig(plain_world());
  const auto job = begin(rig);
  const auto left = contents(rig, source);
  rig.cloud([name = temporary(rig)](sim::Cloud& cloud) { cloud.remove(name, "photo-000000"); });
  EXPECT_THAT(cut_undo(rig, job), HasSubstr("has not what was confirmed: 31 objects"));
  EXPECT_EQ(contents(rig, source), left);
}

// Guard G19 after the first delete: what this job has deleted must not be taken for what others
// did.
TEST_F(Undo, AWriterWhileItEmptiesCostsNothingAndItsObjectStays) {
  Rig rig(plain_world());
  before_ = contents(rig, source);
  rig.cloud([](sim::Cloud& cloud) {
    cloud.before_each([&cloud, turn = 0](const sim::RequestRecord& record) mutable {
      if (record.operation != "DeleteObjects" || record.bucket != source || ++turn != 3) return;
      cloud.put(source, sim::ObjectSpec{.key = "zzz-late", .body = "late"});
    });
  });
  const auto stopped = rig.migrate();
  ASSERT_NE(stopped.exit_code, 0);
  EXPECT_EQ(contents(rig, temporary(rig)), before_) << "the only copy of what is deleted already";
  const auto resumed = rig.again("resume", rig.last_job());
  ASSERT_TRUE(resumed);
  EXPECT_NE(resumed->exit_code, 0);
  EXPECT_EQ(contents(rig, temporary(rig)), before_);

  const auto undone = rig.undo(rig.last_job());
  ASSERT_TRUE(undone) << undone.error().describe();
  EXPECT_EQ(undone->exit_code, 0) << undone->message;
  auto now = contents(rig, source);
  EXPECT_THAT(now, SizeIs(before_.size() + 1));
  EXPECT_THAT(rig.told(), HasSubstr("written by others"));
  std::erase_if(now, [](const std::string& line) { return line.starts_with("zzz-late"); });
  EXPECT_EQ(now, before_);
}

TEST_F(Undo, WhatOthersHaveWrittenInThePlaceOfAnObjectIsNotOverwritten) {
  Rig rig(plain_world());
  const auto job = begin(rig);
  rig.cloud([](sim::Cloud& cloud) {
    cloud.put(source, sim::ObjectSpec{.key = "photo-000000", .body = "newer"});
  });
  const auto undone = rig.undo(job);
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->exit_code, 1);
  EXPECT_THAT(undone->message, HasSubstr("1 differ"));
  EXPECT_EQ(rig.cloud([](sim::Cloud& c) { return c.read(source, "photo-000000", 9); }), "newer");
  EXPECT_THAT(contents(rig, temporary(rig)), SizeIs(before_.size()));
}

// All had been deleted, and the freeze was off: the bytes are those of the last version, and what
// tells it apart is in no ETag.
TEST_F(Undo, WhatTheOwnerHasWrittenSinceItWasEmptiedIsNotTakenForARest) {
  for (const std::string key : {"photo-000003", "photo-000005"}) {
    Rig rig(versioned_world());
    add_histories(rig);
    before_ = contents(rig, source);
    rig.on_event([&rig](const Event& event) {
      const auto* const step = std::get_if<StepEvent>(&event);
      if (step != nullptr && step->step == "delete-source")
        rig.deny({.operation = "PutObject", .bucket = source, .count = 0});
    });
    EXPECT_EQ(rig.migrate().exit_code, 1);
    rig.on_event({});
    mend(rig);
    ASSERT_THAT(contents(rig, source), IsEmpty());
    const auto job = rig.last_job();

    rig.cloud([&](sim::Cloud& cloud) {
      cloud.set_policy(source, others_policy(source));
      const auto name = temporary(rig);
      const auto size = cloud.read(name, key, 1 << 20).size();
      cloud.put(source, sim::ObjectSpec{.key = key,
                                        .body = cloud.read(name, key, size),
                                        .metadata = {{"wish", "last"}}});
    });
    const auto wish = contents(rig, source);
    EXPECT_THAT(cut_undo(rig, job),
                AllOf(HasSubstr("Nothing was copied back"), HasSubstr(source + "/" + key)));
    EXPECT_EQ(contents(rig, source), wish);
    rig.cloud([&](sim::Cloud& cloud) { cloud.remove(source, key); });
    expect_undone(rig, job);
  }
}

TEST_F(Undo, G1HandedOverOnlyForwardIsSafe) {
  Rig rig(plain_world());
  rig.deny({.operation = "DeleteBucket", .bucket = source, .count = 0});
  ASSERT_EQ(rig.migrate().exit_code, 1);
  const auto job = rig.last_job();
  rig.forget_requests();
  const auto refused = rig.undo(job);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->exit_code, 1);
  EXPECT_THAT(refused->message, AllOf(HasSubstr("only forward is safe"), HasSubstr("migrate")));
  EXPECT_THAT(rig.writes(), IsEmpty());
  mend(rig);
  const auto moved = rig.again("resume", job);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->exit_code, 0) << moved->message;
}

// The destination role copies then, by a grant in the source's policy.
TEST_F(Undo, WorksWithASourcePolicyAndWithoutAGrantOfOurs) {
  Rig rig(plain_world());
  const auto job = begin(rig, 4, {"--grant", "source-policy"});
  expect_undone(rig, job);
}

// Multipart objects without a checksum are proven by their dates: which of the two is the younger
// depends on whether the object was deleted.
sim::Scenario weak_world() {
  auto world = article_world(0);
  auto& bucket = world.bucket(source, sim::source_account);
  bucket.policy = others_policy(source);
  for (int number = 0; number < 20; ++number) {
    bucket.with({.key = "large-" + std::to_string(100 + number),
                 .size = 20u << 20,
                 .part_size = 8u << 20,
                 .checksum = "none",
                 .age = std::chrono::hours(2)});
  }
  // First in order, so that it is deleted first; it is copied in parts, there and back.
  bucket.with({.key = "huge",
               .size = 300u << 20,
               .part_size = 8u << 20,
               .metadata = {{"turn", "1"}},
               .tags = {{"team", "films"}},
               .checksum = "none",
               .age = std::chrono::hours(2)});
  world.switches.listing_page = 5;
  return world;
}

TEST_F(Undo, WeakProofsHoldWhicheverObjectIsTheYounger) {
  Rig rig(weak_world());
  const auto sizes = [&] {
    return rig.cloud([](sim::Cloud& cloud) {
      std::vector<std::pair<std::string, std::uint64_t>> all;
      for (const auto& version : cloud.versions(source))
        all.emplace_back(version.key, version.size);
      return all;
    });
  };
  const auto before = sizes();
  const auto job = begin(rig, 4, {"--accept-weak-proof"});
  const auto undone = rig.undo(job);
  ASSERT_TRUE(undone) << undone.error().describe();
  EXPECT_EQ(undone->exit_code, 0) << undone->message;
  EXPECT_EQ(sizes(), before);
}

TEST_F(Undo, OfAMigrationThatHasDeletedNothingTakesWeakProofsToo) {
  Rig rig(weak_world());
  before_ = contents(rig, source);
  ASSERT_NE(rig.migrate().exit_code, 0) << "weak pairs were not accepted";
  expect_undone(rig, rig.last_job());
  EXPECT_THAT(message_, HasSubstr("as it was before"));
}

}  // namespace
}  // namespace s3m::workflow
