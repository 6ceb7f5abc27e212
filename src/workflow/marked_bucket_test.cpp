#include "workflow/marked_bucket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/test_service.hpp"
#include "workflow/bucket_deletion.hpp"

namespace s3m::workflow {
namespace {

using testing::HasSubstr;

class FixedKeys final : public aws::CredentialsSource {
 public:
  net::Task<Result<aws::Credentials>> fetch() override {
    co_return aws::Credentials{.access_key_id = "AKIA", .secret_access_key = "secret"};
  }
  std::string describe() const override { return "keys of the test"; }
};

// Answers as no simulator does: HEAD from a region that the request was not signed for.
class MarkedBucketTest : public testing::Test {
 protected:
  aws::S3 s3() {
    return aws::S3(aws::Client(service_.runtime(), identity_,
                               {.url = service_.url(), .region = "us-east-1"},
                               aws::unlimited_admission()));
  }
  Sighting look() {
    auto owner = s3();
    auto seen = service_.run(look_at(owner, bucket_));
    EXPECT_TRUE(seen) << seen.error().describe();
    return seen ? *seen : Sighting{};
  }
  static std::string tagged(std::string_view job) {
    return "<Tagging><TagSet><Tag><Key>s3migrator:job</Key><Value>" + std::string(job) +
           "</Value></Tag></TagSet></Tagging>";
  }

  aws::TestService service_;
  std::shared_ptr<aws::Identity> identity_ = std::make_shared<aws::Identity>(
      service_.loop(), std::make_unique<FixedKeys>(), service_.clock());
  MarkedBucket bucket_{
      .name = "photos", .region = "us-east-1", .expected_owner = "111111111111", .job_id = "job-1"};
};

TEST_F(MarkedBucketTest, IsOursByOwnerRegionAndMark) {
  service_.answer(200, "", "x-amz-bucket-region: us-east-1\r\n").answer(200, tagged("job-1"));
  EXPECT_EQ(look().standing, Standing::ours);
  for (const auto& request : service_.requests())
    EXPECT_EQ(request.headers.get("x-amz-expected-bucket-owner"), "111111111111");
}

TEST_F(MarkedBucketTest, IsForeignInAnotherRegionWhoeverOwnsIt) {
  service_.answer(200, "", "x-amz-bucket-region: eu-west-1\r\n").answer(200, tagged("job-1"));
  EXPECT_EQ(look().standing, Standing::foreign);
}

TEST_F(MarkedBucketTest, AServiceWithoutRegionsIsTakenAtItsWord) {
  service_.answer(200, "").answer(200, tagged("job-1"));
  EXPECT_EQ(look().standing, Standing::ours);
}

TEST_F(MarkedBucketTest, OfAnotherJobOrOfNoneIsNotOurs) {
  service_.answer(200, "").answer(200, tagged("job-2")).answer(200, "");
  EXPECT_EQ(look().standing, Standing::unmarked);
  service_.forget();
  service_.answer(200, "").answer(200, tagged(""));
  bucket_.job_id.clear();
  EXPECT_EQ(look().standing, Standing::unmarked);
}

TEST_F(MarkedBucketTest, TagsThatMayNotBeReadAreAnError) {
  service_.answer(200, "").answer(403, "<Error><Code>AccessDenied</Code></Error>");
  auto owner = s3();
  const auto seen = service_.run(look_at(owner, bucket_));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code(), Errc::access_denied);
  EXPECT_THAT(seen.error().describe(), HasSubstr("s3:GetBucketTagging"));
}

TEST_F(MarkedBucketTest, IsNotDeletedWhereItIsNotExpected) {
  service_.answer(200, "", "x-amz-bucket-region: eu-west-1\r\n");
  auto owner = s3();
  BucketDeletion deletion{.bucket = "photos",
                          .region = "us-east-1",
                          .expected_owner = "111111111111",
                          .job_id = {},
                          .before_delete = {},
                          .abandoned_uploads = {}};
  const Pause pause = [](std::chrono::milliseconds) -> net::Task<bool> { co_return true; };
  const auto refused = service_.run(delete_empty_bucket(owner, deletion, pause));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::refused);
  deletion.begun = true;
  EXPECT_TRUE(service_.run(delete_empty_bucket(owner, deletion, pause)));
  for (const auto& request : service_.requests())
    EXPECT_EQ(request.method, "HEAD");
}

TEST(Mark, StandsBesideOtherTags) {
  const aws::Pairs others{{"a", "1"}, {"b", "2"}};
  const auto marked = with_mark(others, "job-1");
  EXPECT_EQ(marked.size(), 3u);
  EXPECT_EQ(marked_job(marked), "job-1");
  EXPECT_EQ(with_mark(marked, "job-1"), marked);
  EXPECT_EQ(without_mark(marked), others);
  EXPECT_EQ(marked_job(others), "");
}

TEST(Mark, GoesWithTheRequestThatMakesTheBucket) {
  const MarkedBucket bucket{
      .name = "photos", .region = "eu-west-1", .expected_owner = "1", .job_id = "job-1"};
  EXPECT_EQ(marked_job(create_request(bucket, {.ownership = {}}).tags), "job-1");
  EXPECT_TRUE(create_request(bucket, {.ownership = {}, .tags_at_create = false}).tags.empty());
}

}  // namespace
}  // namespace s3m::workflow
