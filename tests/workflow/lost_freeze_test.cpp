// Migrations whose freeze goes, or cannot be proven any more, after they have begun to empty the
// source: nothing that was written meanwhile is lost, and what stands is not taken off (guards G4,
// G12, G20).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "tests/workflow/rig.hpp"
#include "workflow/run_task.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// The last of the bucket, so that it is still there when the first pages have gone.
const std::string edited = "zz-edited";

// Short pages, so that the emptying is many requests.
sim::Scenario world() {
  auto world = article_world(30);
  auto& bucket = world.bucket(source, sim::source_account);
  for (auto& objects : bucket.generators)
    objects.age = std::chrono::hours(1);
  bucket.with({.key = edited,
               .body = "the same bytes",
               .metadata = {{"turn", "1"}},
               .age = std::chrono::hours(1)});
  world.switches.listing_page = 5;
  return world;
}

void tag(sim::Cloud& cloud) {
  cloud.put(source, {.key = edited,
                     .body = "the same bytes",
                     .metadata = {{"turn", "1"}},
                     .tags = {{"turn", "2"}}});
}

// Its ETag is what it was.
void rewrite(sim::Cloud& cloud) {
  cloud.put(source, {.key = edited, .body = "the same bytes", .metadata = {{"turn", "2"}}});
}

class MigrationFreezeTest : public testing::Test {
 protected:
  explicit MigrationFreezeTest(const sim::Scenario& scenario = world()) : rig(scenario) {}

  void take_off() {
    rig.cloud([](sim::Cloud& cloud) { cloud.set_policy(source, others_policy(source)); });
  }
  // Whoever takes it off may know what stood there.
  void off_and_on(const std::function<void()>& edit) {
    const auto frozen = rig.policy(source);
    take_off();
    edit();
    rig.cloud([&](sim::Cloud& cloud) { cloud.set_policy(source, frozen); });
  }
  void mend() {
    rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
  }
  // From the `nth` deletion on everything is refused, as if the program were killed.
  void cut_short(std::uint64_t nth = 3) {
    rig.deny({.operation = "DeleteObjects", .bucket = source, .first = nth, .count = 0});
    const auto cut = rig.migrate({"--grant-timeout", "1"});
    EXPECT_EQ(cut.exit_code, exit_fatal) << cut.message;
    mend();
    EXPECT_THAT(rig.policy(source), HasSubstr("Freeze"));
    EXPECT_THAT(rig.keys(source), Contains(edited));
  }
  SummaryEvent resume() {
    const auto resumed = rig.again("resume", rig.last_job());
    EXPECT_TRUE(resumed) << resumed.error().describe();
    return resumed ? *resumed : SummaryEvent{};
  }
  void stops_at_the_edit() {
    const auto stopped = resume();
    EXPECT_EQ(stopped.exit_code, exit_fatal) << stopped.message;
    EXPECT_THAT(stopped.message, AllOf(HasSubstr(source + "/" + edited), HasSubstr(temporary()),
                                       HasSubstr("leave it as it is")));
    EXPECT_THAT(rig.keys(source), Contains(edited));
    EXPECT_THAT(rig.policy(source), HasSubstr("Freeze"));
  }
  void goes_on_without_the_edit() {
    rig.cloud([](sim::Cloud& cloud) { cloud.remove(source, edited); });
    const auto done = resume();
    EXPECT_EQ(done.exit_code, exit_verified) << done.message;
    EXPECT_EQ(rig.cloud([](sim::Cloud& cloud) { return cloud.bucket_owner(source); }),
              sim::destination_account);
  }
  std::string temporary() {
    return rig.store()->fact(rig.last_job(), "temporary-bucket")->value_or("none");
  }

  Rig rig;
};

TEST_F(MigrationFreezeTest, G4OneThatGoesWhileTheSourceIsEmptiedStopsItAndNoEditIsLost) {
  for (auto* const edit : {tag, rewrite}) {
    Rig fresh(world());
    bool gone = false;
    fresh.cloud([&](sim::Cloud& cloud) {
      cloud.before_each([&](const sim::RequestRecord& request) {
        if (gone || request.operation != "DeleteObjects" || request.bucket != source) return;
        gone = true;
        cloud.set_policy(source, others_policy(source));
        edit(cloud);
      });
    });
    const auto stopped = fresh.migrate();
    ASSERT_TRUE(gone);
    EXPECT_EQ(stopped.exit_code, exit_fatal);
    EXPECT_THAT(stopped.message, AllOf(HasSubstr("took the freeze of s3://" + source),
                                       HasSubstr("go on with the job")));
    EXPECT_THAT(fresh.keys(source), Contains(edited));

    const auto again = fresh.again("resume", fresh.last_job());
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(again->exit_code, exit_fatal) << again->message;
    EXPECT_THAT(fresh.told(), AllOf(HasSubstr("is put again"), Not(HasSubstr("stops the emp"))));
    EXPECT_THAT(again->message, HasSubstr(source + "/" + edited));
    EXPECT_THAT(fresh.keys(source), Contains(edited));
  }
}

// No look at the policy tells of that; the dates of the objects do.
TEST_F(MigrationFreezeTest, G4OneThatGoesAndComesBackBetweenTwoPagesCostsNoMetadata) {
  rig.cloud([](sim::Cloud& cloud) {
    cloud.before_each([&cloud, done = false](const sim::RequestRecord& request) mutable {
      if (done || request.operation != "DeleteObjects" || request.bucket != source) return;
      done = true;
      const auto frozen = cloud.bucket_policy(source);
      cloud.set_policy(source, others_policy(source));
      rewrite(cloud);
      cloud.set_policy(source, frozen);
    });
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message,
              AllOf(HasSubstr(source + "/" + edited), HasSubstr("written again after it was")));
  EXPECT_THAT(rig.keys(source), Contains(edited));
  stops_at_the_edit();
}

TEST_F(MigrationFreezeTest, G12OneThatWasGoneBetweenTwoRunsHasTheRestComparedWithItsAttributes) {
  cut_short();
  take_off();
  rig.cloud(tag);
  stops_at_the_edit();
  EXPECT_THAT(rig.told(), HasSubstr("is put again"));
  stops_at_the_edit();
  EXPECT_THAT(rig.told(), Not(HasSubstr("is put again")));
  goes_on_without_the_edit();
}

TEST_F(MigrationFreezeTest, G12AlsoWhereTheRunThatPutItAgainWasKilled) {
  cut_short();
  take_off();
  rig.cloud(rewrite);
  rig.deny({.operation = "PutObject", .bucket = source, .first = 2, .count = 0});
  EXPECT_EQ(resume().exit_code, exit_fatal);
  EXPECT_THAT(rig.policy(source), HasSubstr("Freeze"));
  mend();
  stops_at_the_edit();
}

// That it stands when a run begins tells nothing of the time before.
TEST_F(MigrationFreezeTest, G12AlsoWhereOthersHavePutItBackBetweenTwoRuns) {
  cut_short();
  off_and_on([this] { rig.cloud(rewrite); });
  stops_at_the_edit();
  EXPECT_THAT(rig.told(), Not(HasSubstr("is put again")));
  goes_on_without_the_edit();
}

TEST_F(MigrationFreezeTest, G4OneThatStoodAllTheWhileIsNotDoubted) {
  cut_short();
  rig.forget_requests();
  const auto done = resume();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  EXPECT_THAT(rig.told(), Not(HasSubstr("is put again")));
}

TEST_F(MigrationFreezeTest, G20OneThatCannotBeProvenAnyMoreStaysAndTheLostRightIsNamed) {
  cut_short();
  rig.deny({.operation = "PutObject", .bucket = source, .count = 0});
  const auto before = rig.keys(source);
  const auto named = AllOf(HasSubstr("s3:PutObject on arn:aws:s3:::" + source),
                           HasSubstr(":assumed-role/"), HasSubstr("request id"),
                           HasSubstr("a right was lost"), Not(HasSubstr("--source-is-quiet")));
  const auto stopped = resume();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, named);
  EXPECT_THAT(rig.policy(source), HasSubstr("Freeze"));

  mend();
  const auto done = resume();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
}

TEST_F(MigrationFreezeTest, G20NorDoesAnUndoTakeItOff) {
  cut_short();
  rig.deny({.operation = "PutObject", .bucket = source, .count = 0});
  const auto stopped = rig.undo(rig.last_job());
  ASSERT_TRUE(stopped) << stopped.error().describe();
  EXPECT_EQ(stopped->exit_code, exit_fatal);
  EXPECT_THAT(stopped->message,
              AllOf(HasSubstr("a right was lost"), Not(HasSubstr("--source-is-quiet"))));
  EXPECT_THAT(rig.policy(source), HasSubstr("Freeze"));

  mend();
  const auto undone = rig.undo(rig.last_job());
  ASSERT_TRUE(undone) << undone.error().describe();
  EXPECT_EQ(undone->outcome, "undone") << undone->message;
  EXPECT_THAT(rig.policy(source), Not(HasSubstr("Freeze")));
}

class VersionedMigrationFreezeTest : public MigrationFreezeTest {
 protected:
  VersionedMigrationFreezeTest() : MigrationFreezeTest(versioned()) {}

  static sim::Scenario versioned() {
    auto scenario = world();
    scenario.bucket(source, sim::source_account).versioning = "Enabled";
    return scenario;
  }

  // Of the version that is there, by the source role.
  void tag_in_place() {
    const std::string body =
        "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    const auto engine = rig.engine("20261122t162800-3f9a1c");
    auto settings = engine->source()->endpoint;
    settings.region = "us-east-1";
    aws::Client client(engine->context().runtime, engine->source()->identity, std::move(settings),
                       aws::unlimited_admission());
    const auto tagged = run_task(
        engine->loop(), client.call({.operation = "PutObjectTagging",
                                     .method = aws::Method::put,
                                     .bucket = source,
                                     .key = edited,
                                     .query = {{"tagging", ""}},
                                     .headers = {{"content-md5", base64(bytes_of(md5(body)))}},
                                     .body = body}));
    EXPECT_TRUE(tagged) << tagged.error().describe();
    engine->close();
  }
};

TEST_F(VersionedMigrationFreezeTest, G12TagsOfAVersionAreSeenWhereTheFreezeWasGone) {
  cut_short();
  take_off();
  tag_in_place();
  stops_at_the_edit();

  const auto undone = rig.undo(rig.last_job());
  ASSERT_TRUE(undone) << undone.error().describe();
  EXPECT_EQ(undone->exit_code, exit_fatal);
  EXPECT_THAT(undone->message,
              AllOf(HasSubstr("Nothing was copied back"), HasSubstr(source + "/" + edited)));
  EXPECT_THAT(rig.keys(source), Contains(edited));
}

TEST_F(VersionedMigrationFreezeTest, G12AlsoWhereOthersHavePutItBack) {
  cut_short();
  off_and_on([this] { tag_in_place(); });
  stops_at_the_edit();
}

}  // namespace
}  // namespace s3m::workflow
