// tag_reader.hpp: the tags of the objects of one bucket, with as few requests as can be.
//
// Layer      transfer.
// Threading  one loop.
//
// A HEAD tells how many tags there are, but a service leaves the number out for who may not see
// tags, and some never tell it. Which of these holds is asked once, of the first object that shows
// none; those who come meanwhile wait.
#pragma once

#include <optional>
#include <string>

#include "aws/s3.hpp"
#include "net/signal.hpp"

namespace s3m::transfer {

class TagReader {
 public:
  TagReader(net::Loop& loop, aws::S3& reader, std::string expected_owner)
      : reader_(reader), expected_owner_(std::move(expected_owner)), settled_(loop) {}

  // The tags of an object of which a HEAD told `tag_count`; nullopt: it is not known whether it has
  // any, the right to see them is missing.
  net::Task<Result<std::optional<aws::Pairs>>> read(aws::ObjectAddress object, int tag_count);

 private:
  net::Task<Result<std::optional<aws::Pairs>>> read_first(aws::ObjectAddress object);

  aws::S3& reader_;
  std::string expected_owner_;
  bool counted_ = true;         // the service tells the number of tags
  std::optional<bool> hidden_;  // unset: not asked yet
  bool asking_ = false;
  net::Signal settled_;
};

}  // namespace s3m::transfer
