// version_rules.hpp: whether a page of a listing of versions can be believed.
//
// Layer   transfer; pure.
// Source  design, "The rules of splitting"; docs/adr/0009-versions.md. As page_rules.hpp, and: the
//         versions and delete markers of a key stand together, newest first, the latest in front.
//         A history in another order than it happened would be copied as something that never was.
#pragma once

#include <string>
#include <string_view>

#include "aws/s3.hpp"

namespace s3m::transfer {

// Judges the pages of one listing in the order they come.
class VersionRules {
 public:
  VersionRules(std::string bucket, std::string prefix);

  // `request` is what the page was asked for with.
  // Errors: listing_order with bucket, key and request id, saying which rule was broken; among them
  // a service that lists delete markers apart from versions.
  Result<void> check(const aws::VersionPage& page, const aws::ListVersionsRequest& request);

 private:
  Result<void> check_order(const aws::VersionPage& page, const aws::ListVersionsRequest& request);
  Result<void> check_markers(const aws::VersionPage& page, const aws::ListVersionsRequest& request);
  std::unexpected<Error> broken(const aws::VersionPage& page, std::string_view key,
                                std::string message) const;

  std::string bucket_, prefix_;
  int empty_pages_ = 0;  // in a row
};

}  // namespace s3m::transfer
