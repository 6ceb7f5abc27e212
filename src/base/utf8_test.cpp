#include "base/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace s3m {
namespace {

using namespace std::literals;

TEST(Utf8, the_edges_of_each_length) {
  const auto expect = [](std::string_view text, char32_t value) {
    const auto scalar = first_scalar(text);
    ASSERT_TRUE(scalar.has_value()) << hex(text);
    EXPECT_EQ(scalar->value, value);
    EXPECT_EQ(scalar->length, text.size());
  };
  expect("\0"sv, 0);
  expect("\x7F", 0x7F);
  expect("\xC2\x80", 0x80);
  expect("\xDF\xBF", 0x7FF);
  expect("\xE0\xA0\x80", 0x800);
  expect("\xED\x9F\xBF", 0xD7FF);
  expect("\xEE\x80\x80", 0xE000);
  expect("\xEF\xBF\xBF", 0xFFFF);
  expect("\xF0\x90\x80\x80", 0x10000);
  expect("\xF4\x8F\xBF\xBF", 0x10FFFF);
}

TEST(Utf8, refuses_what_is_not_utf8) {
  for (const auto text : {
           ""sv,
           "\x80"sv,
           "\xBF"sv,  // nothing, bytes without a lead
           "\xC0\x80"sv,
           "\xC1\xBF"sv,
           "\xE0\x9F\xBF"sv,      // overlong
           "\xF0\x8F\xBF\xBF"sv,  // overlong
           "\xED\xA0\x80"sv,
           "\xED\xBF\xBF"sv,  // surrogates
           "\xF4\x90\x80\x80"sv,
           "\xF8\x88\x80\x80\x80"sv,
           "\xFE"sv,
           "\xFF"sv,  // too great
           "\xC3"sv,
           "\xE2\x82"sv,
           "\xF0\x9F\x98"sv,  // cut short
           "\xC3("sv,
           "\xE2(\xA1"sv,
           "\xF0\x9F\x98("sv,  // interrupted
       }) {
    EXPECT_FALSE(first_scalar(text).has_value()) << hex(text);
    if (!text.empty()) EXPECT_FALSE(valid_utf8(text)) << hex(text);
  }
}

TEST(Utf8, a_text_is_valid_as_a_whole) {
  EXPECT_TRUE(valid_utf8(""));
  EXPECT_TRUE(valid_utf8("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80 \xE6\xBC\xA2"));
  EXPECT_FALSE(valid_utf8("good until \xC3"));
  EXPECT_FALSE(valid_utf8("good \xFF again"));
}

TEST(Utf8, what_is_unsafe_to_show) {
  for (const auto scalar :
       U"\0\x1B\x1F\x7F\x85\x9B\x9F\u061C\u200B\u200E\u200F\u2028\u2029\u202A"
       U"\u202E\u2066\u2069\uFEFF\uFFFE\U000E0001\U000E007F"s) {
    EXPECT_TRUE(is_unsafe_to_show(scalar)) << std::uint32_t{scalar};
  }
  for (const auto scalar :
       U" ~\xA0\xE4\u0627\u200C\u200D\u2026\u2030\u6F22\uFFFD\U0001F600\U000E0080"s) {
    EXPECT_FALSE(is_unsafe_to_show(scalar)) << std::uint32_t{scalar};
  }
}

}  // namespace
}  // namespace s3m
