// listing.hpp: one side of a walk: the objects below a location, in order, over one range.
//
// Layer      transfer.
// Threading  one loop.
// Lifetime   close() must be awaited before the listing goes: a page may be on its way.
//
// Entries are taken synchronously; only a page costs a coroutine. While one page is worked on the
// next is being fetched, so at most two are in memory. The range's end may come nearer meanwhile,
// as long as it stays beyond the pages that were told.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/task_group.hpp"
#include "transfer/page_rules.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

class Listing {
 public:
  // Told of each page that is believed, before its entries are taken: those in the range, and
  // whether there is a next page.
  using PageSink = std::function<void(std::span<const aws::ObjectEntry>, bool more)>;

  // Lists `side` over `range`, `page_size` keys at a time. `side` and `range` outlive the listing.
  Listing(net::Loop& loop, const Side& side, const KeyRange& range, int page_size,
          PageSink on_page);

  // Asks for the first page, without waiting for it.
  void start();

  // Exactly one of these three holds.
  bool has_entry() const noexcept { return next_ < entries_.size(); }
  bool needs_page() const noexcept { return !has_entry() && more_; }
  bool ended() const noexcept { return !has_entry() && !more_; }

  // The current entry; requires has_entry(). It may be moved from just before pop().
  aws::ObjectEntry& entry() noexcept { return entries_[next_]; }
  // Its key after the prefix.
  std::string_view key() const noexcept {
    return std::string_view(entries_[next_].key).substr(side_.location.prefix.size());
  }
  void pop() noexcept { ++next_; }

  // Waits until there is an entry, or the end. Requires start().
  // Errors: what the listing fails with; listing_order for a page that cannot be believed. The
  // listing is over then, and nothing of the page is shown.
  net::Task<Result<void>> load();

  // Waits for a page on its way.
  net::Task<void> close() { return fetches_.join(); }

 private:
  net::Task<void> fetch(aws::ListRequest request);
  void request_page();
  void accept(aws::ListPage page);

  const Side& side_;
  const KeyRange& range_;
  std::string start_after_;
  int page_size_;
  PageSink on_page_;
  PageRules rules_;
  std::string token_;  // of the page on its way
  std::optional<Result<aws::ListPage>> arrived_;
  std::vector<aws::ObjectEntry> entries_;
  std::size_t next_ = 0;
  bool more_ = true;
  net::Signal page_here_;
  net::TaskGroup fetches_;
};

}  // namespace s3m::transfer
