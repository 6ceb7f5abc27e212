#include "base/text.hpp"

#include <limits>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "base/ids.hpp"
#include "base/utf8.hpp"

namespace s3m {
namespace {

using namespace std::literals;
using namespace std::chrono_literals;

TEST(Printable, ordinary_text_stays) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("photos/2026/gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80.jpg"),
            "photos/2026/gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80.jpg");
}

TEST(Printable, terminal_escapes_are_taken_apart) {
  EXPECT_EQ(printable("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(printable("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "\\xc2\\x9b31m");  // CSI as one C1 character
  EXPECT_EQ(printable("a\r\nb\tc\bd\x7F"), "a\\x0d\\x0ab\\x09c\\x08d\\x7f");
  EXPECT_EQ(printable("nul\0byte"sv), "nul\\x00byte");
}

TEST(Printable, direction_cannot_be_overridden) {
  EXPECT_EQ(printable("\xE2\x80\xAEgpj.exe"), "\\xe2\\x80\\xaegpj.exe");
  EXPECT_EQ(printable("\xE2\x81\xA6x\xE2\x81\xA9"), "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9");
}

TEST(Printable, foreign_bytes_are_shown_one_by_one) {
  EXPECT_EQ(printable("caf\xE9"), "caf\\xe9");
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xC3(ok"), "\\xc3(ok");
}

TEST(Printable, what_looks_like_an_escape_is_told_from_one) {
  EXPECT_EQ(printable("\\x1b"), "\\\\x1b");
  EXPECT_NE(printable("\\x1b"), printable("\x1b"));
}

// The one text that printable() made `shown` from, or a failure.
std::string unprintable(std::string_view shown) {
  std::string out;
  while (!shown.empty()) {
    if (shown.starts_with("\\\\")) {
      out += '\\';
      shown.remove_prefix(2);
    } else if (shown.starts_with("\\x")) {
      out += unhex(shown.substr(2, 2)).value();
      shown.remove_prefix(4);
    } else {
      out += shown[0];
      shown.remove_prefix(1);
    }
  }
  return out;
}

TEST(Printable, random_bytes_become_one_safe_line_and_can_be_read_back) {
  std::mt19937 random(20261122);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 2000; ++round) {
    std::string text(static_cast<std::size_t>(round % 40), '\0');
    for (auto& c : text)
      c = static_cast<char>(byte(random));
    const auto shown = printable(text);
    ASSERT_TRUE(valid_utf8(shown)) << hex(text);
    for (std::string_view rest = shown; !rest.empty();) {
      const auto scalar = first_scalar(rest).value();
      ASSERT_FALSE(is_unsafe_to_show(scalar.value)) << hex(text);
      rest.remove_prefix(scalar.length);
    }
    ASSERT_EQ(unprintable(shown), text);
  }
}

TEST(SingleLine, escapes_but_leaves_backslashes) {
  EXPECT_EQ(single_line("cannot open \\x1b: \x1b[0m\n"), "cannot open \\x1b: \\x1b[0m\\x0a");
}

TEST(CsvCell, plain_cells_stay) {
  EXPECT_EQ(csv_cell(""), "");
  EXPECT_EQ(csv_cell("a/b c.txt"), "a/b c.txt");
  EXPECT_EQ(csv_cell("1+1=2"), "1+1=2");
}

TEST(CsvCell, what_would_split_a_row_is_quoted) {
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("a;=cmd"), "\"a;=cmd\"");
  EXPECT_EQ(csv_cell("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_cell("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_cell("a\r\nb"), "\"a\r\nb\"");
  EXPECT_EQ(csv_cell("a\tb"), "\"a\tb\"");
  EXPECT_EQ(csv_cell(" outer"), "\" outer\"");
  EXPECT_EQ(csv_cell("outer "), "\"outer \"");
}

TEST(CsvCell, no_spreadsheet_runs_a_key) {
  EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
  EXPECT_EQ(csv_cell("+1"), "'+1");
  EXPECT_EQ(csv_cell("-1"), "'-1");
  EXPECT_EQ(csv_cell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_cell("\t=1"), "\"'\t=1\"");
  EXPECT_EQ(csv_cell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(csv_cell("\n=1"), "\"'\n=1\"");
  EXPECT_EQ(csv_cell("\xEF\xBC\x9D"
                     "1"),
            "'\xEF\xBC\x9D"
            "1");
  EXPECT_EQ(csv_cell("=HYPERLINK(\"http://x\",\"y\")"),
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
}

TEST(Human, bytes_have_three_digits) {
  constexpr std::uint64_t kib = 1024, mib = kib * kib, gib = mib * kib, tib = gib * kib;
  const std::map<std::uint64_t, std::string> expected = {
      {0, "0 B"},
      {1, "1 B"},
      {1023, "1023 B"},
      {kib, "1.00 KiB"},
      {10 * kib - 1, "10.0 KiB"},
      {100 * kib - 1, "100 KiB"},
      {1023 * kib, "1023 KiB"},
      {mib - 1, "1.00 MiB"},
      {mib, "1.00 MiB"},
      {64 * mib + 300 * kib, "64.3 MiB"},
      {5 * gib, "5.00 GiB"},
      {tib + 730 * gib + 900 * mib, "1.71 TiB"},
      {1024 * tib, "1.00 PiB"},
      {std::numeric_limits<std::uint64_t>::max(), "16.0 EiB"},
  };
  for (const auto& [bytes, text] : expected)
    EXPECT_EQ(human_bytes(bytes), text) << bytes;
}

TEST(Human, counts_are_grouped) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1000), "1,000");
  EXPECT_EQ(human_count(1204331), "1,204,331");
  EXPECT_EQ(human_count(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(Human, durations_have_two_units) {
  EXPECT_EQ(human_duration(0s), "0s");
  EXPECT_EQ(human_duration(43s), "43s");
  EXPECT_EQ(human_duration(60s), "1m");
  EXPECT_EQ(human_duration(3599s), "59m59s");
  EXPECT_EQ(human_duration(2h + 30min + 59s), "2h30m");
  EXPECT_EQ(human_duration(2h + 59s), "2h");
  EXPECT_EQ(human_duration(76h + 59min), "3d4h");
  EXPECT_EQ(human_duration(-5s), "0s");
  EXPECT_EQ(human_duration(std::chrono::seconds::max()), "106751991167300d15h");
  EXPECT_EQ(human_duration(std::chrono::seconds::min()), "0s");
}

TEST(Hex, both_ways) {
  EXPECT_EQ(hex("\x00\x7F\x80\xFF"sv), "007f80ff");
  EXPECT_EQ(unhex("007f80FF"), "\x00\x7F\x80\xFF"s);
  EXPECT_EQ(unhex(""), "");
  EXPECT_EQ(unhex("0"), std::nullopt);
  EXPECT_EQ(unhex("0g"), std::nullopt);
  EXPECT_EQ(unhex("0x12"), std::nullopt);
  EXPECT_EQ(unhex(" 1"), std::nullopt);
}

TEST(Base64, the_vectors_of_rfc_4648) {
  const std::map<std::string, std::string> vectors = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(unbase64(text), bytes);
  }
  EXPECT_EQ(base64("\xFB\xFF\xFE"), "+//+");
}

TEST(Base64, only_the_canonical_form_is_read) {
  for (const auto* const text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "=",
                                 "A===", "Z=g=", "Zm9v\n", "Zm 9", "Zm-_", "Zg==Zg=="}) {
    EXPECT_EQ(unbase64(text), std::nullopt) << text;
  }
}

TEST(Base64, random_bytes_come_back) {
  for (std::size_t size = 0; size < 70; ++size) {
    const auto bytes = unhex(random_hex(size)).value();
    EXPECT_EQ(unbase64(base64(bytes)), bytes);
  }
}

TEST(ParseU64, whole_numbers_only) {
  EXPECT_EQ(parse_u64("0"), 0U);
  EXPECT_EQ(parse_u64("007"), 7U);
  EXPECT_EQ(parse_u64("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  for (const auto* const text :
       {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3"}) {
    EXPECT_EQ(parse_u64(text), std::nullopt) << text;
  }
}

TEST(ParseSize, units_are_binary_or_decimal) {
  EXPECT_EQ(parse_size("1024"), 1024U);
  EXPECT_EQ(parse_size("12B"), 12U);
  EXPECT_EQ(parse_size("8MB"), 8'000'000U);
  EXPECT_EQ(parse_size("64MiB"), 67'108'864U);
  EXPECT_EQ(parse_size("64mib"), 67'108'864U);
  EXPECT_EQ(parse_size("5GiB"), 5'368'709'120U);
  EXPECT_EQ(parse_size("16383PiB"), 16383ULL << 50U);
  for (const auto* const text : {"", "MiB", "-1MiB", "1.5GiB", "64 MiB", "64M", "64MiBs",
                                 "16384PiB", "18446744073709551616"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Ascii, case_and_white_space) {
  EXPECT_TRUE(iequals("Content-Type", "content-TYPE"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("[", "{"));
  EXPECT_FALSE(iequals("\xC3\x84", "\xC3\xA4"));
  EXPECT_EQ(lower("ETag \xC3\x84Z"), "etag \xC3\x84z");
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

}  // namespace
}  // namespace s3m
