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
