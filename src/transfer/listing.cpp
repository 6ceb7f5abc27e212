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

Listing::Listing(net::Loop& loop, const Side& side, const KeyRange& range, PagesOptions options,
                 PageSink on_page)
    : side_(side),
      range_(range),
      of_versions_(options.versions),
      on_page_(std::move(on_page)),
      pages_(pages_of(side, start_of(side, range), options)),
      page_here_(loop),
      fetches_(loop) {}

void Listing::start() {
  if (side_.reader == nullptr) {
    more_ = false;  // a bucket that does not exist yet
    on_page_({}, false, std::nullopt);
    return;
  }
  fetches_.spawn(fetch());
}

net::Task<void> Listing::fetch() {
  auto page = co_await pages_->next();
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
    accept(std::move(*page));
  }
  co_return ok;
}

void Listing::accept(Page page) {
  entries_ = std::move(page.objects);
  histories_ = std::move(page.histories);
  next_ = 0;
  more_ = page.more;
  if (range_.until) {
    const auto until = side_.location.prefix + *range_.until;
    const auto beyond =
        std::ranges::upper_bound(entries_, until, std::less<>{}, &aws::ObjectEntry::key);
    more_ = more_ && beyond == entries_.end() && page.open_key <= until &&
            (entries_.empty() || entries_.back().key < until);
    entries_.erase(beyond, entries_.end());
    if (of_versions_) histories_.resize(entries_.size());
  }
  on_page_(entries_, more_, versions());
  if (more_) fetches_.spawn(fetch());
}

std::optional<std::uint64_t> Listing::versions() const {
  if (!of_versions_) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& history : histories_)
    sum += history.versions.size() + history.beyond;
  return sum;
}

}  // namespace s3m::transfer
