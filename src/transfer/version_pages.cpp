#include "transfer/version_pages.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace s3m::transfer {
namespace {

constexpr int most_readings = 5;
// A key that was cut off is read again if that repeats at most so much of a page.
constexpr std::uint64_t repeated_share = 8;

}  // namespace

VersionPages::VersionPages(const Side& side, std::string start_after, int page_size)
    : side_(side),
      page_size_(page_size),
      rules_(side.location.bucket, side.location.prefix),
      whole_until_(start_after),
      marker_{.key = std::move(start_after), .version = {}} {}

net::Task<Result<Page>> VersionPages::next() {
  for (;;) {
    auto page = co_await fetch();
    if (!page) co_return forward(page);
    if (!may_have_lost(*page)) co_return take(std::move(*page));
    auto again = read_again();
    if (!again) co_return forward(again);
    if (!*again) co_return take(std::move(*page));
  }
}

net::Task<Result<aws::VersionPage>> VersionPages::fetch() {
  const aws::ListVersionsRequest request{.bucket = side_.location.bucket,
                                         .prefix = side_.location.prefix,
                                         .key_marker = marker_.key,
                                         .version_id_marker = marker_.version,
                                         .max_keys = page_size_,
                                         .expected_owner = side_.expected_owner};
  auto page = co_await side_.reader->list_object_versions(request);
  if (!page) co_return page;
  auto believed = rules_.check(*page, request);
  if (!believed) co_return forward(believed);
  co_return page;
}

// Nothing more of the open key came behind its last version. (An empty page that goes on where it
// stands tells nothing yet.)
bool VersionPages::may_have_lost(const aws::VersionPage& page) const {
  if (open_key_.empty() || marker_.version.empty()) return false;
  if (page.versions.empty()) return !page.truncated;
  return page.versions.front().key != open_key_;
}

// Whether the open key is to be read from its beginning; false once two readings agree.
Result<bool> VersionPages::read_again() {
  Ending ending{.versions = open_.versions.size() + open_.beyond,
                .oldest = open_.versions.back().id};
  if (ending_ == ending) return false;
  if (++readings_ == most_readings) {
    Error error(Errc::listing_order, "the versions of this key change while they are listed");
    error.operation("ListObjectVersions").bucket(side_.location.bucket).key(open_key_);
    return fail(std::move(error));
  }
  ending_ = std::move(ending);
  open_key_.clear();
  open_ = {};
  marker_ = {.key = whole_until_, .version = {}};
  return true;
}

Page VersionPages::take(aws::VersionPage page) {
  Page shown;
  for (auto& entry : page.versions) {
    // A marker without a version: some services begin with its key, some behind it.
    if (entry.key > whole_until_) add(std::move(entry), shown);
  }
  shown.more = page.truncated;
  if (!page.truncated) {
    close_open_key(shown);
  } else {
    choose_marker(std::move(page), !shown.objects.empty());
  }
  shown.open_key = open_key_;
  const bool repeat = shown.more && marker_.version.empty() && !open_key_.empty();
  if (repeat) {
    open_key_.clear();
    open_ = {};
  }
  return shown;
}

void VersionPages::add(aws::VersionEntry entry, Page& shown) {
  if (entry.key != open_key_) {
    close_open_key(shown);
    open_key_ = std::move(entry.key);
  } else if (entry.latest) {
    open_ = {};  // the service has begun the key again
  }
  if (open_.versions.size() < most_versions) {
    open_.versions.push_back(std::move(entry.version));
  } else {
    ++open_.beyond;
  }
}

void VersionPages::close_open_key(Page& shown) {
  if (open_key_.empty()) return;
  whole_until_ = open_key_;
  ending_.reset();
  readings_ = 0;
  auto newest = entry_of(std::exchange(open_key_, {}), open_.versions.front());
  newest.version.clear();
  std::ranges::reverse(open_.versions);
  shown.objects.push_back(std::move(newest));
  shown.histories.push_back(std::exchange(open_, {}));
}

void VersionPages::choose_marker(aws::VersionPage page, bool any_whole_key) {
  const auto open = open_.versions.size() + open_.beyond;
  const bool cheap = open * repeated_share <= page.versions.size();
  if (any_whole_key && cheap) {
    marker_ = {.key = whole_until_, .version = {}};
  } else {
    marker_ = {.key = std::move(page.next_key_marker),
               .version = std::move(page.next_version_id_marker)};
  }
}

}  // namespace s3m::transfer
