// moved_bucket.hpp: whether a bucket that is to be migrated has moved already.
//
// Layer      workflow.
// Threading  one loop; the store on its thread.
//
// After a migration the name answers to the new account alone, and the same command again would
// only hear that it may not list the bucket. The store knows better.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "workflow/access.hpp"
#include "workflow/job_context.hpp"

namespace s3m::workflow {

struct MovedBucket {
  std::string job_id;
  WallTime when;
  std::string name, account, region;  // where it is now
  bool there = false;                 // a bucket of that name answers there, in that account
};

// `spec`: of the migration that is wanted, as JobStart's. The bucket has moved if a migration of
// it, from the account that wants it moved, has come to its end, and it does not answer at its old
// place.
//
// Gives   nullopt where none has, or where there is a bucket (again) that can be moved.
// Errors  those of the store; what identifying and looking say.
net::Task<Result<std::optional<MovedBucket>>> moved_before(JobContext& context,
                                                           const Access& source,
                                                           const Access& destination,
                                                           std::string spec);

// One sentence.
std::string moved_text(const std::string& bucket, const MovedBucket& moved);

}  // namespace s3m::workflow
