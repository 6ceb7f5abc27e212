// migration_uploads.hpp: what nobody finished uploading to a bucket that is moved.
//
// Layer      workflow.
// Threading  one loop.
// Source     guards G17 and G20.
#pragma once

#include <string>
#include <vector>

#include "workflow/migration.hpp"

namespace s3m::workflow::acts {

// Unfinished uploads of the source. Their parts are no objects: nobody can read or copy them, and
// they go with the bucket.
struct LeftUploads {
  std::vector<std::string> ids;
  std::string words;  // empty: there are none
  bool told = true;   // an earlier run told of each of them
};

// Looks for them, and remembers that they were told of.
net::Task<Result<LeftUploads>> look_at_uploads(Migration& migration);

// Those that were told of before the deletion was confirmed.
net::Task<Result<std::vector<std::string>>> given_up_uploads(Migration& migration);

// Aborts what this job has begun in the final bucket and never heard of again: of a run that was
// killed between the beginning of an upload and its record.
net::Task<Result<void>> abort_lost_uploads(Migration& migration);

// Aborts every upload to the temporary bucket, whoever began it. Its object would be as old as its
// beginning, however late it was completed.
net::Task<Result<void>> abort_temporary_uploads(Migration& migration);

}  // namespace s3m::workflow::acts
