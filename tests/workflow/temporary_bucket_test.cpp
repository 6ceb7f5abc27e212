// The temporary bucket: made once, known again, described by its record, and removed last.
#include "workflow/temporary_bucket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/buckets_rig.hpp"
#include "workflow/bucket_record.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using aws::outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string owner_id(sim::destination_account);

class Temporary : public BucketSteps {
 protected:
  Temporary() : BucketSteps(accounts()) {}

  Result<TemporaryMade> make() { return run(make_temporary(owner_, terms_, pause())); }
  Result<void> remove() { return run(remove_temporary(owner_, terms_.bucket, pause())); }
  Result<void> write(BucketRecord record) {
    return run(write_record(owner_, terms_.bucket, std::move(record)));
  }
  Result<BucketRecord> read() { return run(read_record(owner_, terms_.bucket)); }
  const std::string& name() const { return terms_.bucket.name; }

  static BucketRecord record() {
    return {.job_id = job,
            .program = "s3migrator 0.1.0",
            .written_at = WallTime(1'795'000'000'123ms),
            .state = "copy_to_temporary",
            .source = {"photos", "us-east-1", "111111111111"},
            .destination = {"photos", "eu-central-1", "222222222222"},
            .spec = R"({"verify":"listing"})",
            .configuration = R"([{"query":"cors","document":"<CORS/>"}])",
            .facts = {{"digest", "00ff"}, {"count", "7"}}};
  }

  aws::S3 owner_ = s3(administrator(owner_id), "eu-central-1");
  TemporaryTerms terms_{.bucket = {.name = new_temporary_name(BucketNamespace::account_regional,
                                                              owner_id, "eu-central-1"),
                                   .region = "eu-central-1",
                                   .expected_owner = owner_id,
                                   .job_id = job},
                        .space = BucketNamespace::account_regional};
};

TEST_F(Temporary, IsMadeMarkedAndWithoutAcls) {
  const auto made = make();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_TRUE(made->made_now);
  EXPECT_EQ(made->tags_at_create, true);
  EXPECT_EQ(owner_of(name()), owner_id);
  EXPECT_EQ(region_of(name()), "eu-central-1");
  EXPECT_THAT(tags_of(name()), HasSubstr(job));
  EXPECT_EQ(*run(owner_.get_object_ownership(name(), owner_id)), "BucketOwnerEnforced");
  EXPECT_THAT(writes_to(name()), IsEmpty());
}

TEST_F(Temporary, IsMadeOnce) {
  ASSERT_TRUE(make());
  const auto again = make();
  ASSERT_TRUE(again) << again.error().describe();
  EXPECT_FALSE(again->made_now);
  EXPECT_EQ(again->tags_at_create, std::nullopt);
  EXPECT_EQ(seen("CreateBucket"), 1u);
}

TEST_F(Temporary, IsKnownAgainAfterALostAnswer) {
  add_fault({.operation = "CreateBucket",
             .effect = sim::FaultEffect::reset_before_head,
             .applied = true});
  const auto made = make();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_THAT(tags_of(name()), HasSubstr(job));
}

TEST_F(Temporary, MayShowLateAndWaitForItsName) {
  switches([](sim::Switches& switches) { switches.bucket_visible_after = 10s; });
  add_fault({.operation = "CreateBucket", .count = 3, .status = 409, .code = "OperationAborted"});
  const auto made = make();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->tags_at_create, true);
}

TEST_F(Temporary, FindsOutWhetherTagsAreKeptAtCreation) {
  switches([](sim::Switches& switches) { switches.ignore_tags_at_create = true; });
  const auto made = make();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->tags_at_create, false);
  EXPECT_THAT(tags_of(name()), HasSubstr(job));
}

TEST_F(Temporary, IsMadeWhereTagsAtCreationAreRefused) {
  add_fault({.operation = "CreateBucket", .status = 400, .code = "MalformedXML"});
  const auto made = make();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->tags_at_create, false);
  EXPECT_THAT(tags_of(name()), HasSubstr(job));
}

TEST_F(Temporary, IsMarkedWhereARunWasKilledBeforeTheMark) {
  add_bucket({.name = name(), .owner = owner_id, .region = "eu-central-1"});
  const auto made = make();
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(made->tags_at_create, false);
  EXPECT_THAT(tags_of(name()), HasSubstr(job));
  EXPECT_EQ(seen("CreateBucket"), 0u);
}

TEST_F(Temporary, IsNotTakenFromOthers) {
  for (const auto& tags : {sim::Pairs{}, sim::Pairs{{std::string(mark_key), "another"}}}) {
    add_bucket({.name = name(), .owner = owner_id, .region = "eu-central-1", .tags = tags});
    put(name(), "theirs");
    EXPECT_EQ(outcome(make()), "refused");
  }
  add_bucket({.name = name(),
              .owner = std::string(sim::source_account),
              .region = "eu-central-1",
              .policy = sim::public_policy(name()),
              .block_public_access = false,
              .tags = {{std::string(mark_key), job}}});
  EXPECT_EQ(outcome(make()), "refused");
  EXPECT_EQ(outcome(remove()), "refused");
  EXPECT_EQ(outcome(write(record())), "refused");
  EXPECT_EQ(outcome(read()), "refused");
  EXPECT_THAT(writes_to(name()), IsEmpty());
  EXPECT_EQ(seen("CreateBucket"), 0u);
}

TEST_F(Temporary, TheMarkIsPutAndTakenOutBesideOtherTags) {
  add_bucket({.name = name(), .owner = owner_id, .region = "eu-central-1", .tags = {{"a", "1"}}});
  ASSERT_TRUE(run(mark(owner_, terms_.bucket)));
  ASSERT_TRUE(run(mark(owner_, terms_.bucket)));
  EXPECT_EQ(*run(owner_.get_bucket_tagging(name(), owner_id)),
            (aws::Pairs{{"a", "1"}, {std::string(mark_key), job}}));
  auto others = terms_.bucket;
  others.job_id = "another";
  EXPECT_EQ(outcome(run(mark(owner_, others))), "refused");
  EXPECT_EQ(outcome(run(unmark(owner_, others))), "refused");
  ASSERT_TRUE(run(unmark(owner_, terms_.bucket)));
  EXPECT_EQ(*run(owner_.get_bucket_tagging(name(), owner_id)), (aws::Pairs{{"a", "1"}}));
  EXPECT_EQ(seen("PutBucketTagging"), 2u);
}

TEST_F(Temporary, TheLastTagGoesWithItsSet) {
  ASSERT_TRUE(make());
  ASSERT_TRUE(run(unmark(owner_, terms_.bucket)));
  ASSERT_TRUE(run(unmark(owner_, terms_.bucket)));
  EXPECT_EQ(tags_of(name()), "");
  EXPECT_EQ(seen("DeleteBucketTagging"), 1u);
}

// --- the record ------------------------------------------------------------------------------

TEST_F(Temporary, ARecordIsReadByWhoKnowsNothingButTheBucket) {
  ASSERT_TRUE(make());
  EXPECT_EQ(outcome(read()), "not_found");
  ASSERT_TRUE(write(record()));
  auto newer = record();
  newer.state = "emptying";
  ASSERT_TRUE(write(newer));
  terms_.bucket.job_id.clear();
  const auto found = read();
  ASSERT_TRUE(found) << found.error().describe();
  EXPECT_EQ(*found, newer);
}

TEST_F(Temporary, ARecordOfAnotherJobIsLeftAlone) {
  ASSERT_TRUE(make());
  auto foreign = record();
  foreign.job_id = "another";
  EXPECT_EQ(outcome(write(foreign)), "refused");
  cloud([&](sim::Cloud& cloud) {
    cloud.put(name(), {.key = std::string(record_key), .body = *to_json(foreign)});
  });
  EXPECT_EQ(outcome(write(record())), "refused");
  const auto found = read();
  EXPECT_EQ(outcome(found), "refused");
  EXPECT_THAT(found.error().describe(), HasSubstr("the record of job another"));
}

TEST_F(Temporary, ABucketWithoutAMarkHasNoRecordToGoBy) {
  add_bucket({.name = name(), .owner = owner_id, .region = "eu-central-1"});
  cloud([&](sim::Cloud& cloud) {
    cloud.put(name(), {.key = std::string(record_key), .body = *to_json(record())});
  });
  EXPECT_EQ(outcome(read()), "refused");
  EXPECT_EQ(outcome(write(record())), "refused");
  terms_.bucket.name = "nowhere";
  EXPECT_EQ(outcome(read()), "no_such_bucket");
}

// G25: two stores must not go on with one job. Whoever adopted it writes first.
TEST_F(Temporary, ARecordOfAnotherHolderIsNeverOverwritten) {
  ASSERT_TRUE(make());
  auto first = record();
  first.holder = "first";
  ASSERT_TRUE(write(first));
  auto heir = record();
  heir.holder = "heir";
  EXPECT_EQ(outcome(write(heir)), "conflict");
  ASSERT_TRUE(run(write_record(owner_, terms_.bucket, heir, "first")));
  first.state = "emptying";
  const auto late = write(first);
  EXPECT_EQ(outcome(late), "conflict");
  EXPECT_THAT(late.error().describe(), HasSubstr("was adopted"));
  EXPECT_EQ(*read(), heir);
  EXPECT_TRUE(run(check_holder(owner_, terms_.bucket, "heir", "first")));
  EXPECT_EQ(outcome(run(check_holder(owner_, terms_.bucket, "first", ""))), "conflict");
}

// Between the look and the write another one has written.
TEST_F(Temporary, ARecordThatChangesUnderTheWriterIsLookedAtAgain) {
  ASSERT_TRUE(make());
  auto first = record();
  first.holder = "first";
  ASSERT_TRUE(write(first));
  auto heir = record();
  heir.holder = "heir";
  cloud([&](sim::Cloud& cloud) {
    cloud.before_each([&cloud, heir, this](const sim::RequestRecord& request) {
      if (request.operation == "PutObject")
        cloud.put(name(), {.key = std::string(record_key), .body = *to_json(heir)});
    });
  });
  first.state = "emptying";
  EXPECT_EQ(outcome(write(first)), "conflict");
  EXPECT_EQ(*read(), heir);
}

TEST_F(Temporary, ARecordWhoseAnswerIsLostIsWrittenOnce) {
  ASSERT_TRUE(make());
  ASSERT_TRUE(write(record()));
  auto next = record();
  next.state = "emptying";
  add_fault(
      {.operation = "PutObject", .effect = sim::FaultEffect::reset_before_head, .applied = true});
  const auto written = write(next);
  ASSERT_TRUE(written) << written.error().describe();
  EXPECT_EQ(*read(), next);
}

TEST_F(Temporary, ARecordIsWrittenWhereNobodyKnowsConditions) {
  ASSERT_TRUE(make());
  add_fault({.operation = "PutObject", .count = 1, .status = 501, .code = "NotImplemented"});
  ASSERT_TRUE(write(record()));
  EXPECT_EQ(*read(), record());
}

// --- its end ---------------------------------------------------------------------------------

TEST_F(Temporary, IsRemovedWithItsRecordAndManifest) {
  for (const std::string versioning : {"", "Enabled"}) {
    add_bucket({.name = name(),
                .owner = owner_id,
                .region = "eu-central-1",
                .versioning = versioning,
                .tags = {{std::string(mark_key), job}}});
    for (int i = 0; i < 3; ++i)
      ASSERT_TRUE(write(record()));
    for (int i = 0; i < 20; ++i)
      put(name(), ".s3migrator/manifest/" + std::to_string(i));
    switches([](sim::Switches& switches) { switches.listing_page = 4; });
    const auto removed = remove();
    ASSERT_TRUE(removed) << removed.error().describe();
    EXPECT_FALSE(there(name()));
    EXPECT_TRUE(remove());
    clock_.advance(1min);
  }
}

TEST_F(Temporary, TheRecordGoesLast) {
  ASSERT_TRUE(make());
  ASSERT_TRUE(write(record()));
  put(name(), ".s3migrator/z");
  std::vector<std::string> deleted;
  cloud([&](sim::Cloud& cloud) {
    cloud.before_each([&deleted](const sim::RequestRecord& request) {
      if (request.operation == "DeleteObject") deleted.push_back(request.key);
    });
  });
  ASSERT_TRUE(remove());
  EXPECT_THAT(deleted, ElementsAre(".s3migrator/z", std::string(record_key)));
}

TEST_F(Temporary, IsNotRemovedWhileAnythingElseIsInIt) {
  ASSERT_TRUE(make());
  ASSERT_TRUE(write(record()));
  put(name(), "an object");
  const auto refused = remove();
  EXPECT_EQ(outcome(refused), "bucket_not_empty");
  EXPECT_THAT(refused.error().describe(), HasSubstr("an object"));
  EXPECT_THAT(keys(name()), ElementsAre(std::string(record_key), "an object"));
  EXPECT_EQ(seen("DeleteObject"), 0u);
}

}  // namespace
}  // namespace s3m::workflow
