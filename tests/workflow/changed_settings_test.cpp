// Settings that the owner of a source changes while it is migrated: what stands last is carried, or
// given back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/migration_records.hpp"
#include "workflow/verdict.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string cors(const std::string& origin) {
  return "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>" + origin +
         "</AllowedOrigin></CORSRule></CORSConfiguration>";
}

std::string tags(const std::string& team) {
  return "<Tagging><TagSet><Tag><Key>team</Key><Value>" + team +
         "</Value></Tag></TagSet></Tagging>";
}

std::string lifecycle(const std::string& id) {
  return "<LifecycleConfiguration><Rule><ID>" + id +
         "</ID><Status>Enabled</Status><Filter/><Expiration><Days>300</Days></Expiration></Rule>"
         "</LifecycleConfiguration>";
}

std::string notification(const std::string& queue) {
  return "<NotificationConfiguration><QueueConfiguration><Id>q</Id>"
         "<Queue>arn:aws:sqs:us-east-1:111111111111:" +
         queue +
         "</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration>"
         "</NotificationConfiguration>";
}

const std::string website =
    "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
    "</WebsiteConfiguration>";

sim::Scenario world() {
  auto world = article_world(6);
  world.switches.name_release = 0ms;
  auto& bucket = world.buckets.front();
  bucket.policy = others_policy(source);
  bucket.configuration = {{"cors", cors("https://old.example")},
                          {"tagging", tags("old")},
                          {"lifecycle", lifecycle("old")},
                          {"notification", notification("old")}};
  return world;
}

// As its owner does it: the policy as it is, with what the job has added to it, but the owner's own
// statement.
void refuse_others(sim::Cloud& cloud) {
  auto policy = cloud.bucket_policy(source);
  const auto at = policy.find("\"Others\"");
  ASSERT_NE(at, std::string::npos) << policy;
  policy.replace(at, 8, "\"Shut\"");
  const auto effect = policy.find("\"Allow\"", at);
  ASSERT_NE(effect, std::string::npos) << policy;
  policy.replace(effect, 7, "\"Deny\"");
  EXPECT_TRUE(cloud.set_policy(source, policy)) << policy;
}

void change(sim::Cloud& cloud) {
  refuse_others(cloud);
  EXPECT_TRUE(cloud.set_configuration(source, "cors", cors("https://new.example")));
  EXPECT_TRUE(cloud.set_configuration(source, "tagging", tags("new")));
  EXPECT_TRUE(cloud.set_configuration(source, "website", website));
}

class ChangedSettings : public testing::Test {
 protected:
  explicit ChangedSettings(const sim::Scenario& scenario = world()) : rig(scenario) {}

  // Once, before the first request of that operation at a bucket and key of such names.
  void before_first(const std::string& operation, const std::string& bucket, const std::string& key,
                    std::function<void(sim::Cloud&)> act) {
    rig.cloud([&](sim::Cloud& cloud) {
      const auto hook = [&cloud, operation, bucket, key, act = std::move(act),
                         done = false](const sim::RequestRecord& request) mutable {
        if (done || request.operation != operation || !request.bucket.starts_with(bucket) ||
            !request.key.contains(key))
          return;
        done = true;
        act(cloud);
      };
      cloud.before_each(hook);
    });
  }
  void while_it_is_copied(std::function<void(sim::Cloud&)> act) {
    before_first("CopyObject", "s3m-", "photo-", std::move(act));
  }
  // Frozen, and not yet confirmed.
  void while_it_is_proven(std::function<void(sim::Cloud&)> act) {
    before_first("PutObject", "s3m-", "/manifest/", std::move(act));
  }
  void while_it_is_emptied(std::function<void(sim::Cloud&)> act) {
    before_first("DeleteObjects", source, "", std::move(act));
  }

  std::string setting(const std::string& query) {
    return rig.cloud([&](sim::Cloud& cloud) { return cloud.bucket_configuration(source, query); });
  }
  std::string owner() {
    return rig.cloud([](sim::Cloud& cloud) { return cloud.bucket_owner(source); });
  }
  void has_the_new_ones() {
    EXPECT_EQ(owner(), sim::destination_account);
    EXPECT_THAT(rig.policy(source), AllOf(HasSubstr("Shut"), HasSubstr("Deny"),
                                          Not(HasSubstr("Allow")), Not(HasSubstr("S3Migrator"))));
    EXPECT_THAT(setting("cors"), HasSubstr("https://new.example"));
    EXPECT_THAT(setting("tagging"), AllOf(HasSubstr("new"), Not(HasSubstr("old"))));
    EXPECT_THAT(setting("website"), HasSubstr("index.html"));
  }
  void names_them() {
    for (const auto* const name :
         {"policy (changed)", "cors (changed)", "tagging (changed)", "website (set)"})
      EXPECT_THAT(rig.told(), HasSubstr(name));
  }

  Rig rig;
};

TEST_F(ChangedSettings, DuringTheCopyAreCarriedAndTold) {
  while_it_is_copied(change);
  const auto done = rig.migrate();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  has_the_new_ones();
  names_them();
  EXPECT_THAT(rig.told(), HasSubstr("after they were read"));
  EXPECT_THAT(setting("lifecycle"), HasSubstr("old"));
  EXPECT_THAT(setting("notification"), HasSubstr("222222222222:old"));
}

// A freeze keeps nobody from the policy.
TEST_F(ChangedSettings, UnderTheFreezeAreCarriedAndTold) {
  while_it_is_proven(change);
  const auto done = rig.migrate();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  has_the_new_ones();
  names_them();
  EXPECT_THAT(setting("lifecycle"), HasSubstr("old"));
}

TEST_F(ChangedSettings, AfterTheConfirmationAreCarriedAndTold) {
  while_it_is_emptied(change);
  const auto done = rig.migrate();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  has_the_new_ones();
  names_them();
  EXPECT_THAT(rig.told(), HasSubstr("after the confirmation"));
  EXPECT_THAT(setting("lifecycle"), HasSubstr("old"));
  EXPECT_THAT(setting("notification"), HasSubstr("222222222222:old"));
}

TEST_F(ChangedSettings, NobodysChangeIsNobodysNews) {
  EXPECT_EQ(rig.migrate().exit_code, exit_verified);
  EXPECT_THAT(rig.told(), Not(HasSubstr("changed by others")));
  EXPECT_THAT(setting("cors"), HasSubstr("https://old.example"));
}

// Days may go by before the name is typed.
TEST_F(ChangedSettings, WhileTheQuestionWaitsAreInTheNextOne) {
  ASSERT_EQ(rig.migrate_until_asked().exit_code, exit_interrupted);
  const auto job = rig.last_job();
  rig.cloud(change);
  const auto asked = rig.again("resume", job);
  ASSERT_TRUE(asked) << asked.error().describe();
  EXPECT_TRUE(asked->awaits_confirmation) << asked->message;
  names_them();
  const auto wanted = rig.store()->fact(job, fact::wanted);
  ASSERT_TRUE(wanted && *wanted);
  EXPECT_THAT(**wanted, AllOf(HasSubstr("https://new.example"), HasSubstr("index.html"),
                              Not(HasSubstr("https://old.example"))));
}

// --- what the job itself switches off ------------------------------------------------------------

TEST_F(ChangedSettings, RulesThatAreRemovedBeforeTheyAreSwitchedOffDoNotComeBack) {
  while_it_is_copied([](sim::Cloud& cloud) {
    EXPECT_TRUE(cloud.set_configuration(source, "lifecycle", ""));
    EXPECT_TRUE(cloud.set_configuration(source, "notification", notification("new")));
  });
  const auto done = rig.migrate();
  EXPECT_EQ(done.exit_code, exit_verified) << done.message;
  EXPECT_THAT(rig.told(),
              AllOf(HasSubstr("lifecycle (removed)"), HasSubstr("notification (changed)")));
  EXPECT_EQ(setting("lifecycle"), "");
  EXPECT_THAT(setting("notification"), HasSubstr("222222222222:new"));
}

TEST_F(ChangedSettings, AnUndoPutsBackOnlyWhatWasSwitchedOff) {
  rig.deny({.operation = "CopyObject", .key = "photo-000002", .count = 0});
  while_it_is_copied(
      [](sim::Cloud& cloud) { EXPECT_TRUE(cloud.set_configuration(source, "lifecycle", "")); });
  ASSERT_EQ(rig.migrate().exit_code, exit_fatal);
  const auto undone = rig.undo(rig.last_job());
  ASSERT_TRUE(undone) << undone.error().describe();
  EXPECT_EQ(undone->exit_code, exit_verified) << undone->message;
  EXPECT_EQ(setting("lifecycle"), "");
}

TEST_F(ChangedSettings, AnUndoLeavesWhatTheOwnerHasSet) {
  ASSERT_EQ(rig.migrate_until_asked().exit_code, exit_interrupted);
  EXPECT_EQ(setting("lifecycle"), "");
  rig.cloud(change);
  const auto undone = rig.undo(rig.last_job());
  ASSERT_TRUE(undone) << undone.error().describe();
  EXPECT_EQ(undone->exit_code, exit_verified) << undone->message;
  EXPECT_EQ(owner(), sim::source_account);
  EXPECT_THAT(rig.policy(source),
              AllOf(HasSubstr("Shut"), Not(HasSubstr("Allow")), Not(HasSubstr("S3Migrator"))));
  EXPECT_THAT(setting("cors"), HasSubstr("https://new.example"));
  EXPECT_THAT(setting("lifecycle"), HasSubstr("old"));
}

// Neither way is barred to a job because its owner has used a setting that it had switched off.
TEST_F(ChangedSettings, WhatIsSetAnewWhileItIsOffIsCarried) {
  for (const std::string end : {"/manifest/", "DeleteObjects"}) {
    Rig fresh(world());
    if (end == "DeleteObjects") {
      fresh.deny({.operation = end, .bucket = source, .count = 0});
    } else {
      fresh.deny({.operation = "PutObject", .bucket = "s3m-*", .key = "*" + end + "*", .count = 0});
    }
    ASSERT_EQ(fresh.migrate().exit_code, exit_fatal);
    fresh.cloud([](sim::Cloud& cloud) {
      cloud.faults().clear();
      EXPECT_EQ(cloud.bucket_configuration(source, "lifecycle"), "");
      EXPECT_TRUE(cloud.set_configuration(source, "lifecycle", lifecycle("mine")));
      EXPECT_TRUE(cloud.set_configuration(source, "notification", notification("mine")));
    });
    const auto done = fresh.again("resume", fresh.last_job());
    ASSERT_TRUE(done) << done.error().describe();
    EXPECT_EQ(done->exit_code, exit_verified) << done->message;
    EXPECT_THAT(fresh.told(), HasSubstr("lifecycle (changed)"));
    fresh.cloud([](sim::Cloud& cloud) {
      EXPECT_EQ(cloud.bucket_owner(source), sim::destination_account);
      for (const auto* const query : {"lifecycle", "notification"})
        EXPECT_THAT(cloud.bucket_configuration(source, query),
                    AllOf(HasSubstr("mine"), Not(HasSubstr("old"))));
    });
  }
}

TEST_F(ChangedSettings, AnUndoLeavesWhatWasSetAnewWhileItWasOffAndEnds) {
  for (const bool emptying : {false, true}) {
    Rig fresh(world());
    if (emptying) fresh.deny({.operation = "DeleteObjects", .bucket = source, .count = 0});
    ASSERT_NE((emptying ? fresh.migrate() : fresh.migrate_until_asked()).exit_code, exit_verified);
    fresh.cloud([](sim::Cloud& cloud) {
      cloud.faults().clear();
      EXPECT_TRUE(cloud.set_configuration(source, "lifecycle", lifecycle("mine")));
      EXPECT_TRUE(cloud.set_configuration(source, "notification", notification("mine")));
    });
    const auto undone = fresh.undo(fresh.last_job());
    ASSERT_TRUE(undone) << undone.error().describe();
    EXPECT_EQ(undone->outcome, "undone") << undone->message;
    EXPECT_THAT(fresh.told(), AllOf(HasSubstr("lifecycle"), HasSubstr("by others")));
    fresh.cloud([](sim::Cloud& cloud) {
      for (const auto* const query : {"lifecycle", "notification"})
        EXPECT_THAT(cloud.bucket_configuration(source, query), HasSubstr("mine"));
    });
  }
}

// --- what cannot be followed ---------------------------------------------------------------------

TEST_F(ChangedSettings, WithoutAPlaceInTheNewAccountStopItBeforeTheConfirmation) {
  const auto before = rig.keys(source);
  while_it_is_proven([](sim::Cloud& cloud) {
    EXPECT_TRUE(cloud.set_configuration(
        source, "encryption",
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
        "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>"
        "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        "</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>"
        "</ServerSideEncryptionConfiguration>"));
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, AllOf(HasSubstr("--kms-key-map"), HasSubstr("Nothing was deleted")));
  EXPECT_EQ(rig.keys(source), before);
}

TEST_F(ChangedSettings, VersioningThatIsSwitchedOnUnderTheCopyIsRefusedBeforeTheFreeze) {
  while_it_is_copied([](sim::Cloud& cloud) {
    EXPECT_TRUE(cloud.set_configuration(
        source, "versioning",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"));
  });
  const auto stopped = rig.migrate();
  EXPECT_EQ(stopped.exit_code, exit_fatal);
  EXPECT_THAT(stopped.message, AllOf(HasSubstr("versioning was switched on"), HasSubstr("undo")));
  EXPECT_THAT(setting("lifecycle"), HasSubstr("old"));
  EXPECT_EQ(owner(), sim::source_account);
}

}  // namespace
}  // namespace s3m::workflow
