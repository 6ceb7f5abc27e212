#include "workflow/configuration/refresh.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string rule(const std::string& id) {
  return "<LifecycleConfiguration><Rule><ID>" + id + "</ID></Rule></LifecycleConfiguration>";
}

Configuration of(std::vector<ConfigurationItem> items, std::vector<std::string> absent = {}) {
  return {.items = std::move(items), .absent = std::move(absent), .unsupported = {}};
}

TEST(Refresh, WhatSaysTheSameKeepsItsBytes) {
  const auto kept = of({{"cors", "", {"<C> <A>1</A> </C>", {}}}}, {"website"});
  const auto now = of({{"cors", "", {"<C><A>1</A></C>", {}}}}, {"website", "lifecycle"});
  const auto fresh = refreshed(kept, now, {});
  EXPECT_THAT(fresh.changed, IsEmpty());
  EXPECT_EQ(fresh.configuration, kept);
}

TEST(Refresh, WhatWasChangedSetOrRemovedIsNamedAndTaken) {
  const auto kept = of({{"cors", "", {"<C>1</C>", {}}},
                        {"tagging", "", {"<T/>", {}}},
                        {"inventory", "weekly", {"<I/>", {}}}},
                       {"website"});
  const auto now = of({{"cors", "", {"<C>2</C>", {}}},
                       {"website", "", {"<W/>", {}}},
                       {"inventory", "daily", {"<I/>", {}}}},
                      {"tagging"});
  const auto fresh = refreshed(kept, now, {});
  EXPECT_THAT(fresh.changed,
              UnorderedElementsAre("cors (changed)", "website (set)", "inventory \"daily\" (set)",
                                   "tagging (removed)", "inventory \"weekly\" (removed)"));
  EXPECT_EQ(fresh.configuration, now);
}

// What one look has and the other lacks is a change in either direction.
TEST(Refresh, AHeaderMoreOrLessIsAChange) {
  const aws::SubResource with{rule("a"), {{"x-amz-transition-default-minimum-object-size", "128"}}};
  const aws::SubResource without{rule("a"), {}};
  EXPECT_THAT(
      refreshed(of({{"lifecycle", "", with}}), of({{"lifecycle", "", without}}), {}).changed,
      ElementsAre("lifecycle (changed)"));
  EXPECT_THAT(
      refreshed(of({{"lifecycle", "", without}}), of({{"lifecycle", "", with}}), {}).changed,
      ElementsAre("lifecycle (changed)"));
}

TEST(Refresh, WhatTheJobItselfTookOffStays) {
  const auto kept = of({{"lifecycle", "", {rule("a"), {}}}}, {"cors"});
  const auto now = of({{"cors", "", {"<C/>", {}}}}, {"lifecycle"});
  const auto fresh = refreshed(kept, now, {"lifecycle"});
  EXPECT_THAT(fresh.changed, ElementsAre("cors (set)"));
  ASSERT_NE(fresh.configuration.find("lifecycle"), nullptr);
  EXPECT_EQ(fresh.configuration.find("lifecycle")->value.document, rule("a"));
  EXPECT_THAT(fresh.configuration.absent, IsEmpty());
}

TEST(Refresh, WhatWasSetAnewWhileItWasOffCounts) {
  const auto kept = of({{"lifecycle", "", {rule("a"), {}}}});
  const auto now = of({{"lifecycle", "", {rule("b"), {}}}});
  const auto fresh = refreshed(kept, now, {"lifecycle"});
  EXPECT_THAT(fresh.changed, ElementsAre("lifecycle (changed)"));
  EXPECT_EQ(fresh.configuration, now);
}

// An undo switches versioning on to put histories back: that is not the owner's wish.
TEST(Refresh, WhatTheJobSetOtherwiseStays) {
  const auto kept = of({{"versioning", "", {"<V>Suspended</V>", {}}}});
  const auto now = of({{"versioning", "", {"<V>Enabled</V>", {}}}});
  const auto fresh = refreshed(kept, now, {"versioning"});
  EXPECT_THAT(fresh.changed, IsEmpty());
  EXPECT_EQ(fresh.configuration, kept);
}

}  // namespace
}  // namespace s3m::workflow
