// handover.hpp: the moment in which a bucket's name changes hands: the source is deleted, and the
// name is taken in the target account and region.
//
// Layer      workflow.
// Threading  one loop.
//
// Between the two the name is nobody's, and anybody may take it. Nothing can close that gap; it is
// kept short, measured, and survived: all objects stand in the temporary bucket, and nothing is
// written under the name before the bucket is seen to be this job's own (guards G1 to G3).
// docs/adr/ has the reasons.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "workflow/bucket_deletion.hpp"
#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {

// Deletes the source bucket. As delete_empty_bucket(); before_delete commits the intent
// "source_delete", and neither it nor job_id is empty here.
//
// Gives   ok once the source is certainly gone: only then may take_name() begin.
// Errors  invalid_argument without before_delete or job_id; else those of delete_empty_bucket().
net::Task<Result<BucketGone>> delete_source(aws::S3& owner, BucketDeletion source, Pause pause);

// A pause while the name is not to be had.
struct NameWait {
  int attempts = 0;                     // CreateBucket sent so far
  std::chrono::milliseconds waited{0};  // in all
  std::chrono::milliseconds next{0};    // until the next attempt
  Errc reason = Errc::conflict;         // conflict: not free yet; bucket_exists: it seems taken;
                                        // else what went wrong on the way to the service
  std::string request_id;
};
using OnNameWait = std::function<void(const NameWait&)>;

struct NameTerms {
  MarkedBucket bucket;
  std::string temporary_bucket;  // for messages: where everything is meanwhile
  std::string ownership;         // "BucketOwnerEnforced"...; empty: the service's default
  bool object_lock = false;
  // Whether the service keeps the tags of CreateBucket, as TemporaryMade says. Where it does not, a
  // kill between CreateBucket and the mark leaves a bucket that the job does not know again.
  bool tags_at_create = true;
  // How long to wait for a name that is not free yet; unset: until it is free, or the job stopped.
  std::optional<std::chrono::milliseconds> patience;
  // How long a name that seems to be taken is asked for again, because the deletion may not have
  // spread (aws-s3 facts 6.6). Zero where a deletion is known everywhere at once.
  std::chrono::milliseconds taken_grace{0};
  std::optional<WallTime> source_gone_since;  // BucketGone::since, for the exposure
};
inline constexpr std::chrono::minutes taken_grace_on_aws{5};

struct NameTaken {
  // False when the bucket was there already: made by an earlier run, or by a request whose answer
  // was lost. (In us-east-1 that cannot be told from a new one.)
  bool made_now = false;
  int attempts = 0;  // CreateBucket sent
  std::chrono::milliseconds waited{0};
  // From the source's DeleteBucket until the name was seen to be ours: how long it could have been
  // taken by others, at most. Unset where that began in a time nobody recorded.
  std::optional<std::chrono::milliseconds> exposure;
};

// Makes the destination bucket under the name that came free. CreateBucket is the only probe of the
// name; while the answer is OperationAborted it is asked again with jitter, as name_wait() says. A
// 200 counts once HeadBucket shows our account and region and the job's mark is there: in us-east-1
// a bucket that one owns already answers 200 too. Nothing but the mark is written.
//
// Gives   ok once the bucket is this job's own, made now or by an earlier run.
// Errors  bucket_exists  the name was taken by another account. Nothing was written to that bucket;
//                        the temporary bucket is the live copy, and the job can go on under another
//                        name only (guard G3)
//         refused        a bucket of that name is in our own account and not this job's, or it is
//                        in another region
//         conflict       the patience is over; running again goes on waiting
//         access_denied  with the permission that is missing
//         cancelled, and what the service says otherwise. Whatever fails, running again goes on.
net::Task<Result<NameTaken>> take_name(aws::S3& owner, NameTerms terms, Pause pause,
                                       OnNameWait on_wait);

// Before the jitter, which takes up to half of it off: 0.2 s doubled with each attempt up to 2 s,
// in the first five minutes never more, then a 150th of what was waited, 30 s at most. For so long
// the name may have been free, unknown to us and open to anybody. An hour takes less than a
// thousand requests, which AWS charges half a cent for (aws-s3 facts 6.6: no delay is documented;
// minutes are seen, and hours).
std::chrono::milliseconds name_wait(int attempts, std::chrono::milliseconds waited) noexcept;

}  // namespace s3m::workflow
