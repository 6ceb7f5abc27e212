// G17: which uploads of an earlier run are gone on with, and which are aborted.
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const sim::ObjectSpec large{
    .key = "large", .size = 640 * mib, .seed = 7, .tags = {{"kind", "film"}}, .age = minutes(60)};

class Adoption : public testing::Test {
 protected:
  Adoption() {
    // A run that is interrupted after some of its ten parts.
    rig_.cloud([&](sim::Cloud& world) {
      world.before_each([this, seen = 0](const sim::RequestRecord& request) mutable {
        if (request.operation == "UploadPartCopy" && ++seen == 4) {
          net::asio::post(rig_.loop, [this] { rig_.cancel->cancel(); });
        }
      });
    });
    const auto interrupted = rig_.copy();
    EXPECT_FALSE(interrupted.has_value());
    EXPECT_EQ(rig_.journal.uploads.size(), 1U);
    EXPECT_EQ(rig_.uploads_left(), 1U);
    rig_.cloud([](sim::Cloud& world) { world.before_each(nullptr); });
    parts_before_ = rig_.cloud([](sim::Cloud& world) {
      return world.uploads("copy").empty() ? 0 : world.uploads("copy").front().parts.size();
    });
    rig_.restart();
    rig_.forget_requests();
  }

  static sim::Scenario world() {
    auto scenario = two_buckets();
    scenario.bucket("original", sim::source_account).with(large);
    return scenario;
  }

  // The copy must be right, and made with parts of the earlier run or without.
  void expect_adopted(bool adopted, CopyOptions options = {}) {
    rig_.must_copy(options);
    EXPECT_TRUE(rig_.same_content("large"));
    EXPECT_EQ(rig_.requests("CreateMultipartUpload"), adopted ? 0U : 1U);
    if (adopted) {
      EXPECT_EQ(rig_.requests("UploadPartCopy"), 10U - parts_before_);
    }
  }

  UploadRecord& record() { return rig_.journal.uploads.front(); }

  Rig rig_{world(), {.governor = {.initial = 2, .adaptive = false}}};
  std::size_t parts_before_ = 0;
};

TEST_F(Adoption, AnInterruptedRunIsGoneOnWith) {
  EXPECT_GT(parts_before_, 0U);
  expect_adopted(true);
  EXPECT_TRUE(rig_.journal.uploads.empty());
  EXPECT_EQ(rig_.uploads_left(), 0U);
}

TEST_F(Adoption, G17NotIfTheSourceHasChanged) {
  rig_.put("original", {.key = "large", .size = 640 * mib, .seed = 8});
  expect_adopted(false);
}

TEST_F(Adoption, G17NotIfTheSourceWasWrittenAgain) {
  rig_.clock.advance(minutes(1));
  auto again = large;
  again.age.reset();
  rig_.put("original", again);
  expect_adopted(false);
}

TEST_F(Adoption, G17NotIfItsTagsHaveChanged) {
  auto again = large;
  again.tags = {{"kind", "book"}};
  rig_.put("original", again);
  expect_adopted(false);
  EXPECT_EQ(rig_.object("copy", "large")->tags, again.tags);
}

TEST_F(Adoption, G17NotWithAnotherPartLayout) {
  expect_adopted(false, {.part_size = 100 * mib});
}

TEST_F(Adoption, G17NotWithAnotherStorageClass) {
  expect_adopted(false, {.storage_class = "STANDARD_IA"});
  EXPECT_EQ(rig_.object("copy", "large")->storage_class, "STANDARD_IA");
}

TEST_F(Adoption, G17NotIfTheRecordIsOfAnotherSource) {
  record().source_key = "other";
  expect_adopted(false);
}

TEST_F(Adoption, AnUploadThatTheServiceHasForgottenIsBegunAnew) {
  record().upload_id = "gone";
  expect_adopted(false);
}

TEST_F(Adoption, WhatIsNotGoneOnWithIsAborted) {
  expect_adopted(false, {.part_size = 100 * mib});
  EXPECT_EQ(rig_.uploads_left(), 1U);
  const auto orphans = rig_.abort_orphans();
  ASSERT_TRUE(orphans.has_value());
  EXPECT_EQ(orphans->aborted, 1U);
  EXPECT_EQ(orphans->foreign, 0U);
  EXPECT_EQ(rig_.uploads_left(), 0U);
  EXPECT_TRUE(rig_.journal.uploads.empty());
}

TEST_F(Adoption, G17UploadsThatAreNotRecordedAreCountedAndNeverTouched) {
  rig_.journal.uploads.clear();
  const auto orphans = rig_.abort_orphans();
  ASSERT_TRUE(orphans.has_value());
  EXPECT_EQ(orphans->aborted, 0U);
  EXPECT_EQ(orphans->foreign, 1U);
  EXPECT_EQ(rig_.uploads_left(), 1U);
  EXPECT_EQ(rig_.requests("AbortMultipartUpload"), 0U);
}

}  // namespace
}  // namespace s3m::transfer
