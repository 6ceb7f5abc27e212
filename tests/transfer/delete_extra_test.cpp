// G9: `copy --delete` counts, asks, and deletes only what was seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transfer/rig.hpp"

namespace s3m::transfer {
namespace {

using testing::ElementsAre;

Result<void> yes(const Deletion&) {
  return ok;
}

class DeleteExtra : public testing::Test {
 protected:
  static sim::Scenario world() {
    auto scenario = two_buckets();
    for (const auto key : {"a", "b", "c"}) {
      scenario.bucket("original", sim::source_account).with({.key = key, .body = key});
    }
    for (const auto key : {"a", "aa", "b", "d", "\n"}) {
      scenario.bucket("copy", sim::source_account).with({.key = key, .body = key});
    }
    return scenario;
  }
  Rig rig_{world()};
};

TEST_F(DeleteExtra, DeletesWhatTheSourceDoesNotHave) {
  const auto deleted = rig_.delete_extra(yes);
  ASSERT_TRUE(deleted.has_value());
  EXPECT_EQ(rig_.deletion.extra, 3U);
  EXPECT_EQ(rig_.deletion.destination_objects, 5U);
  EXPECT_EQ(rig_.deletion.deleted, 3U);
  EXPECT_THAT(rig_.keys("copy"), ElementsAre("a", "b"));
  EXPECT_THAT(rig_.keys("original"), ElementsAre("a", "b", "c"));
  EXPECT_EQ(rig_.requests("DeleteObjects"), 0U) << "one by one, each pinned";
}

TEST_F(DeleteExtra, G9CountsFirstAndAsksOnce) {
  int asked = 0;
  const auto deleted = rig_.delete_extra([&](const Deletion& found) -> Result<void> {
    ++asked;
    EXPECT_EQ(found.extra, 3U);
    EXPECT_EQ(found.destination_objects, 5U);
    EXPECT_EQ(rig_.requests("DeleteObject"), 0U);
    return fail(Errc::refused, "no");
  });
  ASSERT_FALSE(deleted.has_value());
  EXPECT_EQ(deleted.error().code(), Errc::refused);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(rig_.requests("DeleteObject"), 0U);
}

TEST_F(DeleteExtra, G9WhoeverAllowsItIsToldThatTheSourceIsEmpty) {
  Rig rig(world(), {.source = "s3://original/no-such-prefix/"});
  const auto deleted = rig.delete_extra([](const Deletion& found) -> Result<void> {
    EXPECT_TRUE(found.source_empty);
    return fail(Errc::refused, "no");
  });
  ASSERT_FALSE(deleted.has_value());
  EXPECT_EQ(deleted.error().code(), Errc::refused);
  EXPECT_EQ(rig.requests("DeleteObject"), 0U);
}

TEST_F(DeleteExtra, WhatTheFilterLeavesOutStays) {
  ASSERT_TRUE(rig_.delete_extra(yes, Filter({{false, "a*"}})).has_value());
  EXPECT_EQ(rig_.deletion.extra, 2U);
  EXPECT_THAT(rig_.keys("copy"), ElementsAre("a", "aa", "b"));
}

TEST_F(DeleteExtra, WhatComesToTheSourceMeanwhileStays) {
  ASSERT_TRUE(rig_.delete_extra([&](const Deletion&) -> Result<void> {
                    rig_.put("original", {.key = "d", .body = "d"});
                    return ok;
                  })
                  .has_value());
  EXPECT_EQ(rig_.deletion.deleted, 2U);
  EXPECT_THAT(rig_.keys("copy"), ElementsAre("a", "b", "d"));
}

TEST_F(DeleteExtra, G9NeverDeletesMoreThanWasCounted) {
  const auto deleted = rig_.delete_extra([&](const Deletion&) -> Result<void> {
    rig_.cloud([](sim::Cloud& cloud) {
      for (const auto key : {"a", "b", "c"})
        cloud.remove("original", key);
    });
    return ok;
  });
  ASSERT_FALSE(deleted.has_value());
  EXPECT_EQ(deleted.error().code(), Errc::refused);
  EXPECT_LE(rig_.deletion.deleted, 3U);
}

TEST_F(DeleteExtra, AnObjectThatChangedSinceItWasSeenStays) {
  rig_.before_first("DeleteObject", [](sim::Cloud& cloud) {
    for (const auto key : {"\n", "aa", "d"})
      cloud.put("copy", {.key = key, .body = "precious"});
  });
  ASSERT_TRUE(rig_.delete_extra(yes).has_value());
  EXPECT_EQ(rig_.deletion.deleted, 0U);
  EXPECT_EQ(rig_.deletion.failed, 3U);
  ASSERT_EQ(rig_.failures.size(), 3U);
  EXPECT_EQ(rig_.failures[0].operation, "DeleteObject");
  EXPECT_EQ(rig_.failures[0].code, "precondition_failed");
  EXPECT_EQ(rig_.keys("copy").size(), 5U);
}

TEST_F(DeleteExtra, WithNothingExtraNobodyIsAsked) {
  ASSERT_TRUE(rig_.delete_extra(yes).has_value());
  bool asked = false;
  ASSERT_TRUE(rig_.delete_extra([&](const Deletion&) -> Result<void> {
                    asked = true;
                    return ok;
                  })
                  .has_value());
  EXPECT_FALSE(asked);
}

TEST_F(DeleteExtra, TheFolderThatIsTheDestinationItselfIsNotExtra) {
  Rig rig(world(), {.destination = "s3://copy/to/"});
  rig.put("copy", {.key = "to/"});
  rig.put("copy", {.key = "to/z", .body = "z"});
  ASSERT_TRUE(rig.delete_extra(yes).has_value());
  EXPECT_THAT(rig.keys("copy"), testing::Contains("to/"));
  EXPECT_EQ(rig.deletion.deleted, 1U);
}

}  // namespace
}  // namespace s3m::transfer
