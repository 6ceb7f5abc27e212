// time.hpp: the clock as a value that tests can replace, and the four time formats of AWS.
//
// Layer  base. Parsing and formatting are pure; Clock implementations say their own threading.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace s3m {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

// Wall time, injected wherever a rule depends on it (signing, expiry, G10). Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
};

// The machine's clock; never null, lives for ever.
const Clock& system_clock() noexcept;

// A clock that tests move by hand. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start);
  WallTime now() const override;
  void advance(std::chrono::milliseconds by);
  void set(WallTime to);

 private:
  std::atomic<std::int64_t> milliseconds_;
};

std::string iso8601(WallTime time);          // 2026-11-22T16:28:00.000Z, as S3 listings
std::string iso8601_seconds(WallTime time);  // 2026-11-22T16:28:00Z, as STS
std::string amz_date(WallTime time);         // 20261122T162800Z, as SigV4
std::string http_date(WallTime time);        // Sun, 22 Nov 2026 16:28:00 GMT (RFC 9110, 5.6.7)

// Accepts any number of fraction digits (those past milliseconds dropped), "Z", and numeric
// offsets; nullopt otherwise.
std::optional<WallTime> parse_iso8601(std::string_view text);
std::optional<WallTime> parse_amz_date(std::string_view text);
// IMF-fixdate alone, and exactly: what http_date() would write for some time.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace s3m
