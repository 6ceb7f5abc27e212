// listing.hpp: one side of a walk: the objects below a location, or the histories of their keys, in
// order, over one range.
//
// Layer      transfer.
// Threading  one loop.
// Lifetime   close() must be awaited before the listing goes: a page may be on its way.
//
// Entries are taken synchronously; only a page costs a coroutine. While one page is worked on the
// next is being fetched, so at most two are in memory. The range's end may come nearer meanwhile,
// as long as it stays beyond the pages that were told.
//
// For who deletes what is shown there is another way (guard G7): after each page that showed
// something the listing begins again at the range's start, and it has ended once it shows nothing.
// So it never goes on from a key or a version that is gone. The next page is not asked for before
// load().
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/task_group.hpp"
#include "transfer/pages.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

struct ListingOptions {
  PagesOptions pages{};
  bool restart = false;
  // Keys that begin so, after the prefix, are not shown. The texts outlive the listing.
  std::vector<std::string_view> left_out{};
};

class Listing {
 public:
  // Told of each page that is believed, before its entries are taken: those in the range, and
  // whether there is a next page. `versions`: how many they have, where those are listed.
  using PageSink = std::function<void(std::span<const aws::ObjectEntry>, bool more,
                                      std::optional<std::uint64_t> versions)>;

  // Lists `side` over `range`. Both outlive the listing.
  Listing(net::Loop& loop, const Side& side, const KeyRange& range, ListingOptions options,
          PageSink on_page);

  // Asks for the first page, without waiting for it.
  void start();

  // Exactly one of these three holds.
  bool has_entry() const noexcept { return next_ < entries_.size(); }
  bool needs_page() const noexcept { return !has_entry() && more_; }
  bool ended() const noexcept { return !has_entry() && !more_; }

  // The current entry; requires has_entry(). It may be moved from just before pop().
  aws::ObjectEntry& entry() noexcept { return entries_[next_]; }
  // All versions of its key; null where only objects are listed. May be moved from as well.
  History* history() noexcept { return histories_.empty() ? nullptr : &histories_[next_]; }
  // Its key after the prefix.
  std::string_view key() const noexcept {
    return std::string_view(entries_[next_].key).substr(side_.location.prefix.size());
  }
  void pop() noexcept { ++next_; }

  // Waits until there is an entry, or the end. Requires start().
  // Errors: what the listing fails with; listing_order for a page that cannot be believed; conflict
  // where a listing that began again shows what it has shown before. The listing is over then, and
  // nothing of the page is shown.
  net::Task<Result<void>> load();

  // Waits for a page on its way.
  net::Task<void> close() { return fetches_.join(); }

 private:
  void begin();
  net::Task<void> fetch();
  Result<void> accept(Page page);
  void cut_off(const Page& page);
  void leave_out(std::string_view beginning);
  Result<void> check_gone();
  std::optional<std::uint64_t> versions() const;

  const Side& side_;
  const KeyRange& range_;
  ListingOptions options_;
  PageSink on_page_;
  std::unique_ptr<Pages> pages_;  // null: the listing is to begin again
  std::string shown_until_;       // full key; kept where the listing begins again
  std::optional<Result<Page>> arrived_;
  std::vector<aws::ObjectEntry> entries_;
  std::vector<History> histories_;
  std::size_t next_ = 0;
  bool more_ = true;
  net::Signal page_here_;
  net::TaskGroup fetches_;
};

}  // namespace s3m::transfer
