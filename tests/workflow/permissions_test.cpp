// What a migration finds out before it begins: each right proven, inferred or missing, each refusal
// from the bucket's own state; and that the finding out changes nothing.
#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/cli.hpp"
#include "app/engine.hpp"
#include "base/ids.hpp"
#include "tests/workflow/rig.hpp"
#include "workflow/migration_plan.hpp"

namespace s3m::workflow {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string live = "arn:aws:s3:::" + source;

// All that a client could have changed.
std::vector<std::string> everything(sim::Cloud& cloud) {
  std::vector<std::string> all;
  for (const auto& bucket : {source, destination}) {
    if (!cloud.has_bucket(bucket)) continue;
    all.push_back(bucket + " of " + cloud.bucket_owner(bucket) + " policy " +
                  cloud.bucket_policy(bucket));
    for (const auto* name : {"versioning", "encryption", "lifecycle", "cors", "tagging",
                             "ownershipControls", "publicAccessBlock", "object-lock"})
      all.push_back(cloud.bucket_configuration(bucket, name));
    for (const auto& version : cloud.versions(bucket))
      all.push_back(version.key + " " + version.version_id + " " + version.etag);
    all.push_back(std::to_string(cloud.uploads(bucket).size()) + " uploads");
  }
  return all;
}

std::string without(const std::vector<std::string>& actions) {
  std::string list;
  for (const auto& action : actions)
    list += (list.empty() ? "\"" : ",\"") + action + "\"";
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},)"
         R"({"Effect":"Deny","Action":[)" +
         list + R"(],"Resource":"*"}]})";
}

class Permissions : public testing::Test {
 protected:
  static sim::RoleSpec& role_of(sim::Scenario& world, std::string_view account) {
    return world.account(account).roles.at(0);
  }
  // A role that may do what is listed, and nothing of IAM.
  static void only(sim::Scenario& world, std::string_view account,
                   const std::vector<std::string>& actions) {
    role_of(world, account).policies = {sim::allow(actions, {"*"})};
  }
  static void all_but(sim::Scenario& world, std::string_view account,
                      const std::vector<std::string>& actions) {
    role_of(world, account).policies = {without(actions)};
  }

  void begin(const sim::Scenario& world) { rig_ = std::make_unique<Rig>(world); }

  // The preflight, with the state of the world before and after compared.
  void look(const std::vector<std::string>& options = {}) {
    if (!rig_) begin(article_world(3));
    std::vector<std::string> words{"s3migrator",           "copy",
                                   "s3://" + source,       "s3://unused-bucket",
                                   "--destination-region", "eu-central-1",
                                   "--migrator-role-arn",  std::string(sim::migrator_role)};
    const auto side = [&](std::string_view name, std::string_view role, std::string_view id) {
      const auto option = "--" + std::string(name);
      words.insert(words.end(), {option + "-role-arn", std::string(role), option + "-external-id",
                                 std::string(id)});
    };
    side("source", sim::source_role, sim::source_external_id);
    side("destination", one_account ? sim::source_role : sim::destination_role,
         one_account ? sim::source_external_id : sim::destination_external_id);
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--store", rig_->file("store.db")});
    auto parsed = app::parse_command_line(words);
    ASSERT_TRUE(std::holds_alternative<app::Arguments>(parsed));
    const auto& arguments = std::get<app::Arguments>(parsed);
    const auto before = rig_->cloud(everything);
    rig_->forget_requests();
    run(arguments, {.copy = arguments.spec, .prefix = arguments.source.prefix});
    EXPECT_EQ(rig_->cloud(everything), before);
  }

  void run(const app::Arguments& arguments, MigrationWishes wishes) {
    const aws::Environment variables = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = rig_->environment.find(name);
      return found == rig_->environment.end() ? std::nullopt : std::optional(found->second);
    };
    auto made = app::Engine::make(arguments, variables, events_, new_job_id());
    ASSERT_TRUE(made) << made.error().describe();
    auto& engine = **made;
    auto task = migration_preflight(engine.context(), *engine.source(), engine.destination(),
                                    std::move(wishes), 0, PlanFigures::silent);
    net::asio::co_spawn(engine.loop(), std::move(task),
                        [&](std::exception_ptr failure, Result<MigrationPreflight> value) {
                          if (failure) std::rethrow_exception(failure);
                          result_ = std::move(value);
                          engine.close();
                        });
    engine.loop().run();
    if (!fails) ASSERT_TRUE(result_) << result_.error().describe();
  }

  std::string state(std::string_view side, std::string_view action, const std::string& resource) {
    for (const auto& one : result_->permissions) {
      if (one.side != side || one.action != action || one.resource != resource) continue;
      EXPECT_FALSE(one.how.empty()) << action;
      return std::string(name(one.state));
    }
    return "not needed";
  }
  std::vector<std::string> codes() const {
    std::vector<std::string> all;
    for (const auto& refusal : result_->refusals)
      all.push_back(refusal.code);
    return all;
  }
  const MigrationPlanEvent& event() const { return result_->event; }

  bool one_account = false, fails = false;
  std::unique_ptr<Rig> rig_;
  Recorder events_;
  Result<MigrationPreflight> result_;
};

TEST_F(Permissions, WhatCanBeUsedIsProven) {
  look();
  for (const auto* action :
       {"s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketPolicy",
        "s3:GetBucketVersioning", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
        "s3:GetBucketOwnershipControls", "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketWebsite", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketTagging",
        "s3:GetBucketNotification", "s3:GetInventoryConfiguration",
        "s3:GetReplicationConfiguration", "s3:GetBucketAbac"}) {
    EXPECT_EQ(state("source", action, live), "proven") << action;
  }
  EXPECT_EQ(state("source", "s3:GetObject", live + "/*"), "proven");
  EXPECT_EQ(state("source", "s3:GetObjectTagging", live + "/*"), "proven");
  EXPECT_EQ(state("source", "s3:PutObject", live + "/*"), "proven");
  EXPECT_EQ(state("destination", "s3:CreateBucket", live), "proven");
}

TEST_F(Permissions, WhatWouldChangeSomethingIsNeverTried) {
  look();
  EXPECT_EQ(state("source", "s3:DeleteBucket", live), "unproven");
  EXPECT_EQ(state("source", "s3:DeleteObject", live + "/*"), "unproven");
  EXPECT_EQ(state("source", "s3:PutBucketPolicy", live), "unproven");
  EXPECT_EQ(state("destination", "s3:CreateBucket", "arn:aws:s3:::s3m-*"), "unproven");
  EXPECT_THAT(rig_->writes(), IsEmpty());
  for (const auto* operation : {"DeleteBucket", "DeleteObject", "DeleteBucketPolicy",
                                "PutBucketPolicy", "DeleteBucketLifecycle"}) {
    EXPECT_EQ(rig_->requests(operation), 0u) << operation;
  }
}

TEST_F(Permissions, AMissingRightComesWithThePolicyThatAddsIt) {
  auto world = article_world(3);
  all_but(world, sim::source_account, {"s3:GetObjectTagging", "s3:PutObject"});
  begin(world);
  look();
  EXPECT_EQ(state("source", "s3:GetObjectTagging", live + "/*"), "denied");
  EXPECT_EQ(state("source", "s3:PutObject", live + "/*"), "denied");
  EXPECT_EQ(state("source", "s3:GetObject", live + "/*"), "proven");
  EXPECT_THAT(event().source_policy, HasSubstr("s3:GetObjectTagging"));
  EXPECT_THAT(event().source_policy, HasSubstr(live + "/*"));
  EXPECT_THAT(event().source_policy, Not(HasSubstr("\"s3:GetObject\",\"s3:GetObjectTagging\"")));
}

TEST_F(Permissions, EverySettingIsTried) {
  auto world = article_world(3);
  all_but(world, sim::source_account, {"s3:GetBucketCORS", "s3:GetMetricsConfiguration"});
  begin(world);
  look();
  EXPECT_EQ(state("source", "s3:GetBucketCORS", live), "denied");
  EXPECT_EQ(state("source", "s3:GetMetricsConfiguration", live), "denied");
  EXPECT_EQ(state("source", "s3:GetAnalyticsConfiguration", live), "proven");
}

TEST_F(Permissions, TheNameMustBeOnesToTake) {
  auto world = article_world(3);
  all_but(world, sim::destination_account, {"s3:CreateBucket"});
  begin(world);
  look();
  EXPECT_EQ(state("destination", "s3:CreateBucket", live), "denied");
  EXPECT_THAT(event().destination_policy, HasSubstr("s3:CreateBucket"));
}

TEST_F(Permissions, AnOwnNameIsNeverAskedFor) {
  one_account = true;
  look();
  EXPECT_EQ(rig_->requests("CreateBucket"), 0u);
  EXPECT_EQ(state("destination", "s3:CreateBucket", live), "unproven");
}

TEST_F(Permissions, ANameIsNeverAskedForAtWhatMayBeAnotherService) {
  begin(article_world(3));
  auto other = rig_->endpoint();
  other.replace(other.find("127.0.0.1"), 9, "localhost");
  look({"--destination-endpoint-url", other});
  EXPECT_THAT(codes(), Contains("two-services"));
  EXPECT_EQ(rig_->requests("CreateBucket"), 0u);
}

TEST_F(Permissions, ANameThatIsFreeMeanwhileIsAnAlarm) {
  begin(article_world(3));
  rig_->fault({.operation = "CreateBucket", .status = 200, .code = "AccessDenied"});
  fails = true;
  look();
  ASSERT_FALSE(result_);
  EXPECT_EQ(result_.error().code(), Errc::refused);
  EXPECT_THAT(result_.error().message(), HasSubstr("the name source-bucket was free"));
}

TEST_F(Permissions, IamIsAskedWhereItMayBe) {
  auto world = article_world(3);
  only(world, sim::source_account,
       {"s3:Get*", "s3:List*", "s3:PutObject", "s3:PutBucketPolicy", "s3:DeleteObject",
        "iam:SimulatePrincipalPolicy"});
  begin(world);
  look();
  EXPECT_EQ(state("source", "s3:PutBucketPolicy", live), "inferred");
  EXPECT_EQ(state("source", "s3:DeleteObject", live + "/*"), "inferred");
  EXPECT_EQ(state("source", "s3:DeleteBucket", live), "unproven");
  EXPECT_EQ(state("destination", "s3:PutBucketPolicy", live), "unproven");  // may not ask
  EXPECT_THAT(event().source_policy, HasSubstr("s3:DeleteBucket"));
  EXPECT_THAT(event().source_policy, Not(HasSubstr("\"s3:DeleteObject\"")));
}

TEST_F(Permissions, ADenyThatIamKnowsIsADenial) {
  auto world = article_world(3);
  all_but(world, sim::source_account, {"s3:DeleteBucket"});
  begin(world);
  look();
  EXPECT_EQ(state("source", "s3:DeleteBucket", live), "denied");
}

TEST_F(Permissions, VersionsAreReadByTheirIds) {
  auto world = article_world(3);
  world.bucket(source, sim::source_account).versioning = "Enabled";
  begin(world);
  look();
  EXPECT_EQ(state("source", "s3:ListBucketVersions", live), "proven");
  EXPECT_EQ(state("source", "s3:GetObjectVersion", live + "/*"), "proven");
  EXPECT_EQ(state("source", "s3:GetObjectVersionTagging", live + "/*"), "proven");
  EXPECT_EQ(state("source", "s3:DeleteObjectVersion", live + "/*"), "unproven");
  EXPECT_TRUE(event().all_versions);
}

TEST_F(Permissions, AnEmptyBucketHasNoObjectToTryOn) {
  begin(article_world(0));
  look();
  EXPECT_EQ(state("source", "s3:GetObject", live + "/*"), "unproven");
  EXPECT_EQ(event().objects, 0u);
}

TEST_F(Permissions, AServerThatIgnoresConditionsIsLeftAsItWas) {
  begin(article_world(3));
  rig_->switches([](sim::Switches& switches) { switches.ignore_if_match = true; });
  look();
  EXPECT_EQ(state("source", "s3:PutObject", live + "/*"), "proven");
}

TEST_F(Permissions, ThePlanIsAnEvent) {
  look();
  EXPECT_THAT(result_->refusals, IsEmpty());
  ASSERT_THAT(events_.events, SizeIs(1));
  const auto* plan = std::get_if<MigrationPlanEvent>(&events_.events.front());
  ASSERT_NE(plan, nullptr);
  EXPECT_EQ(plan->bucket, source);
  EXPECT_EQ(plan->destination_region, "eu-central-1");
  EXPECT_EQ(plan->objects, 3u);
  EXPECT_GT(plan->requests, 6u);
  EXPECT_FALSE(plan->times.empty());
  EXPECT_THAT(plan->prices, IsEmpty());  // not AWS
  EXPECT_THAT(plan->advice, HasSubstr("NEW-NAME"));
  EXPECT_EQ(plan->permissions.size(), result_->permissions.size());
}

TEST_F(Permissions, WhatMayNotBeReadIsRefusedBeforeTheListing) {
  auto world = article_world(3);
  all_but(world, sim::source_account, {"s3:GetBucketPolicy"});
  begin(world);
  look();
  EXPECT_THAT(codes(), Contains("unread"));
  EXPECT_TRUE(event().times.empty());
  EXPECT_EQ(result_->plan.source_objects, 0u);
}

TEST_F(Permissions, LocksOfTheBucketItself) {
  auto world = article_world(3);
  auto& bucket = world.bucket(source, sim::source_account);
  bucket.versioning = "Enabled";
  bucket.configuration["object-lock"] =
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
      "<DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
      "</ObjectLockConfiguration>";
  begin(world);
  look();
  EXPECT_THAT(codes(), Contains("compliance-lock"));
}

TEST_F(Permissions, ArchivedObjectsOfTheListing) {
  auto world = article_world(3);
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = "old", .size = 10, .storage_class = "GLACIER"});
  begin(world);
  look();
  EXPECT_THAT(codes(), testing::ElementsAre("archived-objects"));
}

TEST_F(Permissions, ArchiveTiersThatNoListingShows) {
  auto world = article_world(3);
  auto& bucket = world.bucket(source, sim::source_account);
  bucket.with(sim::ObjectSpec{.key = "cold",
                              .size = 10,
                              .storage_class = "INTELLIGENT_TIERING",
                              .archive_tier = "ARCHIVE_ACCESS"});
  bucket.configuration["intelligent-tiering:a"] =
      "<IntelligentTieringConfiguration><Id>a</Id><Status>Enabled</Status><Tiering><Days>90</Days>"
      "<AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering></IntelligentTieringConfiguration>";
  begin(world);
  look();
  EXPECT_THAT(codes(), testing::ElementsAre("archive-tiers"));
}

TEST_F(Permissions, AclsAndTheWrongGrant) {
  auto world = article_world(3);
  world.bucket(source, sim::source_account).ownership = "ObjectWriter";
  begin(world);
  look();
  EXPECT_THAT(codes(), testing::ElementsAre("acls-need-source-policy"));
  EXPECT_EQ(state("source", "s3:GetObjectAcl", live + "/*"), "proven");
  look({"--grant", "source-policy"});
  EXPECT_THAT(codes(), IsEmpty());
}

TEST_F(Permissions, WhatLiesBelowOurPrefix) {
  auto world = article_world(3);
  world.bucket(source, sim::source_account)
      .with(sim::ObjectSpec{.key = ".s3migrator/record.json", .size = 1});
  begin(world);
  look();
  EXPECT_THAT(codes(), testing::ElementsAre("reserved-prefix"));
}

TEST_F(Permissions, HistoryIsCounted) {
  auto world = article_world(3);
  world.bucket(source, sim::source_account).versioning = "Enabled";
  begin(world);
  rig_->cloud([](sim::Cloud& cloud) {
    cloud.put(source, sim::ObjectSpec{.key = "new", .size = 1, .seed = 1});
    cloud.put(source, sim::ObjectSpec{.key = "new", .size = 1, .seed = 2});
    cloud.put(source, sim::ObjectSpec{.key = "gone", .size = 1});
    EXPECT_TRUE(cloud.add_delete_marker(source, "gone"));
  });
  look();
  EXPECT_EQ(event().objects, 7u);
  EXPECT_EQ(event().delete_markers, 1u);
}

}  // namespace
}  // namespace s3m::workflow
