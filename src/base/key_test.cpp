#include "base/key.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace s3m {
namespace {

using namespace std::literals;

TEST(KeyOrder, is_by_unsigned_bytes) {
  EXPECT_LT("a\x7F"sv, "a\x80"sv);
  EXPECT_LT("z"sv, "\xC3\xA4"sv);
  EXPECT_LT("\xEF\xBF\xBD"sv, "\xF0\x9F\x98\x80"sv);  // UTF-16 would order these the other way
  EXPECT_LT("a"sv, "a\0"sv);
  EXPECT_LT("\0"sv, "\1"sv);
  EXPECT_GT("\xFF"sv, "\x00"sv);
}

TEST(KeyOrder, of_a_whole_listing) {
  const std::vector<std::string> listed = {
      "",   "\t",   " ",        "!",        "-",
      "A",  "a",    "a ",       "a/",       "a0",
      "aa", "\x7F", "\xC2\x80", "\xE2\x82", "\xF0\x90\x80\x80"};
  EXPECT_TRUE(std::ranges::is_sorted(listed));
}

TEST(KeyRange, holds_what_lies_after_and_until) {
  const KeyRange range{"b", "d"};
  EXPECT_FALSE(range.contains("a"));
  EXPECT_FALSE(range.contains("b"));
  EXPECT_TRUE(range.contains("b\0"sv));
  EXPECT_TRUE(range.contains("c"));
  EXPECT_TRUE(range.contains("d"));
  EXPECT_FALSE(range.contains("d\0"sv));
  EXPECT_FALSE(range.contains("\xC3\xA4"));
}

TEST(KeyRange, without_bounds_holds_every_key) {
  const KeyRange all;
  EXPECT_TRUE(all.contains("\0"sv));
  EXPECT_TRUE(all.contains("\xF4\x8F\xBF\xBF"));
  EXPECT_FALSE(all.contains(""));
}

TEST(KeyRange, neighbours_share_no_key) {
  const KeyRange left{"", "m"};
  const KeyRange right{"m", std::nullopt};
  for (const auto key : {"a"sv, "m"sv, "m\0"sv, "z"sv}) {
    EXPECT_NE(left.contains(key), right.contains(key)) << key;
  }
}

TEST(SingleDelete, for_keys_that_xml_cannot_carry) {
  for (const auto key : {"\0"sv, "a\rb"sv, "tab\t"sv, "line\n"sv, "\x1b[0m"sv, "\x1F"sv,
                         "del\x7F"sv, " a"sv, "a "sv, "\xEF\xBF\xBE"sv, "x\xEF\xBF\xBFy"sv}) {
    EXPECT_TRUE(needs_single_delete(key)) << key;
  }
  for (const auto key : {""sv, "a b"sv, "<&>\"'"sv, "\xC2\x80"sv, "\xEF\xBF\xBD"sv, "\xEF\xBF"sv,
                         "\xF0\x9F\x98\x80"sv}) {
    EXPECT_FALSE(needs_single_delete(key)) << key;
  }
}

}  // namespace
}  // namespace s3m
