// page.hpp: a page of a listing: which entries, and how to go on.
//
// Layer  sim.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/call.hpp"

namespace s3m::sim {

// Where a listing goes on: behind a key, or behind all keys that begin with a common prefix.
struct Position {
  std::string key;
  bool common_prefix = false;
};

struct Entry {
  const std::string* key = nullptr;  // null for a common prefix
  const Version* version = nullptr;
  bool latest = false;
  std::string common_prefix;
};

struct Page {
  std::vector<Entry> entries;
  bool truncated = false;
};

struct PageQuery {
  std::string_view prefix, delimiter;
  std::optional<Position> after;
  std::size_t most = 1000;
  bool by_hash = false;  // Switches::unordered_listing
};

// The keys whose newest version is an object, in binary order, those with the delimiter behind the
// prefix folded into common prefixes.
Page list_current(const Bucket& bucket, const PageQuery& query);

// The request's max-keys (or another name for it), at most what a page may hold.
// Errors  InvalidArgument.
std::expected<std::size_t, ApiError> page_size(const World& world, const Call& call,
                                               std::string_view parameter);

// How keys are written: as they are, or encoded with encoding-type=url.
class PageWriter {
 public:
  explicit PageWriter(const Call& call) : encoded_(call.parameter("encoding-type") == "url") {}
  bool encoded() const noexcept { return encoded_; }
  std::string text(std::string_view key) const;

 private:
  bool encoded_;
};

// The first key behind all that begin with `prefix`; nullopt when there can be none.
std::optional<std::string> behind_prefix(std::string_view prefix);

}  // namespace s3m::sim
