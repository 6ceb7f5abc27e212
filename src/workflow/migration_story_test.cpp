#include "workflow/migration_story.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

TEST(ConfigurationStory, ComesBackWholeFromTheStore) {
  const ConfigurationStory story{.settings = 8,
                                 .changed = {{"policy", "Principal \"AWS\"", "1", "2"}},
                                 .not_carried = {"a", "b"},
                                 .notes = {"c"}};
  const auto back = configuration_story_from_json(to_json(story));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, story);
  for (const auto* const text : {"", "[]", "null", "{"})
    EXPECT_EQ(configuration_story_from_json(text).error().code(), Errc::protocol) << text;
}

TEST(Exposure, IsFromTheDeletionToTheMomentTheNameWasOurs) {
  const auto from = parse_iso8601("2026-11-22T16:28:05Z").value();
  EXPECT_FALSE(Exposure{.from = from}.seconds()) << "it goes on";
  EXPECT_EQ((Exposure{from, from + std::chrono::milliseconds(1500), false}.seconds()), 1.5);
  EXPECT_EQ(exposure_text(1.5, false), "1.5 s");
  EXPECT_EQ(exposure_text(119.96, false), "120.0 s");
  EXPECT_EQ(exposure_text(3700, true), "at most 1h1m, the time between two runs included");
}

}  // namespace
}  // namespace s3m::workflow
