// Copying as it goes when nothing goes wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Copy, CarriesEveryOddKey) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account).odd_keys = true;
  Rig rig(scenario);
  rig.must_copy();
  const auto keys = rig.keys("original");
  EXPECT_EQ(rig.keys("copy"), keys);
  EXPECT_EQ(rig.counters.copied, keys.size());
  for (const auto& key : keys)
    EXPECT_TRUE(rig.same_content(key)) << key;
  rig.must_verify();
}

TEST(Copy, AnObjectCostsOneRequestAndNoHead) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with(sim::GeneratorSpec{.prefix = "k", .count = 2500, .min_size = 0, .max_size = 9999});
  Rig rig(scenario);
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 2500U);
  EXPECT_EQ(rig.counters.source_objects, 2500U);
  EXPECT_EQ(rig.counters.copied_bytes, rig.counters.source_bytes);
  EXPECT_EQ(rig.requests("CopyObject"), 2500U);
  EXPECT_EQ(rig.requests("HeadObject"), 0U);
  EXPECT_EQ(rig.requests("ListObjectsV2"), 4U) << "three pages, and one of the empty side";
}

TEST(Copy, ASecondRunCopiesNothing) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  bucket.with(sim::GeneratorSpec{.prefix = "k", .count = 1200, .max_size = 9999});
  bucket.with({.key = "in parts", .size = 20 * mib, .part_size = 8 * mib});
  bucket.with({.key = "large", .size = 6 * gib});
  Rig rig(scenario);
  rig.must_copy();
  rig.forget_requests();
  rig.must_copy();
  EXPECT_EQ(rig.counters.copied, 0U);
  EXPECT_EQ(rig.counters.skipped, 1202U);
  EXPECT_EQ(rig.counters.skipped_bytes, rig.counters.source_bytes);
  EXPECT_EQ(rig.requests("CopyObject"), 0U);
  EXPECT_EQ(rig.requests("CreateMultipartUpload"), 0U);
  EXPECT_EQ(rig.requests("ListObjectsV2"), 4U);
}

TEST(Copy, CarriesMetadataTagsAndStorageClass) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "k",
             .body = "hello",
             .metadata = {{"author", "Ada"}},
             .headers = {{"Content-Type", "text/plain"}},
             .tags = {{"kind", "page"}},
             .storage_class = "STANDARD_IA"});
  Rig rig(scenario);
  rig.must_copy();
  const auto copy = rig.object("copy", "k");
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(copy->metadata, (sim::Pairs{{"author", "Ada"}}));
  EXPECT_EQ(copy->tags, (sim::Pairs{{"kind", "page"}}));
  EXPECT_EQ(copy->storage_class, "STANDARD_IA");
}

TEST(Copy, AGivenStorageClassAndEncryptionWin) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account)
      .with({.key = "k", .body = "hello", .storage_class = "STANDARD_IA"});
  Rig rig(scenario);
  rig.must_copy({.storage_class = "GLACIER_IR", .encryption = "AES256"});
  const auto copy = rig.object("copy", "k");
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(copy->storage_class, "GLACIER_IR");
  EXPECT_EQ(copy->sse, "AES256");
}

TEST(Copy, ArchivedObjectsFailByThemselvesAndAreNotAskedFor) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  bucket.with({.key = "cold", .body = "x", .storage_class = "DEEP_ARCHIVE"});
  bucket.with({.key = "cool", .body = "x", .storage_class = "GLACIER"});
  bucket.with({.key = "warm", .body = "x", .storage_class = "GLACIER_IR"});
  Rig rig(scenario);
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.failed, 2U);
  EXPECT_EQ(rig.counters.failed_bytes, 2U);
  EXPECT_THAT(rig.keys("copy"), ElementsAre("warm"));
  EXPECT_EQ(rig.requests("CopyObject"), 1U);
  ASSERT_EQ(rig.failures.size(), 2U);
  EXPECT_EQ(rig.failures[0].code, "invalid_state");
  EXPECT_NE(rig.failures[0].message.find("restore"), std::string::npos);
}

TEST(Copy, PrefixesAreReplacedOneByTheOther) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  for (const auto key : {"a", "a/", "a/1", "a/2/3", "ab", "b/1"}) {
    bucket.with({.key = key, .body = std::string("content of ") + key});
  }
  Rig rig(scenario, {.source = "s3://original/a/", .destination = "s3://copy/to-"});
  rig.must_copy();
  EXPECT_THAT(rig.keys("copy"), ElementsAre("to-", "to-1", "to-2/3"));
  EXPECT_TRUE(rig.same_content("a/2/3", "to-2/3"));
  rig.must_verify();
}

TEST(Copy, APrefixMayBeAKey) {
  auto scenario = two_buckets();
  scenario.bucket("original", sim::source_account).with({.key = "file.txt", .body = "x"});
  Rig rig(scenario, {.source = "s3://original/file.txt", .destination = "s3://copy/other.txt"});
  rig.must_copy();
  EXPECT_THAT(rig.keys("copy"), ElementsAre("other.txt"));
}

TEST(Copy, AKeyThatWouldHaveNoNameFailsByItself) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  bucket.with({.key = "file", .body = "x"});
  bucket.with({.key = "file.txt", .body = "x"});
  Rig rig(scenario, {.source = "s3://original/file"});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_THAT(rig.keys("copy"), ElementsAre(".txt"));
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_EQ(rig.failures[0].code, "invalid_argument");
  EXPECT_EQ(rig.failures[0].key, "file");
}

TEST(Copy, TheMarkerOfTheFolderThatIsCopiedIntoABucketIsNoObjectOfIt) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  bucket.with({.key = "folder/", .size = 0});
  bucket.with({.key = "folder/x", .body = "x"});
  bucket.with({.key = "folder/y/", .size = 0});
  Rig rig(scenario, {.source = "s3://original/folder/"});
  rig.must_copy();
  EXPECT_THAT(rig.keys("copy"), ElementsAre("x", "y/"));
  rig.must_verify();
}

TEST(Copy, AKeyThatWouldBeTooLongFailsByItself) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  bucket.with({.key = std::string(1020, 'x'), .body = "x"});
  bucket.with({.key = std::string(1019, 'x'), .body = "x"});
  Rig rig(scenario, {.destination = "s3://copy/five/"});
  ASSERT_TRUE(rig.copy().has_value());
  EXPECT_EQ(rig.counters.copied, 1U);
  ASSERT_EQ(rig.failures.size(), 1U);
  EXPECT_NE(rig.failures[0].message.find("1025"), std::string::npos) << rig.failures[0].message;
}

TEST(Copy, OnlyWhatTheFilterLeavesIsCounted) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  for (const auto key : {"p/a.txt", "p/b.jpg", "p/c.txt"})
    bucket.with({.key = key, .body = "x"});
  scenario.bucket("copy", sim::source_account).with({.key = "other.jpg", .body = "x"});
  Rig rig(scenario, {.source = "s3://original/p/"});
  rig.must_copy({.filter = Filter({{false, "*"}, {true, "*.txt"}})});
  EXPECT_THAT(rig.keys("copy"), ElementsAre("a.txt", "c.txt", "other.jpg"));
  EXPECT_EQ(rig.counters.source_objects, 2U);
  EXPECT_EQ(rig.counters.destination_only, 0U);
}

class IfExistsTest : public testing::Test {
 protected:
  IfExistsTest() {
    rig_.put("original", {.key = "same", .body = "one"});
    rig_.put("copy", {.key = "same", .body = "one"});
    rig_.put("original", {.key = "differs", .body = "new"});
    rig_.put("copy", {.key = "differs", .body = "old"});
    rig_.put("copy", {.key = "extra", .body = "x"});
  }
  Rig rig_{two_buckets()};
};

TEST_F(IfExistsTest, SkipSameCopiesWhatDiffers) {
  rig_.must_copy();
  EXPECT_EQ(rig_.counters.copied, 1U);
  EXPECT_EQ(rig_.counters.skipped, 1U);
  EXPECT_EQ(rig_.counters.destination_only, 1U);
  EXPECT_TRUE(rig_.same_content("differs"));
}

TEST_F(IfExistsTest, OverwriteCopiesAll) {
  rig_.must_copy({.if_exists = IfExists::overwrite});
  EXPECT_EQ(rig_.counters.copied, 2U);
  EXPECT_TRUE(rig_.same_content("differs"));
}

TEST_F(IfExistsTest, SkipLeavesWhatIsThere) {
  rig_.must_copy({.if_exists = IfExists::skip});
  EXPECT_EQ(rig_.counters.copied, 0U);
  EXPECT_EQ(rig_.counters.skipped, 2U);
  EXPECT_FALSE(rig_.same_content("differs"));
}

TEST(Copy, AnEmptyBucketIsCopiedAtOnce) {
  Rig rig(two_buckets());
  rig.must_copy();
  EXPECT_THAT(rig.keys("copy"), IsEmpty());
  rig.must_verify();
  EXPECT_EQ(rig.verification.digest, std::string(64, '0'));
}

TEST(Copy, RangesTogetherCoverWhatTheyCover) {
  auto scenario = two_buckets();
  auto& bucket = scenario.bucket("original", sim::source_account);
  for (const auto key : {"a", "b", "c", "d", "e"})
    bucket.with({.key = key, .body = "x"});
  Rig rig(scenario);
  rig.must_copy({}, {KeyRange{.after = "d"}, KeyRange{.after = "a", .until = "c"}});
  EXPECT_THAT(rig.keys("copy"), ElementsAre("b", "c", "e"));
}

}  // namespace
}  // namespace s3m::transfer
