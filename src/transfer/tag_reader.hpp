// tag_reader.hpp: the tags of the objects of one bucket, with as few requests as can be.
//
// Layer      transfer.
// Threading  one loop.
//
// A HEAD tells how many tags there are, but a service leaves the number out for who may not see
// tags, and some never tell it. A policy may hide the tags of some objects alone, so what one
// object shows is no word about the next: the first hundred objects that show none are asked, and
// every hundredth from then on; once the tags of any were refused, each that shows none is asked.
#pragma once

#include <cstdint>
#include <string>

#include "aws/s3.hpp"

namespace s3m::transfer {

class TagReader {
 public:
  TagReader(aws::S3& reader, std::string expected_owner)
      : reader_(reader), expected_owner_(std::move(expected_owner)) {}

  // The tags of an object of which a HEAD told `tag_count`.
  // Errors  access_denied: it is not known whether this one has any.
  net::Task<Result<aws::Pairs>> read(aws::ObjectAddress object, int tag_count);

 private:
  bool must_ask() noexcept;

  aws::S3& reader_;
  std::string expected_owner_;
  bool counted_ = true;   // the service tells the number of tags
  bool known_ = true;     // the service has tags
  bool refused_ = false;  // of one object at least
  std::uint64_t shown_none_ = 0;
};

}  // namespace s3m::transfer
