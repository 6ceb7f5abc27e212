// version_pages.hpp: a listing of versions as pages of whole histories.
//
// Layer      transfer; of pages.cpp.
// Threading  one loop; one next() at a time.
// Memory     a page, and of one key the versions read so far, at most most_versions.
//
// A page ends anywhere, and a listing that goes on behind a version is lost if that version was
// deleted meanwhile: a service may begin the key again, or leave out the rest of it. So a key that
// was cut off is asked for again from its beginning, by the key before it, as long as that costs
// little. Where its versions fill a good part of a page, the listing goes on behind the last one,
// and if nothing more of the key comes it is read again until two readings agree.
#pragma once

#include <optional>
#include <string>

#include "transfer/pages.hpp"
#include "transfer/version_rules.hpp"

namespace s3m::transfer {

class VersionPages final : public Pages {
 public:
  VersionPages(const Side& side, std::string start_after, int page_size);

  net::Task<Result<Page>> next() override;

 private:
  // Where the next request begins.
  struct Marker {
    std::string key, version;
  };
  // A key that ended just where a page did.
  struct Ending {
    std::uint64_t versions = 0;
    std::string oldest;
    friend bool operator==(const Ending&, const Ending&) = default;
  };

  net::Task<Result<aws::VersionPage>> fetch();
  Page take(aws::VersionPage page);
  void add(aws::VersionEntry entry, Page& shown);
  void close_open_key(Page& shown);
  void choose_marker(aws::VersionPage page, bool any_whole_key);
  bool may_have_lost(const aws::VersionPage& page) const;
  Result<bool> read_again();

  const Side& side_;
  int page_size_;
  VersionRules rules_;
  std::string whole_until_;  // full key: all up to it was shown
  Marker marker_;
  std::string open_key_;  // full; empty: none
  History open_;          // newest first
  std::optional<Ending> ending_;
  int readings_ = 0;  // of the open key, one after the other
};

}  // namespace s3m::transfer
