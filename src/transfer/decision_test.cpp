#include "transfer/decision.hpp"

#include <gtest/gtest.h>

#include "transfer/upload_plan.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::minutes;

const std::string md5_a(32, 'a'), md5_b(32, 'b');
const WallTime noon{std::chrono::hours(500'000)};

aws::ObjectEntry object(std::string etag, WallTime modified = noon, std::uint64_t size = 7) {
  return {.key = "k", .size = size, .etag = std::move(etag), .last_modified = modified};
}

Likeness decision(aws::ObjectEntry source, aws::ObjectEntry copy, IfExists if_exists) {
  const Pair pair{.key = "k", .source = &source, .destination = &copy};
  return decide(pair, {.if_exists = if_exists}, {});
}

TEST(Decision, WhatIsMissingIsCopied) {
  auto source = object(md5_a);
  for (const auto mode : {IfExists::skip_same, IfExists::overwrite, IfExists::skip}) {
    EXPECT_EQ(decide({.key = "k", .source = &source}, {.if_exists = mode}, {}), Likeness::differs);
  }
}

TEST(Decision, SkipSameComparesTheOthersDoNot) {
  EXPECT_EQ(decision(object(md5_a), object(md5_a), IfExists::skip_same), Likeness::same_strong);
  EXPECT_EQ(decision(object(md5_a), object(md5_a), IfExists::overwrite), Likeness::differs);
  EXPECT_EQ(decision(object(md5_a), object(md5_b, noon, 8), IfExists::skip), Likeness::same_strong);
}

TEST(Decision, AnOutdatedCopyIsMadeAgainWithoutALook) {
  EXPECT_EQ(decision(object(md5_a), object(md5_b, noon - minutes(1)), IfExists::skip_same),
            Likeness::differs);
  EXPECT_EQ(decision(object(md5_a + "-2"), object(md5_b, noon - minutes(1)), IfExists::skip_same),
            Likeness::differs);
}

TEST(Decision, AYoungCopyThatCannotBeComparedIsLookedAt) {
  EXPECT_EQ(decision(object(md5_a + "-2"), object(md5_b, noon + minutes(1)), IfExists::skip_same),
            Likeness::unproven);
}

TEST(Decision, PartsBeginAboveTheThreshold) {
  const CopyOptions options{.multipart_threshold = 100};
  EXPECT_FALSE(copied_in_parts(object(md5_a, noon, 100), options));
  EXPECT_TRUE(copied_in_parts(object(md5_a, noon, 101), options));
}

TEST(Decision, TheThresholdIsNeverAboveWhatOneCopyCanDo) {
  const CopyOptions options{.multipart_threshold = 10 * largest_copy};
  EXPECT_FALSE(copied_in_parts(object(md5_a, noon, largest_copy), options));
  EXPECT_TRUE(copied_in_parts(object(md5_a, noon, largest_copy + 1), options));
}

TEST(Decision, AMultipartEtagIsKeptByPartsWhereRangesCanBeCopied) {
  const CopyOptions options{.keep_etag = true};
  EXPECT_TRUE(copied_in_parts(object(md5_a + "-2", noon, smallest_part + 1), options));
  EXPECT_FALSE(copied_in_parts(object(md5_a + "-1", noon, smallest_part), options));
  EXPECT_FALSE(copied_in_parts(object(md5_a, noon, smallest_part + 1), options));
}

TEST(Decision, ArchivedClassesAreThoseThatNeedARestore) {
  EXPECT_TRUE(archived("GLACIER"));
  EXPECT_TRUE(archived("DEEP_ARCHIVE"));
  EXPECT_FALSE(archived("GLACIER_IR"));
  EXPECT_FALSE(archived(""));
}

}  // namespace
}  // namespace s3m::transfer
