// pages.hpp: the pages of one listing, one after the other, each judged before it is shown.
//
// Layer      transfer.
// Threading  one loop; one next() at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "transfer/history.hpp"
#include "transfer/transfer.hpp"

namespace s3m::transfer {

struct Page {
  std::vector<aws::ObjectEntry> objects;  // in order of keys, each key once
  std::vector<History> histories;         // where versions are listed: of each object, never empty
  bool more = false;
  std::string open_key;  // full: seen in part, shown whole by a later page; empty: none
};

class Pages {
 public:
  virtual ~Pages() = default;
  // Errors: what the request fails with; listing_order for a page that cannot be believed.
  virtual net::Task<Result<Page>> next() = 0;
};

struct PagesOptions {
  int page_size = 1000;
  bool versions = false;
};

// The objects of `side`, or its histories, behind the full key `start_after`; empty: from the
// beginning. Of a history the object is the newest version. `side` outlives the pages.
std::unique_ptr<Pages> pages_of(const Side& side, std::string start_after, PagesOptions options);

}  // namespace s3m::transfer
