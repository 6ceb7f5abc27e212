#include "workflow/lost_mark.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::workflow {

std::string lost_mark(const MarkedBucket& bucket) {
  return fmt::format(
      "bucket {0} is there and was made by this job, but its tag {1}={2} was taken off. Nothing "
      "was "
      "written to it; leave it there, it may be the only copy. Unless somebody else has made it "
      "anew, put that tag back beside its others (key {1}, value {2}) and run the job again",
      printable(bucket.name), mark_key, printable(bucket.job_id));
}

}  // namespace s3m::workflow
