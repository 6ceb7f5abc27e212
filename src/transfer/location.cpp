#include "transfer/location.hpp"

#include <algorithm>
#include <cstddef>

#include "base/key.hpp"
#include "base/text.hpp"

namespace s3m::transfer {
namespace {

constexpr std::string_view scheme = "s3://";

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool looks_like_address(std::string_view name) noexcept {
  return std::ranges::count(name, '.') == 3 &&
         std::ranges::all_of(name, [](char c) { return is_digit(c) || c == '.'; });
}

// Buckets made in us-east-1 before 2018 may have 255 characters, upper case and underscores; they
// can still be read, so the old rules are the ones that hold here.
bool valid_bucket_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
  };
  return name.size() >= 3 && name.size() <= 255 && std::ranges::all_of(name, allowed) &&
         is_alphanumeric(name.front()) && is_alphanumeric(name.back()) && !name.contains("..") &&
         !looks_like_address(name);
}

std::unexpected<Error> usage(std::string_view uri, std::string_view why) {
  return fail(Errc::usage, "\"" + printable(uri) + "\" " + std::string(why));
}

}  // namespace

std::string Location::uri() const {
  std::string text{scheme};
  text += bucket;
  if (!prefix.empty()) text.append("/").append(prefix);
  return text;
}

Result<Location> parse_location(std::string_view uri) {
  if (!uri.starts_with(scheme)) {
    return usage(uri, "is not a location: it must begin with s3://, as in s3://bucket/prefix");
  }
  const auto rest = uri.substr(scheme.size());
  const auto slash = rest.find('/');
  const auto bucket = rest.substr(0, slash);
  const auto prefix = slash == rest.npos ? std::string_view{} : rest.substr(slash + 1);
  if (bucket.empty()) return usage(uri, "names no bucket");
  if (!valid_bucket_name(bucket)) {
    return usage(
        uri, "does not name a bucket: \"" + printable(bucket) + "\" breaks the naming rules of S3");
  }
  if (prefix.size() > max_key_bytes) return usage(uri, "has a prefix above 1024 bytes");
  if (!valid_utf8(prefix)) return usage(uri, "has a prefix that is not UTF-8");
  return Location{std::string(bucket), std::string(prefix)};
}

bool overlap(const Location& a, const Location& b) noexcept {
  return a.bucket == b.bucket && (a.prefix.starts_with(b.prefix) || b.prefix.starts_with(a.prefix));
}

std::optional<std::string_view> reserved_below(const Location& location) noexcept {
  const auto& prefix = location.prefix;
  const bool inside = reserved_prefix.starts_with(prefix) && prefix.size() < reserved_prefix.size();
  if (location.bucket.empty() || !inside) return std::nullopt;
  return reserved_prefix.substr(prefix.size());
}

}  // namespace s3m::transfer
