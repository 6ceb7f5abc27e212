// marked_bucket.hpp: buckets that a job made, and how it knows them again (guard G1).
//
// Layer      workflow.
// Threading  one loop.
//
// After the handover source and destination bear one name, and a name that was free may have been
// taken by anybody. So a bucket is the job's own only if three things agree: HeadBucket under our
// account answers, it answers from the region that was recorded, and the bucket carries the job's
// mark, a tag. A name alone says nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/s3.hpp"
#include "workflow/policy_editor.hpp"

namespace s3m::workflow {

// The tag whose value is the job's id.
inline constexpr std::string_view mark_key = "s3migrator:job";

struct MarkedBucket {
  std::string name, region;    // region empty: the service knows none
  std::string expected_owner;  // empty: the service knows no owners
  std::string job_id;
};

enum class Standing : std::uint8_t {
  ours,      // our account, the region, the job's mark
  unmarked,  // our account and the region, without the job's mark: made by somebody else
  foreign,   // another account's, or in another region; where HEAD is denied, that too
  absent,
};
std::string_view name(Standing standing) noexcept;

struct Sighting {
  Standing standing = Standing::absent;
  std::string job_id;      // that the mark names: of another job where the standing is unmarked
  std::string region;      // where it was seen, as far as the service says
  std::string request_id;  // of the answer that decided
};

// HeadBucket under the expected owner, then the tags.
//
// Errors  access_denied where HEAD answers and the tags may not be read; not_supported where the
//         service keeps no tags of buckets; what the way there says.
net::Task<Result<Sighting>> look_at(aws::S3& owner, MarkedBucket bucket);

// The tags with the mark among them, and without it.
aws::Pairs with_mark(aws::Pairs tags, std::string_view job_id);
aws::Pairs without_mark(aws::Pairs tags);
// The job that the mark names; empty without a mark.
std::string marked_job(const aws::Pairs& tags);

// Adds the mark to the tags of a bucket that is known to be this job's, and takes it out again; the
// other tags stay. Both are done when they are done already.
//
// Errors  refused for a bucket that carries the mark of another job; what the calls say.
net::Task<Result<void>> mark(aws::S3& owner, MarkedBucket bucket);
net::Task<Result<void>> unmark(aws::S3& owner, MarkedBucket bucket);

struct MakeOptions {
  std::string ownership;  // "BucketOwnerEnforced"...; empty: the service's default
  bool object_lock = false;
  bool account_regional = false;
  // Whether the service keeps the tags of CreateBucket. Unset: it is found out, which needs a name
  // that nobody else uses.
  std::optional<bool> tags_at_create;
};

aws::CreateBucketRequest create_request(const MarkedBucket& bucket, const MakeOptions& options);

struct Confirmation {
  bool tagged_by_hand = false;  // the mark was not there after CreateBucket and had to be put
};

// What follows a CreateBucket that answered 200 or bucket_owned: waits until the bucket shows, in
// our account and region, with the mark. `fresh` says that the bucket was seen to be absent before
// and was made by this very request; only then is a missing mark put, after `patience` for one that
// is only late. Nothing else is written to the bucket here. The bucket that had the name before may
// still be seen, so that a bucket that is not ours is believed only after two minutes.
//
// Errors  refused        the bucket is there and not this job's; nothing was written to it
//         no_such_bucket it does not show within two minutes; cancelled; what the calls say.
net::Task<Result<Confirmation>> confirm_made(aws::S3& owner, MarkedBucket bucket, bool fresh,
                                             std::chrono::milliseconds patience, Pause pause);

// Whether it can be the new bucket of a migration after it was opened: its users may have taken the
// mark away. Account and region are what is left to know it by.
bool is_living(const Sighting& seen) noexcept;

// The sentence for a bucket that is there and not this job's.
std::string not_ours(const MarkedBucket& bucket, const Sighting& seen);

}  // namespace s3m::workflow
