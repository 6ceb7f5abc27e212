#include "transfer/version_rules.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace s3m::transfer {
namespace {

constexpr int most_empty_pages = 1000;

constexpr std::string_view apart =
    "the service lists versions and delete markers apart from each other instead of each key's in "
    "the order of time, so what happened in which order cannot be known: --versions all needs a "
    "service that does not";

bool is_marker(const aws::VersionEntry& entry) {
  return entry.version.delete_marker;
}

// Both kinds, one behind the other.
bool looks_apart(const aws::VersionPage& page) {
  const auto& all = page.versions;
  if (all.empty()) return false;
  const bool first = is_marker(all.front());
  const auto turn = std::ranges::find(all, !first, is_marker);
  return turn != all.end() && std::find_if(turn, all.end(), [&](const aws::VersionEntry& entry) {
                                return is_marker(entry) == first;
                              }) == all.end();
}

// What is wrong with `entry` coming after `before`, of the same key; empty: nothing.
std::string_view fault_within_key(const aws::VersionEntry& before, const aws::VersionEntry& entry) {
  if (entry.latest) return "the listing shows the latest version of a key behind an older one";
  if (entry.version.last_modified > before.version.last_modified)
    return "the listing shows a version behind an older one of its key";
  if (entry.version.id == before.version.id) return "the listing shows a version twice";
  return {};
}

}  // namespace

VersionRules::VersionRules(std::string bucket, std::string prefix)
    : bucket_(std::move(bucket)), prefix_(std::move(prefix)) {}

Result<void> VersionRules::check(const aws::VersionPage& page,
                                 const aws::ListVersionsRequest& request) {
  auto ordered = check_order(page, request);
  return ordered ? check_markers(page, request) : std::move(ordered);
}

Result<void> VersionRules::check_order(const aws::VersionPage& page,
                                       const aws::ListVersionsRequest& request) {
  const auto wrong = [&](const aws::VersionEntry& entry, std::string message) {
    if (looks_apart(page)) message = apart;
    return broken(page, entry.key, std::move(message));
  };
  const aws::VersionEntry* before = nullptr;
  for (const auto& entry : page.versions) {
    if (!entry.key.starts_with(prefix_)) {
      return broken(page, entry.key, "the listing shows a key outside the prefix it was asked for");
    }
    if (before == nullptr && entry.key < request.key_marker) {
      return broken(page, entry.key,
                    "the listing goes back: the page does not begin beyond \"" +
                        printable(request.key_marker) + "\"");
    }
    if (before != nullptr && entry.key < before->key) {
      return wrong(entry, "the listing is not in binary order of keys: this key comes after \"" +
                              printable(before->key) + "\"");
    }
    if (before != nullptr && entry.key == before->key) {
      const auto fault = fault_within_key(*before, entry);
      if (!fault.empty()) return wrong(entry, std::string(fault));
    } else if (!entry.latest && entry.key != request.key_marker) {
      return wrong(entry, "the listing does not begin a key with its latest version");
    }
    before = &entry;
  }
  return ok;
}

Result<void> VersionRules::check_markers(const aws::VersionPage& page,
                                         const aws::ListVersionsRequest& request) {
  if (!page.truncated) return ok;
  if (page.next_key_marker.empty()) {
    return broken(page, request.key_marker,
                  "the listing page is truncated and has no marker to go on with");
  }
  const bool repeats = page.next_key_marker == request.key_marker &&
                       page.next_version_id_marker == request.version_id_marker;
  if (repeats && !page.versions.empty()) {
    return broken(page, request.key_marker,
                  "the listing repeats its marker and so would never end");
  }
  empty_pages_ = page.versions.empty() ? empty_pages_ + 1 : 0;
  if (empty_pages_ > most_empty_pages) {
    return broken(page, request.key_marker, "the listing gives empty pages without an end");
  }
  return ok;
}

std::unexpected<Error> VersionRules::broken(const aws::VersionPage& page, std::string_view key,
                                            std::string message) const {
  Error error(Errc::listing_order, std::move(message));
  error.operation("ListObjectVersions").bucket(bucket_).key(std::string(key));
  error.request_id(page.request_id);
  return fail(std::move(error));
}

}  // namespace s3m::transfer
