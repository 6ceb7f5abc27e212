// A name changes hands: the source is deleted for certain, and the name taken by this job or by
// nobody of ours.
#include "workflow/handover.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workflow/buckets_rig.hpp"

namespace s3m::workflow {
namespace {

using namespace std::chrono_literals;
using aws::outcome;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string name = "holiday-photos";
const std::string source_owner(sim::source_account);
const std::string new_owner(sim::destination_account);

class Handover : public BucketSteps {
 protected:
  Handover() : BucketSteps(with_source()) {}

  static sim::Scenario with_source() {
    auto scenario = accounts();
    scenario.bucket(name, source_owner);
    return scenario;
  }

  BucketDeletion deletion(bool begun = false) {
    return {.bucket = name,
            .region = "us-east-1",
            .expected_owner = source_owner,
            .job_id = job,
            .begun = begun,
            .before_delete = [this] { return committed(); },
            .abandoned_uploads = {}};
  }
  net::Task<Result<void>> committed() {
    ++intents_;
    deletes_at_intent_ = seen("DeleteBucket");
    if (intent_fails_) co_return fail(Errc::io, "the store is full");
    co_return ok;
  }
  Result<BucketGone> delete_it(BucketDeletion wanted) {
    return run(delete_source(source_, std::move(wanted), pause()));
  }
  Result<BucketGone> delete_it() { return delete_it(deletion()); }

  NameTerms terms(std::string region = "us-east-1") {
    return {.bucket = {.name = name,
                       .region = std::move(region),
                       .expected_owner = new_owner,
                       .job_id = job},
            .temporary_bucket = "s3m-temporary",
            .ownership = {}};
  }
  Result<NameTaken> take(NameTerms wanted) {
    auto owner = s3(administrator(new_owner), wanted.bucket.region);
    return run(take_name(owner, std::move(wanted), pause(),
                         [this](const NameWait& wait) { waits_.push_back(wait); }));
  }
  Result<NameTaken> take() { return take(terms()); }

  void free_the_name() { ASSERT_TRUE(delete_it()); }
  void expect_ours(const std::string& region = "us-east-1") {
    EXPECT_EQ(owner_of(name), new_owner);
    EXPECT_EQ(region_of(name), region);
    EXPECT_THAT(tags_of(name), HasSubstr("<Key>s3migrator:job</Key><Value>" + job + "</Value>"));
  }
  void thief(sim::Pairs tags = {}) {
    cloud([&](sim::Cloud& cloud) {
      ASSERT_TRUE(cloud.add_thief({.bucket = name,
                                   .account = std::string(sim::migrator_account),
                                   .tags = std::move(tags)}));
    });
  }

  aws::S3 source_ = s3(administrator(source_owner));
  std::vector<NameWait> waits_;
  int intents_ = 0;
  std::uint64_t deletes_at_intent_ = 0;
  bool intent_fails_ = false;
};

TEST_F(Handover, ANameChangesAccountAndRegionAndTheGapIsMeasured) {
  const auto gone = delete_it();
  ASSERT_TRUE(gone) << gone.error().describe();
  EXPECT_TRUE(gone->deleted_now);
  ASSERT_TRUE(gone->since);
  EXPECT_EQ(*gone->since, clock_.now());
  clock_.advance(100ms);

  auto wanted = terms("eu-central-1");
  wanted.source_gone_since = gone->since;
  wanted.ownership = "BucketOwnerPreferred";
  const auto taken = take(wanted);
  ASSERT_TRUE(taken) << taken.error().describe();
  expect_ours("eu-central-1");
  EXPECT_TRUE(taken->made_now);
  EXPECT_GT(taken->attempts, 1);
  EXPECT_EQ(static_cast<std::size_t>(taken->attempts), waits_.size() + 1);
  // The name was free after 2 s; the last wait began before that.
  EXPECT_GE(*taken->exposure, 2s);
  EXPECT_EQ(*taken->exposure, taken->waited + 100ms);
  EXPECT_EQ(*taken->exposure, clock_.now() - *gone->since);
  for (const auto& wait : waits_) {
    EXPECT_EQ(wait.reason, Errc::conflict);
    EXPECT_LE(wait.next, name_wait(wait.attempts, wait.waited));
    EXPECT_GE(wait.next, name_wait(wait.attempts, wait.waited) / 2);
    EXPECT_FALSE(wait.request_id.empty());
  }
  EXPECT_THAT(writes_to(name), testing::ElementsAre("DeleteBucket"));
}

TEST_F(Handover, WaitsAreShortForFiveMinutesAndNeverLong) {
  EXPECT_EQ(name_wait(1, 0ms), 200ms);
  EXPECT_EQ(name_wait(2, 200ms), 400ms);
  EXPECT_EQ(name_wait(5, 10s), 2s);
  EXPECT_EQ(name_wait(300, 5min), 2s);
  EXPECT_EQ(name_wait(500, 15min), 6s);
  EXPECT_EQ(name_wait(1'000'000, 48h), 30s);
}

class HandoverAfter : public Handover, public testing::WithParamInterface<std::chrono::seconds> {};

TEST_P(HandoverAfter, ANameIsTakenWithinTwoSecondsOfComingFree) {
  switches([](sim::Switches& switches) { switches.name_release = GetParam(); });
  auto wanted = terms();
  const auto gone = delete_it();
  ASSERT_TRUE(gone) << gone.error().describe();
  wanted.source_gone_since = gone->since;
  const auto taken = take(wanted);
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_GE(*taken->exposure, GetParam());
  EXPECT_LE(*taken->exposure, GetParam() + 2s);
}

INSTANTIATE_TEST_SUITE_P(Delays, HandoverAfter, testing::Values(20s, 45s, 290s));

TEST_F(Handover, AnHourOfWaitingAsksLessThanAThousandTimes) {
  switches([](sim::Switches& switches) { switches.name_release = 1h; });
  free_the_name();
  const auto taken = take();
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_LT(taken->attempts, 1'000);
  EXPECT_LE(taken->waited, 1h + 30s);
}

TEST_F(Handover, ANameThatIsFreeAtOnceIsTakenAtOnce) {
  switches([](sim::Switches& switches) { switches.names_freed_at_once = true; });
  free_the_name();
  const auto taken = take();
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_EQ(taken->attempts, 1);
  EXPECT_EQ(taken->waited, 0ms);
  EXPECT_FALSE(taken->exposure);
  expect_ours();
}

// --- the source ------------------------------------------------------------------------------

TEST_F(Handover, TheIntentIsCommittedBeforeTheFirstDeletion) {
  ASSERT_TRUE(delete_it());
  EXPECT_EQ(intents_, 1);
  EXPECT_EQ(deletes_at_intent_, 0u);
}

TEST_F(Handover, WithoutAnIntentNothingIsDeleted) {
  intent_fails_ = true;
  EXPECT_EQ(outcome(delete_it()), "io");
  auto without = deletion();
  without.before_delete = nullptr;
  EXPECT_EQ(outcome(delete_it(without)), "invalid_argument");
  auto nobodys = deletion();
  nobodys.job_id.clear();
  EXPECT_EQ(outcome(delete_it(nobodys)), "invalid_argument");
  EXPECT_TRUE(there(name));
  EXPECT_EQ(seen("DeleteBucket"), 0u);
}

TEST_F(Handover, ASourceThatIsGoneAlreadyIsGoneForTheIntentToo) {
  cloud([](sim::Cloud& cloud) { cloud.switches().name_release = 0ms; });
  ASSERT_TRUE(delete_it());
  intents_ = 0;
  const auto again = delete_it();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->deleted_now);
  EXPECT_FALSE(again->since);
  EXPECT_EQ(intents_, 1);
  const auto resumed = delete_it(deletion(true));
  ASSERT_TRUE(resumed);
  EXPECT_EQ(intents_, 1);
  EXPECT_EQ(seen("DeleteBucket"), 1u);
}

TEST_F(Handover, ADeletionWhoseAnswerIsLostIsSettledByLooking) {
  // The connection is kept and ends before an answer: the client must not take it for an idle one.
  add_fault({.operation = "DeleteBucket",
             .effect = sim::FaultEffect::reset_before_head,
             .applied = true});
  const auto gone = delete_it();
  ASSERT_TRUE(gone) << gone.error().describe();
  EXPECT_TRUE(gone->deleted_now);
  EXPECT_TRUE(gone->since);
  EXPECT_EQ(seen("DeleteBucket"), 1u);
  EXPECT_EQ(operations_on(name).back(), "HeadBucket");
}

TEST_F(Handover, ADeletionThatWasNotDoneIsSentAgainOnlyAfterTheBucketWasSeen) {
  add_fault({.operation = "DeleteBucket", .status = 500, .code = "InternalError"});
  const auto gone = delete_it();
  ASSERT_TRUE(gone) << gone.error().describe();
  EXPECT_FALSE(there(name));
  EXPECT_EQ(seen("DeleteBucket"), 2u);
  const auto operations = operations_on(name);
  const auto first = std::ranges::find(operations, "DeleteBucket");
  const auto second = std::find(first + 1, operations.end(), "DeleteBucket");
  EXPECT_GE(std::count(first, second, "HeadBucket"), 2);
  EXPECT_EQ(intents_, 2);
}

TEST_F(Handover, ADeletionThatIsLostAgainAndAgainIsAnErrorNotALoop) {
  add_fault({.operation = "DeleteBucket", .count = 0, .status = 500, .code = "InternalError"});
  const auto gone = delete_it();
  EXPECT_EQ(outcome(gone), "unavailable");
  EXPECT_THAT(gone.error().describe(), HasSubstr(name));
  EXPECT_TRUE(there(name));
}

TEST_F(Handover, ALostDeletionIsNeverRepeatedOnTheThiefsBucket) {
  switches([](sim::Switches& switches) { switches.names_freed_at_once = true; });
  thief();
  add_fault({.operation = "DeleteBucket",
             .effect = sim::FaultEffect::reset_before_head,
             .applied = true});
  const auto gone = delete_it();
  ASSERT_TRUE(gone) << gone.error().describe();
  EXPECT_EQ(owner_of(name), sim::migrator_account);
  EXPECT_EQ(seen("DeleteBucket"), 1u);
}

TEST_F(Handover, WhatIsLeftIsNamedAndNothingIsDeleted) {
  put(name, "late object");
  const auto object = delete_it();
  EXPECT_EQ(outcome(object), "bucket_not_empty");
  EXPECT_THAT(object.error().describe(), HasSubstr("late object"));
  add_bucket({.name = name, .owner = source_owner, .versioning = "Enabled"});
  cloud([](sim::Cloud& cloud) { cloud.add_delete_marker(name, "marked"); });
  const auto marker = delete_it();
  EXPECT_EQ(outcome(marker), "bucket_not_empty");
  EXPECT_THAT(marker.error().describe(), HasSubstr("delete marker"));
  EXPECT_EQ(seen("DeleteBucket"), 0u);
  EXPECT_EQ(intents_, 0);
}

TEST_F(Handover, UploadsThatNobodyGaveUpStandInTheWay) {
  const auto id = run(source_.create_multipart_upload({.bucket = name, .key = "unfinished"}));
  ASSERT_TRUE(id) << id.error().describe();
  const auto refused = delete_it();
  EXPECT_EQ(outcome(refused), "bucket_not_empty");
  EXPECT_THAT(refused.error().describe(), HasSubstr("unfinished upload " + *id));
  auto given_up = deletion();
  given_up.abandoned_uploads = {*id};
  EXPECT_TRUE(delete_it(given_up));
  EXPECT_FALSE(there(name));
}

TEST_F(Handover, WhatComesBetweenTheLookAndTheDeletionIsFoundByTheService) {
  before_first("DeleteBucket",
               [](sim::Cloud& cloud) { cloud.put(name, {.key = "just now", .body = "x"}); });
  const auto refused = delete_it();
  EXPECT_EQ(outcome(refused), "bucket_not_empty");
  EXPECT_EQ(keys(name), std::vector<std::string>{"just now"});
}

TEST_F(Handover, ARedirectIsNotFollowed) {
  add_bucket({.name = name, .owner = source_owner, .region = "eu-west-1"});
  for (const auto way : {sim::WrongRegion::malformed, sim::WrongRegion::permanent_redirect,
                         sim::WrongRegion::temporary_redirect}) {
    switches([way](sim::Switches& switches) { switches.wrong_region = way; });
    EXPECT_EQ(outcome(delete_it()), "wrong_region");
    // Once the deletion may have been sent, a bucket in another region is another bucket (G1).
    const auto gone = delete_it(deletion(true));
    ASSERT_TRUE(gone);
    EXPECT_FALSE(gone->deleted_now);
  }
  EXPECT_TRUE(there(name));
  EXPECT_EQ(seen("DeleteBucket"), 0u);
}

TEST_F(Handover, AnothersBucketOfTheNameMeansThatTheSourceIsGone) {
  add_bucket({.name = name,
              .owner = std::string(sim::migrator_account),
              .policy = sim::public_policy(name),
              .block_public_access = false});
  EXPECT_EQ(outcome(delete_it()), "access_denied");
  const auto gone = delete_it(deletion(true));
  ASSERT_TRUE(gone) << gone.error().describe();
  EXPECT_FALSE(gone->deleted_now);
  EXPECT_TRUE(there(name));
  EXPECT_EQ(seen("DeleteBucket"), 0u);
  EXPECT_THAT(operations_on(name), Each("HeadBucket"));
}

// Where neither owner nor region tell the new bucket from the source, the mark does.
TEST_F(Handover, TheNewBucketIsNeverTakenForTheSource) {
  switches([](sim::Switches& switches) {
    switches.names_freed_at_once = true;
    switches.ignore_expected_owner = true;
  });
  free_the_name();
  auto wanted = terms();
  ASSERT_TRUE(run(take_name(source_, wanted, pause(), nullptr)));
  const auto gone = delete_it(deletion(true));
  ASSERT_TRUE(gone) << gone.error().describe();
  EXPECT_FALSE(gone->deleted_now);
  EXPECT_EQ(outcome(delete_it()), "refused");
  EXPECT_TRUE(there(name));
  EXPECT_EQ(seen("DeleteBucket"), 1u);
}

TEST_F(Handover, WhoMayNotDeleteIsToldWhatToLookAt) {
  cloud([](sim::Cloud& cloud) {
    ASSERT_TRUE(cloud.set_policy(name, R"({"Statement":{"Effect":"Deny","Principal":"*",
        "Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::holiday-photos"}})"));
  });
  const auto refused = delete_it();
  EXPECT_EQ(outcome(refused), "access_denied");
  EXPECT_THAT(refused.error().describe(), HasSubstr("s3:DeleteBucket"));
  EXPECT_TRUE(there(name));
  EXPECT_EQ(seen("DeleteBucket"), 1u);
}

TEST_F(Handover, ARefusedDeletionIsNoneWhateverMayNotBeLookedAt) {
  add_fault({.operation = "DeleteBucket", .count = 0, .status = 403, .code = "AccessDenied"});
  add_fault({.operation = "HeadBucket", .first = 2, .count = 0, .status = 403});
  EXPECT_EQ(outcome(delete_it()), "access_denied");
  EXPECT_EQ(outcome(delete_it(deletion(true))), "access_denied") << "the account still lists it";
  EXPECT_TRUE(there(name));
}

TEST_F(Handover, ABusyBucketIsAskedAgain) {
  add_fault({.operation = "DeleteBucket", .count = 2, .status = 409, .code = "OperationAborted"});
  EXPECT_TRUE(delete_it());
  EXPECT_FALSE(there(name));
}

TEST_F(Handover, AStoppedJobStopsInTheMiddleOfADeletion) {
  stopped_ = true;
  add_fault({.operation = "DeleteBucket",
             .effect = sim::FaultEffect::reset_before_head,
             .applied = true});
  EXPECT_EQ(outcome(delete_it()), "cancelled");
  stopped_ = false;
  const auto resumed = delete_it(deletion(true));
  ASSERT_TRUE(resumed);
  EXPECT_EQ(seen("DeleteBucket"), 1u);
}

// --- the name --------------------------------------------------------------------------------

TEST_F(Handover, AThiefGetsNothing) {
  // Even with our mark on it, in our region, and open to everybody.
  thief({{std::string(mark_key), job}});
  free_the_name();
  const auto refused = take();
  ASSERT_FALSE(refused);
  EXPECT_EQ(outcome(refused), "bucket_exists");
  const auto said = refused.error().describe();
  EXPECT_THAT(said, HasSubstr("taken by another account"));
  EXPECT_THAT(said, HasSubstr("Nothing was written"));
  EXPECT_THAT(said, HasSubstr("s3://s3m-temporary"));
  EXPECT_THAT(said, HasSubstr("--rename"));
  EXPECT_FALSE(refused.error().request_id().empty());
  EXPECT_EQ(owner_of(name), sim::migrator_account);
  EXPECT_THAT(keys(name), IsEmpty());
  EXPECT_THAT(writes_to(name), testing::ElementsAre("DeleteBucket"));
}

TEST_F(Handover, AThiefGetsNothingWhereTagsAreNotKeptAtCreationEither) {
  switches([](sim::Switches& switches) { switches.ignore_tags_at_create = true; });
  thief({{std::string(mark_key), job}});
  free_the_name();
  auto wanted = terms();
  wanted.tags_at_create = false;
  EXPECT_EQ(outcome(take(wanted)), "bucket_exists");
  EXPECT_THAT(writes_to(name), testing::ElementsAre("DeleteBucket"));
}

TEST_F(Handover, ANameMaySeemTakenUntilTheDeletionHasSpread) {
  switches([](sim::Switches& switches) { switches.name_seems_taken = 1s; });
  free_the_name();
  auto wanted = terms();
  wanted.taken_grace = taken_grace_on_aws;
  const auto taken = take(wanted);
  ASSERT_TRUE(taken) << taken.error().describe();
  EXPECT_EQ(waits_.front().reason, Errc::bucket_exists);
  expect_ours();
}

TEST_F(Handover, AThiefIsBelievedAfterTheGrace) {
  thief();
  free_the_name();
  auto wanted = terms();
  wanted.taken_grace = 10s;
  EXPECT_EQ(outcome(take(wanted)), "bucket_exists");
  EXPECT_THAT(writes_to(name), testing::ElementsAre("DeleteBucket"));
}

TEST_F(Handover, A200ForABucketThatTheAccountHasIsNoSuccess) {
  add_bucket({.name = name, .owner = new_owner, .tags = {{"team", "others"}}});
  for (const bool tags_at_create : {true, false}) {
    auto wanted = terms();
    wanted.tags_at_create = tags_at_create;
    const auto refused = take(wanted);
    ASSERT_FALSE(refused);
    EXPECT_EQ(outcome(refused), "refused");
    EXPECT_THAT(refused.error().describe(), HasSubstr("was not made by this job"));
  }
  EXPECT_THAT(writes_to(name), IsEmpty());
  EXPECT_THAT(tags_of(name), testing::Not(HasSubstr(job)));
}

TEST_F(Handover, ABucketOfAnotherJobIsNoSuccess) {
  add_bucket({.name = name, .owner = new_owner, .tags = {{std::string(mark_key), "another-job"}}});
  const auto refused = take();
  EXPECT_EQ(outcome(refused), "refused");
  EXPECT_THAT(refused.error().describe(), HasSubstr("belongs to job another-job"));
  EXPECT_THAT(writes_to(name), IsEmpty());
}

TEST_F(Handover, AnOwnBucketInAnotherRegionIsNoSuccess) {
  add_bucket({.name = name, .owner = new_owner, .region = "eu-west-1"});
  EXPECT_EQ(outcome(take()), "refused");
  EXPECT_EQ(outcome(take(terms("eu-central-1"))), "refused");
  EXPECT_EQ(region_of(name), "eu-west-1");
  EXPECT_THAT(writes_to(name), IsEmpty());
}

TEST_F(Handover, ACreationWhoseAnswerIsLostIsKnownAgain) {
  for (const std::string region : {"us-east-1", "eu-central-1"}) {
    for (const auto effect : {sim::FaultEffect::reset_before_head, sim::FaultEffect::error}) {
      add_bucket({.name = name, .owner = source_owner});
      free_the_name();
      clock_.advance(3s);
      add_fault({.operation = "CreateBucket",
                 .effect = effect,
                 .status = 500,
                 .code = "InternalError",
                 .applied = true});
      const auto taken = take(terms(region));
      ASSERT_TRUE(taken) << taken.error().describe();
      expect_ours(region);
    }
  }
}

TEST_F(Handover, AKilledRunIsGoneOnWith) {
  for (const std::string region : {"us-east-1", "eu-central-1"}) {
    for (const bool tags_at_create : {true, false}) {
      add_bucket({.name = name, .owner = source_owner});
      free_the_name();
      auto wanted = terms(region);
      wanted.tags_at_create = tags_at_create;
      ASSERT_TRUE(take(wanted));
      const auto again = take(wanted);
      ASSERT_TRUE(again) << again.error().describe();
      expect_ours(region);
    }
  }
}

TEST_F(Handover, ANewBucketMayShowLate) {
  switches([](sim::Switches& switches) { switches.bucket_visible_after = 20s; });
  free_the_name();
  const auto taken = take(terms("eu-central-1"));
  ASSERT_TRUE(taken) << taken.error().describe();
  expect_ours("eu-central-1");
}

TEST_F(Handover, ANewBucketThatDoesNotShowIsAnError) {
  switches([](sim::Switches& switches) { switches.bucket_visible_after = 1h; });
  free_the_name();
  EXPECT_EQ(outcome(take()), "no_such_bucket");
}

TEST_F(Handover, WhereTagsAreNotKeptAtCreationTheMarkIsPut) {
  switches([](sim::Switches& switches) {
    switches.ignore_tags_at_create = true;
    switches.bucket_visible_after = 1s;
  });
  free_the_name();
  auto wanted = terms();
  wanted.tags_at_create = false;
  const auto taken = take(wanted);
  ASSERT_TRUE(taken) << taken.error().describe();
  expect_ours();
  EXPECT_THAT(writes_to(name), testing::ElementsAre("DeleteBucket", "PutBucketTagging"));
}

TEST_F(Handover, PatienceEndsAndAnotherRunGoesOn) {
  switches([](sim::Switches& switches) { switches.name_release = 1h; });
  free_the_name();
  auto wanted = terms();
  wanted.patience = 10s;
  const auto waited = take(wanted);
  EXPECT_EQ(outcome(waited), "conflict");
  EXPECT_THAT(waited.error().describe(), HasSubstr("run the job again"));
  EXPECT_EQ(waits_.back().waited + waits_.back().next, 10s);
  ASSERT_TRUE(take());
  expect_ours();
  EXPECT_THAT(waits_, testing::Contains(testing::Field(&NameWait::next, testing::Ge(15s))));
}

TEST_F(Handover, AServiceThatFailsForAWhileIsAskedAgain) {
  free_the_name();
  clock_.advance(3s);
  add_fault({.operation = "CreateBucket", .count = 20, .status = 500, .code = "InternalError"});
  ASSERT_TRUE(take());
  EXPECT_THAT(waits_, testing::Not(IsEmpty()));
  EXPECT_EQ(waits_.front().reason, Errc::unavailable);
  expect_ours();
}

TEST_F(Handover, WhoMayNotCreateIsToldWhatIsMissing) {
  free_the_name();
  clock_.advance(3s);
  add_fault({.operation = "CreateBucket", .status = 403, .code = "AccessDenied"});
  const auto refused = take();
  EXPECT_EQ(outcome(refused), "access_denied");
  EXPECT_THAT(refused.error().describe(), HasSubstr("s3:CreateBucket"));
  EXPECT_THAT(refused.error().describe(), HasSubstr("s3://s3m-temporary"));
}

TEST_F(Handover, AStoppedJobStopsWaiting) {
  free_the_name();
  stopped_ = true;
  const auto stopped = take();
  EXPECT_EQ(outcome(stopped), "cancelled");
  EXPECT_THAT(waits_, SizeIs(1));
  stopped_ = false;
  EXPECT_TRUE(take());
}

}  // namespace
}  // namespace s3m::workflow
