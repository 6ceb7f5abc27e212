#include "base/time.hpp"

#include <array>

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array month_names = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
constexpr std::array day_names =
    std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});

class SystemClock final : public Clock {
 public:
  WallTime now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }
};

// A time taken apart in UTC.
struct Fields {
  explicit Fields(WallTime time)
      : midnight(std::chrono::floor<days>(time)), date(midnight), clock(time - midnight) {}
  std::chrono::sys_days midnight;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<milliseconds> clock;
  int year() const { return int{date.year()}; }
  unsigned month() const { return unsigned{date.month()}; }
  unsigned day() const { return unsigned{date.day()}; }
};

// Reads a text from its front; after the first thing that does not fit nothing fits any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // Exactly `count` decimal digits.
  int digits(std::size_t count) {
    int value = 0;
    for (; count > 0; --count) {
      if (!at_digit()) return fail();
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  void literal(std::string_view text) {
    if (!take(text)) fail();
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  bool at_digit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }
  bool done() const { return !failed_ && rest_.empty(); }

  int fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Date {
  int year, month, day;
};
struct TimeOfDay {
  int hour, minute, second;
};

// A second of 60 is a leap second and means the one after it.
std::optional<WallTime> join(Date date, TimeOfDay time) {
  const std::chrono::year_month_day day{std::chrono::year(date.year),
                                        std::chrono::month(static_cast<unsigned>(date.month)),
                                        std::chrono::day(static_cast<unsigned>(date.day))};
  if (!day.ok() || time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  return std::chrono::sys_days(day) + hours(time.hour) + minutes(time.minute) +
         seconds(time.second);
}

// ".123456" as milliseconds; nothing if there is no point.
milliseconds read_fraction(Reader& reader) {
  if (!reader.take(".")) return {};
  if (!reader.at_digit()) reader.fail();
  milliseconds fraction{0};
  for (milliseconds weight{100}; reader.at_digit(); weight /= 10) {
    fraction += weight * reader.digits(1);
  }
  return fraction;
}

// "Z", "+02:00" or "-0700": how far local time is ahead of UTC.
minutes read_zone(Reader& reader) {
  if (reader.take("Z")) return {};
  const bool behind = reader.take("-");
  if (!behind) reader.literal("+");
  const int hour = reader.digits(2);
  reader.take(":");
  const int minute = reader.digits(2);
  if (hour > 23 || minute > 59) reader.fail();
  const minutes ahead = hours(hour) + minutes(minute);
  return behind ? -ahead : ahead;
}

}  // namespace

const Clock& system_clock() noexcept {
  static const SystemClock clock;
  return clock;
}

ManualClock::ManualClock(WallTime start) : milliseconds_(start.time_since_epoch().count()) {}

WallTime ManualClock::now() const {
  return WallTime(milliseconds(milliseconds_.load()));
}

void ManualClock::advance(milliseconds by) {
  milliseconds_ += by.count();
}

void ManualClock::set(WallTime to) {
  milliseconds_ = to.time_since_epoch().count();
}

std::string iso8601(WallTime time) {
  const Fields f(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.year(), f.month(), f.day(),
                     f.clock.hours().count(), f.clock.minutes().count(), f.clock.seconds().count(),
                     f.clock.subseconds().count());
}

std::string iso8601_seconds(WallTime time) {
  const Fields f(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", f.year(), f.month(), f.day(),
                     f.clock.hours().count(), f.clock.minutes().count(), f.clock.seconds().count());
}

std::string amz_date(WallTime time) {
  const Fields f(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", f.year(), f.month(), f.day(),
                     f.clock.hours().count(), f.clock.minutes().count(), f.clock.seconds().count());
}

std::string http_date(WallTime time) {
  const Fields f(time);
  const auto weekday = std::chrono::weekday(f.midnight).c_encoding();
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", day_names[weekday], f.day(),
                     month_names[f.month() - 1], f.year(), f.clock.hours().count(),
                     f.clock.minutes().count(), f.clock.seconds().count());
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
  Reader reader(text);
  Date date{};
  TimeOfDay time{};
  date.year = reader.digits(4);
  reader.literal("-");
  date.month = reader.digits(2);
  reader.literal("-");
  date.day = reader.digits(2);
  reader.literal("T");
  time.hour = reader.digits(2);
  reader.literal(":");
  time.minute = reader.digits(2);
  reader.literal(":");
  time.second = reader.digits(2);
  const auto fraction = read_fraction(reader);
  const auto ahead = read_zone(reader);
  const auto whole = join(date, time);
  if (!reader.done() || !whole) return std::nullopt;
  return *whole + fraction - ahead;
}

std::optional<WallTime> parse_amz_date(std::string_view text) {
  Reader reader(text);
  Date date{};
  TimeOfDay time{};
  date.year = reader.digits(4);
  date.month = reader.digits(2);
  date.day = reader.digits(2);
  reader.literal("T");
  time.hour = reader.digits(2);
  time.minute = reader.digits(2);
  time.second = reader.digits(2);
  reader.literal("Z");
  if (!reader.done()) return std::nullopt;
  return join(date, time);
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  Reader reader(text);
  Date date{};
  TimeOfDay time{};
  for (const auto day : day_names) {
    if (reader.take(day)) break;
  }
  reader.literal(", ");
  date.day = reader.digits(2);
  reader.literal(" ");
  for (std::size_t i = 0; i < month_names.size() && date.month == 0; ++i) {
    if (reader.take(month_names[i])) date.month = static_cast<int>(i) + 1;
  }
  reader.literal(" ");
  date.year = reader.digits(4);
  reader.literal(" ");
  time.hour = reader.digits(2);
  reader.literal(":");
  time.minute = reader.digits(2);
  reader.literal(":");
  time.second = reader.digits(2);
  reader.literal(" GMT");
  const auto joined = join(date, time);
  if (!reader.done() || !joined) return std::nullopt;
  // The weekday must be there and agree, and a leap second is no time that HTTP writes.
  if (http_date(*joined) != text) return std::nullopt;
  return joined;
}

}  // namespace s3m
