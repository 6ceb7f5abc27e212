// grant_probe.hpp: whether a grant works, found out by using it.
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <memory>
#include <string>

#include "aws/s3.hpp"
#include "net/task.hpp"

namespace s3m::workflow {

class GrantProbe {
 public:
  virtual ~GrantProbe() = default;
  // Uses the right once.
  // Errors  access_denied: it does not work, or not yet. Anything else: it could not be tried.
  virtual net::Task<Result<void>> use() = 0;
};

struct ProbeTarget {
  std::string bucket;
  std::string expected_owner;
  std::string acl;  // what the copies will carry
};

// May `writer` write objects? PutObject of nothing, under a random reserved key, with an If-Match
// that cannot hold: 404 or 412 proves the right without writing anything. A server that ignores
// If-Match writes the scratch object: that proves it too, and `owner` deletes it again.
std::unique_ptr<GrantProbe> write_probe(aws::S3& writer, aws::S3& owner, ProbeTarget target);

// May `reader` list and read? One listing, and a HEAD of a random reserved key: 404, which S3 says
// only to who may list and read.
std::unique_ptr<GrantProbe> read_probe(aws::S3& reader, ProbeTarget target);

}  // namespace s3m::workflow
