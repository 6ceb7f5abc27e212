#include "workflow/lost_mark.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::HasSubstr;
using testing::Not;

Sighting unmarked() {
  return {.standing = Standing::unmarked, .job_id = {}, .region = {}, .request_id = {}};
}

TEST(LostMark, ATemporaryBucketIsKnownByItsNameAndNotOfferedToBeDeleted) {
  MarkedBucket bucket{.name = "s3m-0f113fb380c3c34d91691c3f0de09e5b",
                      .region = {},
                      .expected_owner = {},
                      .job_id = "job-1"};
  const auto words = not_ours(bucket, unmarked());
  EXPECT_EQ(words, lost_mark(bucket));
  EXPECT_THAT(words, HasSubstr("key s3migrator:job, value job-1"));
  EXPECT_THAT(words, Not(HasSubstr("delete")));
  bucket.name = "photos";
  EXPECT_THAT(not_ours(bucket, unmarked()), HasSubstr("was not made by this job"));
}

}  // namespace
}  // namespace s3m::workflow
