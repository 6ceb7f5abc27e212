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

Listing::Listing(net::Loop& loop, const Side& side, const KeyRange& range, ListingOptions options,
                 PageSink on_page)
    : side_(side),
      range_(range),
      options_(std::move(options)),
      on_page_(std::move(on_page)),
      page_here_(loop),
      fetches_(loop) {}

void Listing::start() {
  if (side_.reader == nullptr) {
    more_ = false;  // a bucket that does not exist yet
    on_page_({}, false, std::nullopt);
    return;
  }
  begin();
}

void Listing::begin() {
  pages_ = pages_of(side_, start_of(side_, range_), options_.pages);
  fetches_.spawn(fetch());
}

net::Task<void> Listing::fetch() {
  auto page = co_await pages_->next();
  arrived_.emplace(std::move(page));
  page_here_.notify_all();
}

net::Task<Result<void>> Listing::load() {
  while (needs_page()) {
    if (!pages_) begin();
    while (!arrived_)
      co_await page_here_.wait();
    auto page = std::move(*arrived_);
    arrived_.reset();
    if (!page) co_return forward(page);
    auto accepted = accept(std::move(*page));
    if (!accepted) co_return accepted;
  }
  co_return ok;
}

Result<void> Listing::accept(Page page) {
  entries_ = std::move(page.objects);
  histories_ = std::move(page.histories);
  next_ = 0;
  more_ = page.more;
  if (range_.until) cut_off(page);
  for (const auto beginning : options_.left_out)
    leave_out(beginning);
  const bool again = options_.restart && !entries_.empty();
  if (again) {
    auto gone = check_gone();
    if (!gone) return gone;
    more_ = true;
    pages_.reset();
  }
  on_page_(entries_, more_, versions());
  if (more_ && !again) fetches_.spawn(fetch());
  return ok;
}

// Leaves out what lies beyond the range.
void Listing::cut_off(const Page& page) {
  const auto until = side_.location.prefix + *range_.until;
  const auto beyond =
      std::ranges::upper_bound(entries_, until, std::less<>{}, &aws::ObjectEntry::key);
  more_ = more_ && beyond == entries_.end() && page.open_key <= until &&
          (entries_.empty() || entries_.back().key < until);
  entries_.erase(beyond, entries_.end());
  if (options_.pages.versions) histories_.resize(entries_.size());
}

void Listing::leave_out(std::string_view beginning) {
  const auto full = side_.location.prefix + std::string(beginning);
  const auto first =
      std::ranges::lower_bound(entries_, full, std::less<>{}, &aws::ObjectEntry::key);
  const auto last = std::find_if(first, entries_.end(), [&](const aws::ObjectEntry& entry) {
    return !entry.key.starts_with(full);
  });
  if (first == last) return;
  if (options_.pages.versions) {
    const auto at = histories_.begin() + (first - entries_.begin());
    histories_.erase(at, at + (last - first));
  }
  entries_.erase(first, last);
}

// What was shown was to be gone before the listing began again.
Result<void> Listing::check_gone() {
  if (!shown_until_.empty() && entries_.front().key <= shown_until_) {
    Error error(Errc::conflict,
                "the key is there again after all up to it was deleted: something writes to the "
                "bucket");
    error.bucket(side_.location.bucket).key(entries_.front().key);
    entries_.clear();
    histories_.clear();
    more_ = false;
    return fail(std::move(error));
  }
  shown_until_ = entries_.back().key;
  return ok;
}

std::optional<std::uint64_t> Listing::versions() const {
  if (!options_.pages.versions) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& history : histories_)
    sum += history.versions.size() + history.beyond;
  return sum;
}

}  // namespace s3m::transfer
