// location.hpp: a bucket and prefix as the user names them, and when two of them overlap.
//
// Layer  transfer; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace s3m::transfer {

// Where this program keeps what is its own in a bucket: records, manifests, scratch objects. No
// walk shows it.
inline constexpr std::string_view reserved_prefix = ".s3migrator/";

struct Location {
  std::string bucket;
  std::string prefix;  // raw bytes, may be empty, need not end in '/'

  std::string uri() const;  // "s3://bucket/prefix", for messages
  friend bool operator==(const Location&, const Location&) = default;
};

// Splits "s3://bucket[/prefix]" by hand at the first slash: a URL parser would misread '?', '#',
// spaces and UTF-8 in prefixes.
//
// Errors  usage, one sentence: no scheme, no bucket, a name that breaks the naming rules of S3
//         (legacy names of us-east-1 are accepted), a prefix above 1024 bytes or not UTF-8.
Result<Location> parse_location(std::string_view uri);

// True when a walk of one could meet what a copy to the other writes: same bucket, one prefix
// containing the other (guard G26). The caller knows whether the servers are the same.
bool overlap(const Location& a, const Location& b) noexcept;

// How keys of the location begin, after its prefix, that are reserved; nullopt: none is, also where
// the location itself lies below the reserved prefix, which then was asked for.
std::optional<std::string_view> reserved_below(const Location& location) noexcept;

}  // namespace s3m::transfer
