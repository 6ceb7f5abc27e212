#include "store/part_sizes.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace s3m::store {
namespace {

using Sizes = std::vector<std::uint64_t>;

TEST(PartSizes, equal_neighbours_are_counted) {
  EXPECT_EQ(encode_part_sizes({}), "");
  EXPECT_EQ(encode_part_sizes({5}), "1x5");
  EXPECT_EQ(encode_part_sizes({5, 5, 5, 2}), "3x5,1x2");
  EXPECT_EQ(encode_part_sizes({5, 2, 5}), "1x5,1x2,1x5");
}

TEST(PartSizes, come_back) {
  for (const auto& sizes :
       {Sizes{}, Sizes{0}, Sizes{8, 8, 8, 1}, Sizes{1, 2, 1, 2},
        Sizes{std::numeric_limits<std::uint64_t>::max()}, Sizes(max_parts, 1)}) {
    EXPECT_EQ(decode_part_sizes(encode_part_sizes(sizes)), sizes);
  }
}

TEST(PartSizes, nothing_else_is_read) {
  for (const auto* const text :
       {"x", "5", "1x", "x5", ",", "1x5,", ",1x5", "1x5,,1x2", "0x5", "-1x5", "1x-5", "1x5 ",
        "1x5,1x5", "01x5", "1x5x5", "10001x1", "10000x1,1x2", "18446744073709551615x1",
        "1x18446744073709551616"}) {
    EXPECT_EQ(decode_part_sizes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace s3m::store
