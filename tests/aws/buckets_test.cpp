// Buckets, their place and their policy against the simulator.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/aws/simulated_s3.hpp"

namespace s3m::aws {
namespace {

class Buckets : public SimulatedS3 {
 protected:
  Buckets() : SimulatedS3(with_europe()) {}

  static sim::Scenario with_europe() {
    auto scenario = world();
    scenario.bucket("europe", sim::source_account).region = "eu-west-1";
    return scenario;
  }
  S3 s3_ = s3(administrator());
};

TEST_F(Buckets, HeadSaysWhereAndWhose) {
  const auto head = run(s3_.head_bucket("photos", std::string(sim::source_account)));
  ASSERT_TRUE(head) << head.error().describe();
  EXPECT_EQ(head->region, "us-east-1");
  EXPECT_EQ(outcome(run(s3_.head_bucket("photos", std::string(sim::destination_account)))),
            "access_denied");
  EXPECT_EQ(outcome(run(s3_.head_bucket("nowhere", ""))), "no_such_bucket");
}

TEST_F(Buckets, AnotherRegionIsNamedHoweverItIsSaid) {
  using sim::WrongRegion;
  for (const auto way :
       {WrongRegion::malformed, WrongRegion::permanent_redirect, WrongRegion::temporary_redirect}) {
    cloud([way](sim::Cloud& cloud) { cloud.switches().wrong_region = way; });
    const auto listed = run(s3_.list_objects({.bucket = "europe"}));
    ASSERT_FALSE(listed);
    EXPECT_EQ(outcome(listed), "wrong_region");
    EXPECT_EQ(listed.error().region(), "eu-west-1");
    const auto head = run(s3_.head_bucket("europe", ""));
    ASSERT_FALSE(head);
    EXPECT_EQ(outcome(head), "wrong_region");
    EXPECT_EQ(head.error().region(), "eu-west-1");
  }
  EXPECT_EQ(runtime_.counters.retried, 0u);
}

TEST_F(Buckets, AreListedByPage) {
  std::vector<std::string> names;
  ListBucketsRequest request{.continuation_token = {}, .max_buckets = 2};
  for (int pages = 1;; ++pages) {
    const auto page = run(s3_.list_buckets(request));
    ASSERT_TRUE(page) << page.error().describe();
    for (const auto& bucket : page->buckets) {
      names.push_back(bucket.name + " " + bucket.region);
      EXPECT_TRUE(bucket.created);
    }
    request.continuation_token = page->next_token;
    if (page->next_token.empty()) break;
    ASSERT_LT(pages, 3);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"copies us-east-1", "europe eu-west-1", "photos us-east-1"}));
  auto stranger = s3(administrator(sim::destination_account));
  EXPECT_TRUE(run(stranger.list_buckets({}))->buckets.empty());
}

TEST_F(Buckets, AnyoneCanLocateABucket) {
  auto stranger = s3(administrator(sim::destination_account));
  EXPECT_EQ(*run(stranger.locate_bucket("europe")), "eu-west-1");
  EXPECT_EQ(*run(stranger.locate_bucket("photos")), "us-east-1");
  EXPECT_EQ(*run(s3_.locate_bucket("photos")), "us-east-1");
  EXPECT_EQ(outcome(run(s3_.locate_bucket("nowhere"))), "no_such_bucket");
}

TEST_F(Buckets, AreCreatedWhereTheyShallBe) {
  EXPECT_EQ(outcome(run(s3_.create_bucket({.bucket = "new-here"}))), "ok");
  auto europe = s3(administrator(), "eu-west-1");
  EXPECT_EQ(outcome(run(europe.create_bucket({.bucket = "new-there", .region = "eu-west-1"}))),
            "ok");
  EXPECT_EQ(cloud([](sim::Cloud& cloud) { return cloud.bucket_region("new-there"); }), "eu-west-1");
}

TEST_F(Buckets, AreMadeWithTagsOwnershipAndLock) {
  CreateBucketRequest wanted{.bucket = "new-tagged",
                             .tags = {{"s3migrator:job", "j & k"}},
                             .ownership = "BucketOwnerPreferred",
                             .object_lock = true};
  EXPECT_EQ(outcome(run(s3_.create_bucket(wanted))), "ok");
  const std::string owner(sim::source_account);
  EXPECT_EQ(*run(s3_.get_bucket_tagging("new-tagged", owner)), wanted.tags);
  EXPECT_EQ(*run(s3_.get_object_ownership("new-tagged", owner)), "BucketOwnerPreferred");
  EXPECT_TRUE(*run(s3_.has_object_lock("new-tagged", owner)));
  EXPECT_EQ(*run(s3_.get_bucket_versioning("new-tagged", owner)), "Enabled");
}

TEST_F(Buckets, AnAccountRegionalNameIsOneAccountsOwn) {
  const std::string name = "s3m-0a1b-111111111111-us-east-1-an";
  auto stranger = s3(administrator(sim::destination_account));
  EXPECT_EQ(outcome(run(stranger.create_bucket({.bucket = name, .account_regional = true}))),
            "invalid_request");
  EXPECT_EQ(outcome(run(s3_.create_bucket({.bucket = name}))), "invalid_request");
  EXPECT_EQ(outcome(run(s3_.create_bucket({.bucket = name, .account_regional = true}))), "ok");
}

TEST_F(Buckets, TagsRoundTrip) {
  const std::string owner(sim::source_account);
  EXPECT_EQ(*run(s3_.get_bucket_tagging("photos", owner)), Pairs());
  const Pairs tags{{"a", "1"}, {"b", ""}};
  EXPECT_EQ(outcome(run(s3_.put_bucket_tagging("photos", tags, owner))), "ok");
  EXPECT_EQ(*run(s3_.get_bucket_tagging("photos", owner)), tags);
  EXPECT_EQ(outcome(run(s3_.put_bucket_tagging("photos", {}, owner))), "invalid_argument");
  EXPECT_EQ(outcome(run(s3_.delete_bucket_tagging("photos", owner))), "ok");
  EXPECT_EQ(*run(s3_.get_bucket_tagging("photos", owner)), Pairs());
  EXPECT_EQ(outcome(run(s3_.get_bucket_tagging("nowhere", ""))), "no_such_bucket");
  EXPECT_EQ(outcome(run(s3_.get_bucket_tagging("photos", std::string(sim::destination_account)))),
            "access_denied");
}

TEST_F(Buckets, DeletionSaysWhyNot) {
  const std::string owner(sim::source_account);
  cloud([](sim::Cloud& cloud) { cloud.put("photos", {.key = "k", .body = "x"}); });
  EXPECT_EQ(outcome(run(s3_.delete_bucket("photos", owner))), "bucket_not_empty");
  EXPECT_EQ(outcome(run(s3_.delete_bucket("copies", std::string(sim::destination_account)))),
            "access_denied");
  EXPECT_EQ(outcome(run(s3_.delete_bucket("nowhere", owner))), "no_such_bucket");
  EXPECT_EQ(outcome(run(s3_.delete_bucket("copies", owner))), "ok");
  EXPECT_FALSE(cloud([](sim::Cloud& cloud) { return cloud.has_bucket("copies"); }));
}

TEST_F(Buckets, DeletionGoesToItsRegionAlone) {
  using sim::WrongRegion;
  for (const auto way :
       {WrongRegion::malformed, WrongRegion::permanent_redirect, WrongRegion::temporary_redirect}) {
    cloud([way](sim::Cloud& cloud) { cloud.switches().wrong_region = way; });
    EXPECT_EQ(outcome(run(s3_.delete_bucket("europe", ""))), "wrong_region");
    EXPECT_TRUE(cloud([](sim::Cloud& cloud) { return cloud.has_bucket("europe"); }));
  }
  EXPECT_EQ(seen("DeleteBucket"), 3u);
}

TEST_F(Buckets, ADeletionWhoseAnswerIsLostIsNotSentAgain) {
  for (const bool applied : {false, true}) {
    for (const auto effect : {sim::FaultEffect::reset_before_head, sim::FaultEffect::error}) {
      cloud([](sim::Cloud& cloud) {
        cloud.add_bucket({.name = "gone", .owner = std::string(sim::source_account)});
        cloud.metrics().reset();
      });
      // A connection that is kept: its end before an answer is what a client may take for idleness.
      EXPECT_EQ(outcome(run(s3_.head_bucket("gone", ""))), "ok");
      add_fault({.operation = "DeleteBucket",
                 .effect = effect,
                 .status = 500,
                 .code = "InternalError",
                 .applied = applied});
      const auto deleted = run(s3_.delete_bucket("gone", ""));
      EXPECT_EQ(outcome(deleted), "unavailable");
      EXPECT_EQ(deleted.error().bucket(), "gone");
      EXPECT_EQ(seen("DeleteBucket"), 1u);
      EXPECT_EQ(cloud([](sim::Cloud& cloud) { return cloud.has_bucket("gone"); }), !applied);
    }
  }
}

TEST_F(Buckets, NamesAreGlobal) {
  cloud([](sim::Cloud& cloud) { cloud.switches().own_bucket_answers_200 = false; });
  EXPECT_EQ(outcome(run(s3_.create_bucket({.bucket = "photos"}))), "bucket_owned");
  auto stranger = s3(administrator(sim::destination_account));
  EXPECT_EQ(outcome(run(stranger.create_bucket({.bucket = "photos"}))), "bucket_exists");
}

TEST_F(Buckets, APolicyRoundTrip) {
  const auto read = [this] { return run(s3_.get_bucket_policy("photos", "")); };
  const auto none = read();
  ASSERT_TRUE(none) << none.error().describe();
  EXPECT_EQ(*none, std::nullopt);
  const std::string policy =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"Mine","Effect":"Allow",)"
      R"("Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"s3:GetObject",)"
      R"("Resource":"arn:aws:s3:::photos/*"}]})";
  EXPECT_EQ(outcome(run(s3_.put_bucket_policy("photos", policy, ""))), "ok");
  const auto some = read();
  ASSERT_TRUE(some);
  EXPECT_EQ(*some, policy);
  EXPECT_EQ(outcome(run(s3_.delete_bucket_policy("photos", ""))), "ok");
  EXPECT_EQ(*read(), std::nullopt);
}

TEST_F(Buckets, APolicyThatIsNoneIsRefused) {
  EXPECT_EQ(outcome(run(s3_.put_bucket_policy("photos", "{", ""))), "invalid_request");
}

TEST_F(Buckets, ForeignersAreDeniedThePolicy) {
  auto stranger = s3(administrator(sim::destination_account));
  EXPECT_EQ(outcome(run(stranger.get_bucket_policy("photos", ""))), "access_denied");
}

TEST_F(Buckets, OwnershipAndVersioning) {
  EXPECT_EQ(*run(s3_.get_object_ownership("photos", "")), "BucketOwnerEnforced");
  EXPECT_EQ(*run(s3_.get_bucket_versioning("photos", "")), "");
  cloud([](sim::Cloud& cloud) {
    cloud.add_bucket(
        {.name = "old", .owner = std::string(sim::source_account), .versioning = "Suspended"});
  });
  EXPECT_EQ(*run(s3_.get_bucket_versioning("old", "")), "Suspended");
}

TEST_F(Buckets, AServiceWithoutOwnershipControlsHasNone) {
  for (const int status : {400, 405, 501}) {
    add_fault({.operation = "GetBucketOwnershipControls",
               .status = status,
               .code = status == 400 ? "InvalidArgument" : "NotImplemented"});
    const auto ownership = run(s3_.get_object_ownership("photos", ""));
    ASSERT_TRUE(ownership) << status;
    EXPECT_EQ(*ownership, "") << status;
  }
}

TEST_F(Buckets, WhoMayNotKnowIsTold) {
  add_fault({.operation = "GetBucketOwnershipControls", .status = 403, .code = "AccessDenied"});
  EXPECT_EQ(outcome(run(s3_.get_object_ownership("photos", ""))), "access_denied");
}

}  // namespace
}  // namespace s3m::aws
