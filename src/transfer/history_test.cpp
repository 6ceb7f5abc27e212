#include "transfer/history.hpp"

#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using namespace std::chrono_literals;

aws::ObjectVersion version(std::string id, std::uint64_t size, std::string etag,
                           std::chrono::milliseconds time) {
  return {
      .id = std::move(id), .size = size, .etag = std::move(etag), .last_modified = WallTime(time)};
}

const std::string one(32, '1'), two(32, '2');

TEST(History, MarkersAreLikeMarkersOnly) {
  aws::ObjectVersion marker{.id = "m", .delete_marker = true};
  EXPECT_EQ(compare(marker, marker, {}), Likeness::same_strong);
  EXPECT_EQ(compare(marker, version("v", 0, one, 0s), {}), Likeness::differs);
  EXPECT_EQ(compare(version("v", 0, one, 0s), marker, {}), Likeness::differs);
}

TEST(History, ACopyOfAVersionNeedOnlyBeNoOlder) {
  const auto source = version("v", 9, one + "-2", 1500ms);
  EXPECT_EQ(compare(source, version("c", 9, two, 1000ms), {}), Likeness::same_weak)
      << "dates of whole seconds";
  EXPECT_EQ(compare(source, version("c", 9, two, 400ms), {}), Likeness::unproven);
  EXPECT_EQ(compare(source, version("c", 8, two, 2000ms), {}), Likeness::differs);
  EXPECT_EQ(compare(source, version("c", 9, two, 2s), {.same_service = false}), Likeness::unproven);
}

TEST(History, TheVersionNullMayHaveBeenReplacedSince) {
  const auto source = version("null", 9, one + "-2", 1s);
  EXPECT_EQ(compare(source, version("c", 9, two, 5s), {}), Likeness::unproven);
  EXPECT_EQ(compare(source, version("c", 9, two, std::chrono::hours(2)), {}), Likeness::same_weak);
}

TEST(History, CountsWhatItHolds) {
  const History history{.versions = {version("a", 3, one, 0s),
                                     {.id = "m", .delete_marker = true},
                                     version("b", 4, one, 0s)}};
  EXPECT_EQ(history.bytes(), 7u);
  EXPECT_EQ(history.delete_markers(), 1u);
  EXPECT_FALSE(history.too_long());
}

}  // namespace
}  // namespace s3m::transfer
