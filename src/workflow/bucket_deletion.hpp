// bucket_deletion.hpp: an empty bucket deleted, and certainly so (guard G2).
//
// Layer      workflow.
// Threading  one loop.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/s3.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

struct BucketDeletion {
  std::string bucket, region;  // as recorded; region empty: the service knows none
  std::string expected_owner;  // empty: the service knows no owners
  // Not empty: a bucket with this job's mark is what the job made under the name, and is never
  // deleted here. Owner and region cannot tell it from the source where a service ignores the one
  // and has not the other (guard G1).
  std::string job_id;
  // An earlier run has committed the intent, so that a DeleteBucket may have been sent: then 403
  // and 301 mean that the bucket is gone. Before, they are errors like others.
  bool begun = false;
  // Where the intent is committed (guard G1): called when all checks have passed, before each
  // DeleteBucket, and before a bucket is reported gone that was not `begun`. If it fails, nothing
  // is sent. Empty: nothing to commit.
  std::function<net::Task<Result<void>>()> before_delete;
  // Ids of unfinished uploads that the user has seen and given up; DeleteBucket discards them.
  std::vector<std::string> abandoned_uploads;
};

struct BucketGone {
  bool deleted_now = false;  // false: it was not there when this began
  // When the DeleteBucket was sent that did it, or may have: the name may be free from then on.
  std::optional<WallTime> since;
};

// Looks at the bucket; if it is there, sees that it is empty, sends one DeleteBucket, and settles
// an answer that was lost by looking again. It is sent again only after the bucket was seen to be
// still there.
//
// Once a DeleteBucket may have been sent the bucket is gone when HeadBucket under its expected
// owner says 404, 403 or 301: the name is nobody's then, or another's (guard G1).
//
// Errors  bucket_not_empty  an object, version, delete marker or upload is left, named in the
//                           message; or the service says so
//         access_denied     the bucket is there and may not be deleted; with what to look at
//         conflict          the service was busy with the bucket all the time
//         unavailable       the answer was lost again and again, and the bucket is still there
//         cancelled, the error of before_delete, and what the service says otherwise.
// Only after `unavailable` and `cancelled` may the bucket be deleted although this failed.
net::Task<Result<BucketGone>> delete_empty_bucket(aws::S3& owner, BucketDeletion deletion,
                                                  Pause pause);

// One sentence about the first thing that stands in the way of deleting the bucket; nullopt when it
// is empty. Reads to the end of the listings, which for an empty bucket is one page each.
net::Task<Result<std::optional<std::string>>> first_left(aws::S3& owner, std::string bucket,
                                                         std::string expected_owner,
                                                         std::vector<std::string> abandoned);

}  // namespace s3m::workflow
