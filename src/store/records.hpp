// records.hpp: what the store remembers of buckets: uploads, grants, locks. Jobs: job_records.hpp.
//
// Layer    store.
// Secrets  no record has a place for credentials. An endpoint with a password in it is refused;
//          keeping credentials out of a job's spec is the duty of whoever writes the spec.
// Text     keys may hold any bytes. All other text must be UTF-8 without NUL, which is what the
//          databases can hold; anything else is refused as invalid_argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace s3m::store {

// A bucket on a server. `endpoint` is whatever names the server the same way in every run: the
// origin of its URL, or the partition ("aws", "aws-cn") where bucket names are shared by all.
struct BucketRef {
  std::string endpoint;
  std::string bucket;
  friend bool operator==(const BucketRef&, const BucketRef&) = default;
};

// The object that an upload copies, as it was when the upload began (guard G17).
struct SourceObject {
  BucketRef bucket;
  std::string key;
  std::string version;  // empty: the bucket has no versions
  std::string etag;
  WallTime last_modified;
  std::uint64_t size = 0;
  friend bool operator==(const SourceObject&, const SourceObject&) = default;
};

// A multipart upload that was created and neither completed nor aborted yet, for all we know.
struct UploadRecord {
  std::string job_id;
  BucketRef destination;
  std::string key;
  std::string upload_id;
  SourceObject source;
  std::vector<std::uint64_t> part_sizes;  // bytes of part 1, 2, ...
  std::string settings;                   // a fingerprint of what else it was created with
  WallTime created_at;
  friend bool operator==(const UploadRecord&, const UploadRecord&) = default;
};

// A statement of ours that stands, or is about to stand, in a bucket's policy (guard G21).
struct GrantRecord {
  BucketRef bucket;
  std::string sid;
  std::string job_id;
  std::string dialect;                         // how the statement names its principal
  std::optional<std::string> original_policy;  // the very bytes before the grant; none: no policy
  WallTime created_at;
  friend bool operator==(const GrantRecord&, const GrantRecord&) = default;
};

// Who edits a policy: a job, in one process of one boot of one machine.
struct LockOwner {
  std::string job_id;
  std::string process;  // this_process(), process_identity.hpp
  friend bool operator==(const LockOwner&, const LockOwner&) = default;
};

struct PolicyLock {
  bool ours = false;
  LockOwner holder;  // ourselves, if it is ours
  WallTime expires_at;
};

}  // namespace s3m::store
