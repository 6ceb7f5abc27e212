#include "base/time.hpp"

#include <random>

#include <gtest/gtest.h>

namespace s3m {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::sys_days;

WallTime at(std::int64_t since_epoch) {
  return WallTime(milliseconds(since_epoch));
}

const WallTime example = sys_days(std::chrono::November / 22 / 2026) + 16h + 28min + 5s + 7ms;

TEST(Time, the_four_formats) {
  EXPECT_EQ(iso8601(example), "2026-11-22T16:28:05.007Z");
  EXPECT_EQ(iso8601_seconds(example), "2026-11-22T16:28:05Z");
  EXPECT_EQ(amz_date(example), "20261122T162805Z");
  EXPECT_EQ(http_date(example), "Sun, 22 Nov 2026 16:28:05 GMT");
}

TEST(Time, before_the_epoch_and_on_leap_days) {
  EXPECT_EQ(iso8601(at(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(http_date(at(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(iso8601_seconds(sys_days(std::chrono::February / 29 / 2024)), "2024-02-29T00:00:00Z");
}

TEST(Time, every_format_is_read_back) {
  std::mt19937_64 random(7);
  // Years 1 to 9999.
  std::uniform_int_distribution<std::int64_t> moment(-62'135'596'800'000, 253'402'300'799'999);
  for (int round = 0; round < 5000; ++round) {
    const auto time = at(moment(random));
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    ASSERT_EQ(parse_iso8601(iso8601(time)), time);
    ASSERT_EQ(parse_iso8601(iso8601_seconds(time)), second);
    ASSERT_EQ(parse_amz_date(amz_date(time)), second);
    ASSERT_EQ(parse_http_date(http_date(time)), second);
  }
}

TEST(ParseIso8601, fractions_and_zones) {
  const auto second = example - 7ms;
  EXPECT_EQ(parse_iso8601("2026-11-22T16:28:05Z"), second);
  EXPECT_EQ(parse_iso8601("2026-11-22T16:28:05.5Z"), second + 500ms);
  EXPECT_EQ(parse_iso8601("2026-11-22T16:28:05.007999999999Z"), example);
  EXPECT_EQ(parse_iso8601("2026-11-22T17:28:05+01:00"), second);
  EXPECT_EQ(parse_iso8601("2026-11-22T11:58:05.000-0430"), second);
  EXPECT_EQ(parse_iso8601("2026-11-23T00:28:05+08:00"), second);
  EXPECT_EQ(parse_iso8601("2016-12-31T23:59:60Z"), parse_iso8601("2017-01-01T00:00:00Z"));
}

TEST(ParseIso8601, refuses_everything_else) {
  for (const auto* const text : {"",
                                 "2026",
                                 "2026-11-22",
                                 "2026-11-22T16:28:05",
                                 "2026-11-22 16:28:05Z",
                                 "2026-11-22T16:28Z",
                                 "2026-11-22T16:28:05z",
                                 "2026-11-22T16:28:05.Z",
                                 "2026-11-22T16:28:05,5Z",
                                 "2026-11-22T16:28:05Z ",
                                 " 2026-11-22T16:28:05Z",
                                 "2026-13-22T16:28:05Z",
                                 "2026-00-22T16:28:05Z",
                                 "2026-02-29T16:28:05Z",
                                 "2026-11-31T16:28:05Z",
                                 "2026-11-22T24:00:00Z",
                                 "2026-11-22T16:60:05Z",
                                 "2026-11-22T16:28:61Z",
                                 "2026-11-22T16:28:05+24:00",
                                 "2026-11-22T16:28:05+01",
                                 "2026-11-22T16:28:05+01:60",
                                 "2026-11-22T16:28:05+-1:00",
                                 "12026-11-22T16:28:05Z",
                                 "-026-11-22T16:28:05Z",
                                 "+026-11-22T16:28:05Z",
                                 "2026-1a-22T16:28:05Z",
                                 "2026-11-22T16:28:05ZZ",
                                 "2026-11-22T16:28:05Z+01:00"}) {
    EXPECT_EQ(parse_iso8601(text), std::nullopt) << text;
  }
}

TEST(ParseAmzDate, refuses_everything_else) {
  for (const auto* const text :
       {"", "20261122", "20261122T162805", "20261122T1628Z", "20261122t162805Z",
        "2026-11-22T16:28:05Z", "20261122T162805ZZ", "20261322T162805Z", "20261122T252805Z"}) {
    EXPECT_EQ(parse_amz_date(text), std::nullopt) << text;
  }
}

TEST(ParseHttpDate, refuses_everything_else) {
  for (const auto* const text : {"", "Sun, 22 Nov 2026 16:28:05", "Sun, 22 Nov 2026 16:28:05 UTC",
                                 "Mon, 22 Nov 2026 16:28:05 GMT", "sun, 22 nov 2026 16:28:05 gmt",
                                 "Sun, 2 Nov 2026 16:28:05 GMT", "22 Nov 2026 16:28:05 GMT",
                                 "Sunday, 22-Nov-26 16:28:05 GMT", "Sun Nov 22 16:28:05 2026",
                                 "Sun, 22 Nov 2026 16:28:05 GMT ", "Sat, 31 Nov 2026 16:28:05 GMT",
                                 "Sat, 31 Dec 2016 23:59:60 GMT"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

TEST(Clock, the_manual_one_moves_by_hand_alone) {
  ManualClock clock(example);
  EXPECT_EQ(clock.now(), example);
  clock.advance(90s);
  EXPECT_EQ(clock.now(), example + 90s);
  clock.set(at(0));
  EXPECT_EQ(clock.now(), at(0));
}

TEST(Clock, the_systems_is_now) {
  const auto before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto now = system_clock().now();
  const auto after = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

}  // namespace
}  // namespace s3m
