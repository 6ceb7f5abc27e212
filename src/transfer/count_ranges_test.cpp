#include "transfer/count_ranges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace s3m::transfer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const KeyRange all{};

KeyRange range(std::string after, std::string until) {
  return {.after = std::move(after), .until = std::move(until)};
}
KeyRange open_range(std::string after) {
  return {.after = std::move(after), .until = {}};
}

TEST(Remaining, IsWhatNobodyCovered) {
  EXPECT_THAT(remaining({all}, {}), ElementsAre(all));
  EXPECT_THAT(remaining({all}, {all}), IsEmpty());
  EXPECT_THAT(remaining({all}, {range("", "m")}), ElementsAre(open_range("m")));
  EXPECT_THAT(remaining({all}, {open_range("m")}), ElementsAre(range("", "m")));
  EXPECT_THAT(remaining({all}, {open_range("t"), range("c", "f"), range("f", "k")}),
              ElementsAre(range("", "c"), range("k", "t")));
}

TEST(Remaining, KeepsToTheRangesThatWereToBeCovered) {
  const std::vector<KeyRange> from{range("a", "c"), range("m", "p"), open_range("x")};
  EXPECT_THAT(remaining(from, {}), ElementsAre(from[0], from[1], from[2]));
  EXPECT_THAT(remaining(from, {range("m", "n"), range("a", "c")}),
              ElementsAre(range("n", "p"), open_range("x")));
  EXPECT_THAT(remaining(from, {range("a", "c"), range("m", "p"), open_range("x")}), IsEmpty());
}

}  // namespace
}  // namespace s3m::transfer
