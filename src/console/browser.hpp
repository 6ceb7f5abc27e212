// browser.hpp: what shows buckets and what is in them, for who chooses a bucket; the composition
// root gives it.
//
// Layer      console.
// Threading  the console's loop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "console/job_request.hpp"
#include "net/task.hpp"

namespace s3m::console {

struct BrowseRequest {
  SideRequest side;  // without its uri
  std::string migrator_role_arn;
  std::string bucket, prefix;  // no bucket: the account's buckets
  std::string next;            // where a page ended
};

// Schema BrowseRequest. Problems: 422 with each field that is not understood.
Answer<BrowseRequest> read_browse_request(const boost::json::object& body);

struct BrowsePage {
  struct Bucket {
    std::string name, region;         // region empty where the service does not say
    std::optional<WallTime> created;  // likewise
  };
  struct Object {
    std::string key;
    std::uint64_t size = 0;
    WallTime last_modified;
  };
  std::vector<Bucket> buckets;
  std::vector<std::string> prefixes;
  std::vector<Object> objects;
  std::string next;  // empty: that was all
};

class Browser {
 public:
  virtual ~Browser() = default;

  // One page: of buckets, or of a bucket one level below a prefix.
  // Problems: 403 for a role, profile or endpoint that is not allowed; what the service says.
  virtual net::Task<Answer<BrowsePage>> look(BrowseRequest request) = 0;
};

}  // namespace s3m::console
