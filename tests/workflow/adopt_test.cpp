// G22: the store is lost, and the migration goes on from its temporary bucket alone.
#include "workflow/adopt.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/rig.hpp"
#include "workflow/job_story.hpp"
#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string target_region = "eu-central-1";
const std::string wrong_role = "arn:aws:iam::222222222222:role/s3m-destination";

class Adopted : public testing::Test {
 protected:
  explicit Adopted(sim::Scenario world = worlds()) : rig(world), before(contents(source)) {}

  static sim::Scenario worlds() {
    auto world = article_world();
    auto& bucket = world.bucket(source, sim::source_account);
    bucket.configuration["cors"] =
        "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*"
        "</AllowedOrigin></CORSRule></CORSConfiguration>";
    bucket.with({.key = "tagged", .body = "x", .metadata = {{"a", "1"}}, .tags = {{"t", "1"}}});
    world.switches.listing_page = 7;
    world.switches.name_release = std::chrono::milliseconds(50);
    return world;
  }

  SummaryEvent migrate(std::vector<std::string> options = {"--confirm-delete", source}) {
    auto summary = rig.migrate_until_asked(std::move(options));
    job = rig.last_job();
    temporary = rig.store()->fact(job, fact::temporary)->value_or("");
    return summary;
  }

  // The machine is gone, and the faults with it.
  void lose_the_store() {
    for (const auto* const suffix : {"", "-wal", "-shm"})
      std::filesystem::remove(rig.file("store.db") + suffix);
    rig.cloud([](sim::Cloud& cloud) { cloud.faults().clear(); });
    rig.forget_requests();
  }

  BucketRecord record() {
    const auto text =
        rig.cloud([&](sim::Cloud& cloud) { return cloud.read(temporary, record_key, 1u << 20); });
    auto parsed = parse_record(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *std::move(parsed) : BucketRecord{};
  }
  void put_record(const BucketRecord& changed) {
    rig.cloud([&](sim::Cloud& cloud) {
      cloud.put(temporary, {.key = std::string(record_key), .body = *to_json(changed)});
    });
  }

  std::map<std::string, std::string> contents(const std::string& bucket) {
    return rig.cloud([&](sim::Cloud& cloud) {
      std::map<std::string, std::string> all;
      for (const auto& version : cloud.versions(bucket)) {
        if (version.key.starts_with(transfer::reserved_prefix)) continue;
        auto& shown = all[version.key];
        shown += version.delete_marker ? "deleted;" : version.checksum + ";";
        for (const auto& [name, value] : version.tags)
          shown += name + "=" + value + ";";
      }
      return all;
    });
  }

  SummaryEvent adopt(std::vector<std::string> options = {"--confirm-delete", source}) {
    auto adopted = rig.adopt(temporary, std::move(options));
    EXPECT_TRUE(adopted) << adopted.error().describe();
    return adopted ? *std::move(adopted) : SummaryEvent{};
  }
  std::string refusal(std::vector<std::string> options = {}) {
    auto adopted = rig.adopt(temporary, std::move(options));
    if (!adopted) return adopted.error().describe();
    return adopted->exit_code == 0 ? "NOT REFUSED" : adopted->message;
  }

  // As after any other migration.
  void expect_moved() {
    rig.cloud([&](sim::Cloud& cloud) {
      EXPECT_EQ(cloud.bucket_owner(source), sim::destination_account);
      EXPECT_EQ(cloud.bucket_region(source), target_region);
      EXPECT_FALSE(cloud.has_bucket(temporary));
      EXPECT_THAT(cloud.bucket_configuration(source, "cors"), HasSubstr("AllowedMethod"));
      EXPECT_THAT(cloud.bucket_configuration(source, "tagging"), Not(HasSubstr(mark_key)));
      EXPECT_THAT(cloud.bucket_policy(source), Not(HasSubstr("S3Migrator")));
      EXPECT_THAT(cloud.uploads(source), IsEmpty());
    });
    EXPECT_EQ(contents(source), before);
    const auto story = read_story(*rig.store(), job).value();
    EXPECT_EQ(story.view.state(), "done") << "the job is in the new store under its own id";
    EXPECT_FALSE(rig.again("resume", job)) << "there is nothing left to do";
  }

  void adopt_and_expect_moved() {
    lose_the_store();
    const auto ended = adopt();
    EXPECT_EQ(ended.exit_code, 0) << ended.message;
    expect_moved();
  }

  Rig rig;
  std::map<std::string, std::string> before;
  std::string job, temporary;
};

// --- each state of a record --------------------------------------------------------------------

TEST_F(Adopted, WhileItCopied) {
  rig.deny({.operation = "CopyObject", .key = "photo-000007", .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  EXPECT_EQ(record().state, "copying");
  adopt_and_expect_moved();
}

TEST_F(Adopted, WhenAllWasProven) {
  ASSERT_EQ(migrate({}).exit_code, 130);
  EXPECT_EQ(record().state, "proven");
  lose_the_store();
  EXPECT_EQ(adopt({}).exit_code, 130) << "nobody has confirmed anything";
  EXPECT_EQ(contents(source), before);
  adopt_and_expect_moved();
}

// What the source lost before the confirmation is no part of it any more.
TEST_F(Adopted, WhenAllWasProvenAndTheSourceChangedThroughTheFreeze) {
  ASSERT_EQ(migrate({}).exit_code, 130);
  rig.cloud([](sim::Cloud& cloud) { cloud.remove(source, "photo-000003"); });
  before.erase("photo-000003");
  adopt_and_expect_moved();
}

TEST_F(Adopted, WhenItWasConfirmed) {
  rig.deny({.operation = "DeleteObjects", .bucket = source, .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  auto confirmed = record();
  EXPECT_EQ(confirmed.state, "emptying");
  confirmed.intents.clear();
  std::erase_if(confirmed.steps, [](const auto& step) {
    return step == "confirm" || step == "silence" || step == "empty";
  });
  put_record(confirmed);
  lose_the_store();
  const auto ended = adopt({});  // it needs no second confirmation
  EXPECT_EQ(ended.exit_code, 0) << ended.message;
  expect_moved();
}

TEST_F(Adopted, WhileTheSourceWasEmptied) {
  rig.deny({.operation = "DeleteObjects", .bucket = source, .first = 3, .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  EXPECT_EQ(record().state, "emptying");
  EXPECT_LT(contents(source).size(), before.size());
  EXPECT_FALSE(contents(source).empty());
  adopt_and_expect_moved();
}

// A record that is behind the truth, as one that was put back from a backup.
TEST_F(Adopted, WithARecordThatIsOlderThanTheFirstDelete) {
  rig.deny({.operation = "DeleteObjects", .bucket = source, .first = 3, .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  auto confirmed = record();
  confirmed.intents.clear();
  confirmed.state = "confirmed";
  put_record(confirmed);
  adopt_and_expect_moved();
}

TEST_F(Adopted, WhenTheSourceWasToBeDeleted) {
  rig.deny({.operation = "DeleteBucket", .bucket = source, .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  EXPECT_EQ(record().state, "handed-over");
  adopt_and_expect_moved();
}

// The auditor's report of an adopted job says what that of any other says.
class AdoptedStory : public Adopted {
 protected:
  AdoptedStory() : Adopted(with_losses()) {}
  static sim::Scenario with_losses() {
    auto world = worlds();
    world.bucket(source, sim::source_account).versioning = "Enabled";
    return world;
  }
  boost::json::object told() {
    const auto story = read_migration_story(*rig.store(), job);
    EXPECT_TRUE(story) << story.error().describe();
    return boost::json::parse(to_json(*story)).as_object();
  }
};

TEST_F(AdoptedStory, IsThatOfTheJob) {
  rig.deny({.operation = "CopyObject", .bucket = source, .key = "photo-000007", .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  const auto then = told();
  ASSERT_TRUE(then.at("confirmation").at("at").is_string());
  ASSERT_TRUE(then.at("exposure").at("until").is_string());
  ASSERT_TRUE(then.at("freeze").is_object());
  EXPECT_EQ(then.at("destination").at("account").as_string(), sim::destination_account);
  EXPECT_TRUE(then.at("all_versions").as_bool());
  lose_the_store();
  const auto ended = adopt();
  EXPECT_EQ(ended.exit_code, 0) << ended.message;
  const auto now = told();
  for (const auto* const what :
       {"source", "destination", "temporary_bucket", "all_versions", "objects", "bytes", "digest",
        "freeze", "confirmation", "exposure", "not_carried", "configuration"})
    EXPECT_EQ(now.at(what), then.at(what)) << what;
  const auto report = report_of(*read_story(*rig.store(), job), "s3migrator");
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_TRUE(report->summary.all_versions);
}

// The DeleteBucket was done, and the job never heard of it.
TEST_F(Adopted, WhenTheSourceWasDeleted) {
  rig.deny({.operation = "CreateBucket", .bucket = source, .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  EXPECT_EQ(record().state, "handed-over");
  adopt_and_expect_moved();
  EXPECT_EQ(rig.step("empty"), nullptr);
  EXPECT_EQ(rig.step("freeze"), nullptr);
}

TEST_F(Adopted, WhenTheNewBucketWasMade) {
  rig.deny({.operation = "CopyObject", .bucket = source, .key = "photo-000007", .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  EXPECT_EQ(record().state, "made");
  adopt_and_expect_moved();
  EXPECT_EQ(rig.step("delete-source"), nullptr);
}

TEST_F(Adopted, WhenTheNewBucketWasOpened) {
  rig.deny({.operation = "DeleteObjects",
            .bucket = "s3m-*",
            .first = 2,  // after the one that tries how the service deletes
            .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  EXPECT_EQ(record().state, "opened");
  lose_the_store();
  const auto ended = adopt();
  EXPECT_EQ(ended.exit_code, 0) << ended.message;
  EXPECT_EQ(rig.step("copy-back"), nullptr);
  expect_moved();
}

// --- what else was lost with the store -----------------------------------------------------------

TEST_F(Adopted, TheOptionsOfTheMigrationAreInTheRecord) {
  const auto key = "k=arn:aws:kms:" + target_region + ":222222222222:key/k";
  const auto waits = migrate({"--freeze", "early", "--keep-temp", "3", "--kms-key-map", key});
  ASSERT_EQ(waits.exit_code, 130) << waits.message;
  EXPECT_THAT(record().options, testing::UnorderedElementsAre("--freeze=early", "--keep-temp=3",
                                                              "--kms-key-map=" + key));
  lose_the_store();
  const auto ended = adopt({"--confirm-delete", source, "--keep-temp", "0"});
  EXPECT_EQ(ended.exit_code, 0) << ended.message;
  expect_moved();
}

TEST_F(Adopted, AnUnfinishedUploadIsSettled) {
  rig.cloud([](sim::Cloud& cloud) { cloud.put(source, {.key = "large", .size = 24u << 20}); });
  before = contents(source);
  rig.deny({.operation = "UploadPartCopy", .first = 2, .count = 0});
  rig.deny({.operation = "AbortMultipartUpload", .count = 0});
  ASSERT_EQ(migrate({"--multipart-threshold", "8MiB", "--part-size", "8MiB"}).exit_code, 1);
  const auto uploads = [&] {
    return rig.cloud([&](sim::Cloud& cloud) { return cloud.uploads(temporary).size(); });
  };
  ASSERT_EQ(uploads(), 1u);
  adopt_and_expect_moved();
}

TEST_F(Adopted, FromThenOnTheStoreKnowsTheJob) {
  ASSERT_EQ(migrate({}).exit_code, 130);
  lose_the_store();
  ASSERT_EQ(adopt({}).exit_code, 130);
  EXPECT_THAT(refusal(),
              AllOf(HasSubstr("in this store already"), HasSubstr("jobs resume " + job)));
  rig.deny({.operation = "DeleteBucket", .bucket = source, .count = 1});
  const auto stopped = rig.again("resume", job);
  ASSERT_TRUE(stopped) << stopped.error().describe();
  EXPECT_EQ(stopped->exit_code, 130) << "it still waits for the confirmation";
}

// A store that is not lost after all: its job must not go on beside the adopted one.
TEST_F(Adopted, TheStoreThatHadTheJobEndsAtItsNextRecord) {
  ASSERT_EQ(migrate({}).exit_code, 130);
  const auto old = rig.file("store.db"), away = rig.file("away.db");
  std::filesystem::rename(old, away);
  for (const auto* const suffix : {"-wal", "-shm"})
    std::filesystem::remove(old + suffix);
  ASSERT_EQ(adopt({}).exit_code, 130);
  std::filesystem::remove(old);
  for (const auto* const suffix : {"-wal", "-shm"})
    std::filesystem::remove(old + suffix);
  std::filesystem::rename(away, old);
  const auto late = rig.again("resume", job);
  ASSERT_TRUE(late) << late.error().describe();
  EXPECT_EQ(late->exit_code, 1);
  EXPECT_THAT(late->message, HasSubstr("was adopted"));
  EXPECT_EQ(contents(source), before);
}

TEST_F(Adopted, ADryRunChangesNothing) {
  ASSERT_EQ(migrate({}).exit_code, 130);
  lose_the_store();
  const auto planned = adopt({"--dry-run"});
  EXPECT_EQ(planned.outcome, "planned");
  EXPECT_THAT(planned.message, HasSubstr("would go on with freeze"));
  EXPECT_THAT(rig.writes(), IsEmpty());
  EXPECT_TRUE(rig.store()->jobs(10)->empty());
}

// --- the emptying, and what is not there any more
// --------------------------------------------------

// G12: what was changed after the proof does not go.
TEST_F(Adopted, WhatTheSourceStillHasIsProvenAgain) {
  rig.deny({.operation = "DeleteObjects", .bucket = source, .first = 3, .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  ASSERT_TRUE(contents(source).contains("tagged"));
  rig.cloud([](sim::Cloud& cloud) {
    cloud.put(source,
              {.key = "tagged", .body = "x", .metadata = {{"a", "1"}}, .tags = {{"t", "2"}}});
  });
  const auto left = contents(source);
  lose_the_store();
  const auto stopped = adopt();
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_THAT(stopped.message, HasSubstr("other attributes"));
  EXPECT_EQ(contents(source), left);
  EXPECT_EQ(contents(temporary), before) << "nothing was taken out of the temporary bucket";
}

// G19, without adopt: once an object may be deleted no delta pass mirrors the source.
TEST_F(Adopted, ALateObjectDoesNotEmptyTheTemporaryBucket) {
  rig.cloud([](sim::Cloud& cloud) {
    cloud.before_each([&cloud](const sim::RequestRecord& request) {
      if (request.operation == "DeleteObjects" && request.bucket == source)
        cloud.put(source, {.key = "a-late-one", .body = "late"});
    });
  });
  const auto stopped = migrate();
  EXPECT_EQ(stopped.exit_code, 1) << stopped.message;
  EXPECT_EQ(contents(temporary), before);
  EXPECT_TRUE(contents(source).contains("a-late-one"));
}

TEST_F(Adopted, ASourceThatIsAnothersAfterTheEmptyingBeganIsGone) {
  rig.deny({.operation = "DeleteBucket", .bucket = source, .count = 0});
  ASSERT_EQ(migrate().exit_code, 1);
  auto emptying = record();
  emptying.intents.erase(std::string(intent_delete_source));
  emptying.state = "emptying";
  std::erase(emptying.steps, "empty");
  put_record(emptying);
  rig.cloud([](sim::Cloud& cloud) {
    cloud.add_bucket({.name = source, .owner = std::string(sim::migrator_account)});
    cloud.put(source, {.key = "theirs", .body = "theirs"});
  });
  lose_the_store();
  const auto alarm = adopt({"--confirm-delete", source, "--name-timeout", "0"});
  EXPECT_EQ(alarm.exit_code, 1);
  EXPECT_THAT(alarm.message, HasSubstr(temporary));
  EXPECT_EQ(contents(source).size(), 1u) << "nothing was touched there";
  EXPECT_EQ(contents(temporary), before);
  EXPECT_THAT(rig.writes(), Not(testing::Contains("DeleteObjects")));
}

// --- refusals
// --------------------------------------------------------------------------------------

TEST_F(Adopted, WhatIsNoTemporaryBucketIsRefused) {
  temporary = "s3m-nowhere";
  EXPECT_THAT(refusal(), HasSubstr("there is no bucket s3m-nowhere"));
  rig.cloud([](sim::Cloud& cloud) {
    cloud.add_bucket({.name = "plain", .owner = std::string(sim::destination_account)});
    cloud.add_bucket({.name = "marked",
                      .owner = std::string(sim::destination_account),
                      .tags = {{std::string(mark_key), "job-1"}}});
  });
  temporary = "plain";
  EXPECT_THAT(refusal(), HasSubstr("no temporary bucket of a migration"));
  temporary = "marked";
  EXPECT_THAT(refusal(), HasSubstr("has no record of a job"));
  temporary = source;
  EXPECT_THAT(refusal(), HasSubstr("no temporary bucket of a migration"));
  temporary = "plain/prefix";
  EXPECT_THAT(refusal(), HasSubstr("without a prefix"));
}

TEST_F(Adopted, ARecordThatCannotBeGoneOnFromIsRefused) {
  ASSERT_EQ(migrate({}).exit_code, 130);
  lose_the_store();
  const auto good = record();
  const auto refused = [&](const std::function<void(BucketRecord&)>& change) {
    auto changed = good;
    change(changed);
    put_record(changed);
    return refusal();
  };
  EXPECT_THAT(refused([](auto& r) { r.version = record_version + 1; }), HasSubstr("newer version"));
  EXPECT_THAT(refused([](auto& r) { r.version = 1; }), HasSubstr("did not write down enough"));
  EXPECT_THAT(refused([](auto& r) { r.job_id = "another"; }),
              HasSubstr("the record of job another"));
  EXPECT_THAT(refused([](auto& r) { r.destination.account = "333333333333"; }),
              HasSubstr("to account 333333333333"));
  EXPECT_THAT(refused([](auto& r) { r.facts[fact::temporary] = "s3m-other"; }),
              HasSubstr("give that one"));
  EXPECT_THAT(refused([](auto& r) { r.facts.erase(fact::acl); }), HasSubstr("lacks \"acl\""));
  EXPECT_THAT(refused([](auto& r) { r.options.push_back("--confirm-delete=" + source); }),
              HasSubstr("--confirm-delete"));
  EXPECT_THAT(refused([](auto& r) { r.options.push_back("--freeze=never"); }),
              HasSubstr("--freeze"));
  EXPECT_THAT(rig.writes(), IsEmpty());
  EXPECT_TRUE(rig.store()->jobs(10)->empty());
}

TEST_F(Adopted, OtherSidesThanThoseOfTheRecordAreRefused) {
  ASSERT_EQ(migrate({}).exit_code, 130);
  lose_the_store();
  EXPECT_THAT(refusal({"--source-role-arn", wrong_role}),
              AllOf(HasSubstr("111111111111"), HasSubstr("222222222222")));
  EXPECT_THAT(refusal({"--destination-region", "us-west-2"}), HasSubstr(target_region));
  EXPECT_THAT(refusal({"--source-endpoint-url", "http://127.0.0.1:9"}),
              HasSubstr("--source-endpoint-url"));
  EXPECT_THAT(refusal({"--confirm-delete", "another"}), HasSubstr("\"another\""));
  EXPECT_THAT(rig.writes(), IsEmpty());
  EXPECT_TRUE(rig.store()->jobs(10)->empty());
}

}  // namespace
}  // namespace s3m::workflow
