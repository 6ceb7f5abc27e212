#include "workflow/configuration/parts.hpp"

#include <gtest/gtest.h>

namespace s3m::workflow {
namespace {

TEST(ConfigurationParts, TellWhatBecomesOfEach) {
  Configuration source, destination;
  source.items = {{"cors", "", {"<C/>", {}}},
                  {"policy", "", {R"({"a":1})", {}}},
                  {"inventory", "weekly", {"<I/>", {}}},
                  {"acl", "", {"<A/>", {{"x-amz-acl", "private"}}}}};
  destination.items = {{"cors", "", {"<C/>", {}}},
                       {"policy", "", {R"({"a":2})", {}}},
                       {"ownershipControls", "", {"<O/>", {}}},
                       {"acl", "", {"<A/>", {{"x-amz-acl", "private"}}}}};
  const auto parts = configuration_parts(
      source, destination,
      {.not_carried = {"inventory \"weekly\": its bucket stays behind"}, .notes = {"cors: look"}});
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(parts[0].name, "cors");
  EXPECT_EQ(name(parts[0].state), "same");
  EXPECT_EQ(parts[0].note, "look");
  EXPECT_EQ(name(parts[1].state), "rewritten");
  EXPECT_EQ(parts[1].source, R"({"a":1})");
  EXPECT_EQ(parts[1].destination, R"({"a":2})");
  EXPECT_EQ(name(parts[2].state), "not-carried");
  EXPECT_EQ(parts[2].destination, std::nullopt);
  EXPECT_EQ(parts[2].note, "its bucket stays behind");
  EXPECT_EQ(parts[3].source, "<A/>\nx-amz-acl: private");
  EXPECT_EQ(name(parts[4].state), "added");
  EXPECT_EQ(parts[4].source, std::nullopt);
  EXPECT_EQ(parts[4].name, "ownershipControls");
}

}  // namespace
}  // namespace s3m::workflow
