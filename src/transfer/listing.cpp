#include "transfer/listing.hpp"

#include <algorithm>
#include <utility>

namespace s3m::transfer {
namespace {

// The full key that a range begins after; empty at the very beginning, where the key that is the
// prefix itself belongs to the range.
std::string start_of(const Side& side, const KeyRange& range) {
  return range.after.empty() ? std::string() : side.location.prefix + range.after;
}

}  // namespace

Listing::Listing(net::Loop& loop, const Side& side, const KeyRange& range, int page_size,
                 PageSink on_page)
    : side_(side),
      range_(range),
      start_after_(start_of(side, range)),
      page_size_(page_size),
      on_page_(std::move(on_page)),
      rules_(side.location.bucket, side.location.prefix, start_after_),
      page_here_(loop),
      fetches_(loop) {}

void Listing::start() {
  if (side_.reader == nullptr) {
    more_ = false;  // a bucket that does not exist yet
    on_page_({}, false);
    return;
  }
  request_page();
}

void Listing::request_page() {
  fetches_.spawn(fetch({.bucket = side_.location.bucket,
                        .prefix = side_.location.prefix,
                        .start_after = start_after_,
                        .continuation_token = token_,
                        .max_keys = page_size_,
                        .expected_owner = side_.expected_owner}));
}

net::Task<void> Listing::fetch(aws::ListRequest request) {
  auto page = co_await side_.reader->list_objects(std::move(request));
  arrived_.emplace(std::move(page));
  page_here_.notify_all();
}

net::Task<Result<void>> Listing::load() {
  while (needs_page()) {
    while (!arrived_)
      co_await page_here_.wait();
    auto page = std::move(*arrived_);
    arrived_.reset();
    if (!page) co_return forward(page);
    auto believed = rules_.check(*page, token_);
    if (!believed) co_return forward(believed);
    accept(std::move(*page));
  }
  co_return ok;
}

void Listing::accept(aws::ListPage page) {
  entries_ = std::move(page.objects);
  next_ = 0;
  more_ = page.truncated;
  token_ = std::move(page.next_token);
  if (range_.until) {
    const auto until = side_.location.prefix + *range_.until;
    const auto beyond =
        std::ranges::upper_bound(entries_, until, std::less<>{}, &aws::ObjectEntry::key);
    more_ = more_ && beyond == entries_.end() && (entries_.empty() || entries_.back().key < until);
    entries_.erase(beyond, entries_.end());
  }
  on_page_(entries_, more_);
  if (more_) request_page();
}

}  // namespace s3m::transfer
