// page_rules.hpp: whether a page of a listing can be believed.
//
// Layer   transfer; pure.
// Source  design, "Everything is a walk": a page out of order, a truncated page without a token,
//         or one not beyond the last key is an error. A walk that believed such a page would take
//         objects for missing, and with --delete would delete what it did not see.
#pragma once

#include <string>
#include <string_view>

#include "aws/s3.hpp"

namespace s3m::transfer {

// Judges the pages of one listing in the order they come.
class PageRules {
 public:
  // `start_after` is the full key that the listing was asked to begin after; may be empty.
  PageRules(std::string bucket, std::string prefix, std::string start_after);

  // `token` is the one that was sent for this page; empty for the first.
  // Errors: listing_order with bucket, key and request id, saying which rule was broken.
  Result<void> check(const aws::ListPage& page, std::string_view token);

 private:
  Result<void> check_keys(const aws::ListPage& page);
  Result<void> check_token(const aws::ListPage& page, std::string_view token);
  std::unexpected<Error> broken(const aws::ListPage& page, std::string_view key,
                                std::string message) const;

  std::string bucket_, prefix_;
  std::string last_key_;  // full; the next page begins beyond it
  int empty_pages_ = 0;   // in a row
};

}  // namespace s3m::transfer
