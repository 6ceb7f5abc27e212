// temporary_bucket.hpp: the bucket that holds everything while the name changes hands.
//
// Layer      workflow.
// Threading  one loop.
//
// It stands in the target account and region. Its name cannot be guessed, and where the service has
// account regional namespaces (AWS) nobody else can have it at all. The name is drawn once,
// recorded in the store, and never worked out again: whoever resumes finds it there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/marked_bucket.hpp"

namespace s3m::workflow {

enum class BucketNamespace : std::uint8_t { global, account_regional };

// Account regional where the service is AWS, the account is known and the region has them
// (aws-s3 facts 6.3: all but Bahrain and the UAE).
BucketNamespace temporary_namespace(bool aws, std::string_view account, std::string_view region);

// "s3m-<24 hex>-<account>-<region>-an", or "s3m-<32 hex>": valid, at most 63 characters, new each
// time, with at least 64 bits that nobody can guess. Roles can be limited to "s3m-*".
std::string new_temporary_name(BucketNamespace space, std::string_view account,
                               std::string_view region);

// True for a name that new_temporary_name() could have made.
bool is_temporary_name(std::string_view name) noexcept;

struct TemporaryTerms {
  MarkedBucket bucket;
  BucketNamespace space = BucketNamespace::global;
  bool object_lock = false;
};

struct TemporaryMade {
  bool made_now = false;  // false: an earlier run of the job had made it
  // Whether the service keeps the tags of CreateBucket: take_name() asks for it. Unset when the
  // bucket was there already.
  std::optional<bool> tags_at_create;
};

// Makes the bucket, BucketOwnerEnforced and with the job's mark, unless it is there already with
// that mark. An empty one of the name without any mark is one that an earlier run was killed at,
// and gets it: the name was drawn for this job.
//
// Gives   ok once it shows under our account, in its region, with the mark.
// Errors  refused         the name is taken by a bucket that is not this job's; nothing was written
//         access_denied   with the permission that is missing
//         cancelled, no_such_bucket (it does not show), and what the service says otherwise.
net::Task<Result<TemporaryMade>> make_temporary(aws::S3& owner, TemporaryTerms terms, Pause pause);

// Deletes the bucket once nothing but what stands under the reserved prefix (record, manifest) is
// left in it: that goes first, the record last, then the bucket. Done already is done. Unfinished
// uploads are aborted, whoever began them: nobody but the job has anything to write there.
//
// Errors  bucket_not_empty  an object or a version is left, named; nothing was deleted
//         refused           the bucket is not this job's; nothing was deleted
//         cancelled, and what the service says otherwise.
net::Task<Result<void>> remove_temporary(aws::S3& owner, MarkedBucket bucket, Pause pause);

}  // namespace s3m::workflow
